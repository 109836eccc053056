"""What is no article: kept as a capture, listed, and judged anew when somebody who knows better says so."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.flow_archive import followed, kept, later, new_archive, opened, ran
from tests.paper import FOG, Paper
from tests.test_extraction_parts import paged

from tearsheet.archive import Archive
from tearsheet.cli.front import tearsheet
from tearsheet.extraction import extract
from tearsheet.flow.verify import verify
from tearsheet.newsroom import Newsroom

BYTES = random.Random(7).randbytes(20_000)
TEASERS = "".join(
    f'<div class="card"><h3><a href="/2026/{at}.html">A headline of the day, number {at}</a></h3><p>Some words of it.</p></div>'
    for at in range(20)
)
LINES = "<ul class=tide>" + "".join(f"<li>{at:02}:10 High water at pier {at}</li>" for at in range(24)) + "</ul>"
TIDES = f"<html><title>Tides</title><body><nav>{TEASERS}</nav><h1>Tides</h1>{LINES}<nav>{TEASERS}</nav></body></html>"
DEFINITION = """\
title = "The Paper"
homepage = "http://paper.localhost:{port}/"
hosts = ["paper.localhost:{port}"]

[[article]]
body = [".tide"]
"""


@pytest.fixture
def paper(paper: Paper) -> Paper:
    paper.pages |= {FOG: paged(1), "/": TEASERS, "/tides": TIDES, "/2026/noise.html": BYTES.decode("latin-1")}
    return paper


@pytest.fixture
def archive(newsroom: Newsroom, paper: Paper, tmp_path: Path) -> Archive:
    made = new_archive(tmp_path / "archive", newsroom)
    (tmp_path / "list.txt").write_text("".join(paper.url(path) + "\n" for path in paper.pages))
    followed(made, str(tmp_path / "list.txt"))
    ran(made)
    return made


def asked(archive: Archive, *words: str) -> Any:
    result = CliRunner().invoke(tearsheet, ["--archive", str(archive.path), *words], prog_name="tearsheet")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout) if "--json" in words else result.stdout


def test_a_front_page_a_table_and_noise_in_a_list_of_addresses_are_no_articles(archive: Archive, paper: Paper) -> None:
    assert [article.url for article in kept(archive)] == [paper.url(FOG)]
    rejected = asked(archive, "articles", "--rejected", "--json")

    assert {row["url"] for row in rejected} == {paper.url(path) for path in ("/", "/tides", "/2026/noise.html")}
    assert all(row["rejected"] is True for row in rejected)
    assert len(asked(archive, "articles", "--rejected").splitlines()) == 3
    assert [row["url"] for row in asked(archive, "articles", "--json")] == [paper.url(FOG)]


def test_what_was_judged_no_article_is_kept_as_a_capture(archive: Archive) -> None:
    rejected = asked(archive, "articles", "--rejected", "--json")

    assert len(rejected) == 3
    for row in rejected:
        assert [capture.kind for capture in archive.captures(row["id"])] == ["page"]
        assert asked(archive, "show", row["id"], "--raw")
    assert verify(archive).problems == ()


def test_a_definition_of_the_site_overrules_the_judgement(archive: Archive, paper: Paper) -> None:
    (archive.path / "sites" / "paper.toml").write_text(DEFINITION.format(port=paper.server_port))
    again = opened(archive.path)
    report = ran(again, at=later(hours=1), again=True)

    assert paper.url("/tides") in {article.url for article in kept(again)}
    assert (report.kept, report.edits) == (1, 0)
    tides = next(article for article in kept(again) if article.url == paper.url("/tides"))
    assert "High water at pier 7" in again.revisions(tides.id)[-1].clipping.text
    assert verify(again).problems == ()


@pytest.mark.parametrize("kind", ["bytes", "letters", "wrapped"])
def test_noise_is_no_article_whatever_its_address_looks_like(kind: str) -> None:
    rng = random.Random(11)
    made = {
        "bytes": BYTES,
        "letters": bytes(rng.randrange(33, 127) for _ in range(6_000)),
        "wrapped": b"<html><body><article><h1>News</h1><p>" + BYTES + b"</p></article></body></html>",
    }
    assert (
        extract(made[kind], "https://paper.example/2026/03/02/fog-closes-the-channel.html").article_probability == 0.0
    )


@pytest.mark.parametrize(
    "text",
    [
        "หมอกหนาทำให้เรือข้ามฟากต้องรอที่ท่าเรือจนถึงสี่โมงเย็นและนายท่าสั่งให้ตีระฆังด้วยมือเพราะระฆังอัตโนมัติกำลังซ่อมอยู่" * 3,
        "雾在十点前从何林角涌来，正午的渡轮在码头等到三点三刻。港务长让人用手敲钟，因为自动钟已被取走修理。" * 4,
        "अँधेरे से पहले कोहरा आया, और दोपहर की नाव चार बजे तक घाट पर खड़ी रही। घंटी हाथ से बजाई गई।" * 3,
    ],
)
def test_a_script_that_writes_no_blanks_is_no_noise(text: str) -> None:
    page = f"<html><body><article><h1>News</h1><p>{text}</p><p>{text}</p></article></body></html>"

    assert extract(page.encode(), "https://paper.example/2026/03/02/fog.html").article_probability > 0.1
