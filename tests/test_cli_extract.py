"""`tearsheet extract` without an archive: where pages come from, what is said of each block, and how it ends."""

import gzip
import hashlib
import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.test_extraction_parts import FOG, numbers, paged
from tests.test_extraction_parts import captured as captured_part

from tearsheet import warc
from tearsheet.cli import pages
from tearsheet.cli.front import tearsheet
from tearsheet.extraction.reasons import _GROUPS
from tearsheet.extraction.words import GROUPS
from tearsheet.model import Capture

WORDS = "Fog came in off Cape Hollin before ten, and the noon ferry waited at the pier until a quarter to four. "
MENU = (
    "<nav><div><ul>" + "".join(f'<li><b><a href="/{n}">Part {n}</a></b></li>' for n in range(9)) + "</ul></div></nav>"
)


def page(title: str) -> str:
    body = "".join(f"<p>{WORDS * 2} So it went on day {day}.</p>" for day in range(6))
    head = f"<html><head><title>{title}</title></head>"
    return f"{head}<body><div>{MENU}</div><article><h1>{title}</h1>{body}</article></body></html>"


def ask(*words: str | Path, code: int = 0, stdin: bytes = b"") -> Result:
    result = CliRunner().invoke(tearsheet, ["extract", *map(str, words)], prog_name="tearsheet", input=stdin)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


def lines(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def captured(url: str, title: str, *, status: int = 200) -> Capture:
    body = page(title).encode()
    head = f"HTTP/1.1 {status} OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n".encode()
    return Capture(
        url=url,
        final_url=url,
        status=status,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=body,
        raw=body,
        head=head,
        captured_at=datetime(2026, 3, 2, 12, tzinfo=UTC),
        digest="sha256:" + hashlib.sha256(body).hexdigest(),
    )


@pytest.fixture
def crawl(tmp_path: Path) -> Path:
    """A folder with a WARC file of two pages and an error, a page, a gzipped page and something else."""
    folder = tmp_path / "crawl"
    writer = warc.Writer(folder / "warc", max_bytes=10_000_000)
    for number in (1, 2):
        writer.keep(captured(f"https://paper.example/{number}", f"Fog {number}"))
    writer.keep(captured("https://paper.example/lost", "Lost", status=404))
    writer.close()
    (folder / "pages").mkdir()
    (folder / "pages" / "a.html").write_text(page("Eels"), encoding="utf-8")
    (folder / "pages" / "b.html.gz").write_bytes(gzip.compress(page("Tram").encode()))
    (folder / "pages" / "notes.txt").write_text("nothing of the press")
    return folder


def test_a_folder_gives_its_pages_and_those_of_its_warc_files(crawl: Path) -> None:
    found = lines(ask("--json", crawl))

    assert [row["title"] for row in found] == ["Eels", "Tram", "Fog 1", "Fog 2"]
    assert [row["file"] for row in found][2:] == ["https://paper.example/1", "https://paper.example/2"]


def test_what_is_damaged_or_empty_is_named_and_the_rest_goes_on(crawl: Path, tmp_path: Path) -> None:
    (crawl / "pages" / "c.html.gz").write_bytes(gzip.compress(page("Cut").encode())[:60])
    (crawl / "pages" / "d.warc").write_bytes(b"this was never a WARC file")
    (tmp_path / "none").mkdir()
    result = ask("--json", crawl, tmp_path / "none", code=1)

    assert [row["title"] for row in lines(result)] == ["Eels", "Tram", "Fog 1", "Fog 2"]
    told = result.stderr.splitlines()
    assert len(told) == 3
    assert all(line.startswith("tearsheet: ") for line in told)
    assert "c.html.gz: its gzip is damaged" in told[0]
    assert "d.warc" in told[1]
    assert "none: no page and no WARC file is in it" in told[2]


def test_what_is_too_large_to_be_a_page_is_refused_before_it_is_held_whole(tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.html.gz"
    bomb.write_bytes(gzip.compress(bytes(150_000_000), compresslevel=1))
    with (tmp_path / "sparse.html").open("wb") as file:
        file.truncate(pages.MAX_BYTES + 1)
    result = ask("--json", bomb, tmp_path / "sparse.html", code=1)

    assert "bomb.html.gz: its gzip is damaged: unpacks to more than" in result.stderr
    assert "sparse.html: it is larger than 100,000,000 bytes" in result.stderr


def test_a_warc_file_without_a_page_is_told(tmp_path: Path) -> None:
    writer = warc.Writer(tmp_path, max_bytes=10_000_000)
    writer.keep(captured("https://paper.example/lost", "Lost", status=404))
    writer.close()
    (file,) = tmp_path.rglob("*.warc.gz")

    assert "no page is in it" in ask("--json", file, code=1).stderr


def in_parts(markup: str, url: str) -> Capture:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    return replace(captured_part(markup, url), raw=markup.encode(), head=head)


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2)])
def test_the_pages_of_one_article_in_a_warc_file_are_joined(tmp_path: Path, order: tuple[int, ...]) -> None:
    writer = warc.Writer(tmp_path, max_bytes=10_000_000)
    writer.keep(captured("https://paper.example/1", "Fog 1"))
    pager = numbers("fog_{}.html", 3)
    for number in order:
        url = FOG if number == 1 else FOG.replace("fog", f"fog_{number}")
        writer.keep(in_parts(paged(number, pager), url))
    writer.keep(in_parts(paged(1), FOG.replace("fog", "eels")))
    writer.keep(in_parts(paged(7, title="Eels"), FOG.replace("fog", "eels_2")))
    writer.close()
    found = lines(ask("--json", *tmp_path.rglob("*.warc.gz")))

    assert [row["url"] for row in found] == [
        "https://paper.example/1",
        FOG,
        "https://paper.example/2026/eels.html",
        "https://paper.example/2026/eels_2.html",
    ]
    assert found[1]["how"]["parts"] == "3 pages joined"
    assert str(found[1]["text"]).count("On page") == 18
    assert found[2]["parts"] == []


def test_a_page_on_standard_input_may_be_gzipped() -> None:
    assert ask("-", stdin=gzip.compress(page("Eels").encode())).stdout.startswith("Eels\n")


# --- why


def test_why_shows_each_block_with_its_score_and_what_weighed_most(tmp_path: Path) -> None:
    (tmp_path / "fog.html").write_text(page("Fog closes the channel"), encoding="utf-8")
    said = ask(tmp_path / "fog.html", "--why").stdout
    told = [line.split("\t") for line in said.splitlines() if "\t" in line]

    assert "title: Fog closes the channel  from " in said
    kept = [row for row in told if row[0] == "+" and row[3].startswith("Fog came in")]
    assert len(kept) == 6
    assert all(float(row[1]) > 0.5 and "(+" in row[4] for row in kept)
    assert ["-", "", "", "(9 blocks: Part 0, …)", "a link far from any running text"] in told


def test_why_in_json_is_a_row_for_each_block(tmp_path: Path) -> None:
    (tmp_path / "fog.html").write_text(page("Fog closes the channel"), encoding="utf-8")
    (row,) = lines(ask(tmp_path / "fog.html", "--why", "--json"))
    blocks = row["blocks"]

    assert isinstance(blocks, list)
    assert list(blocks[0]) == ["kept", "score", "tag", "text", "why"]
    assert "\n\n".join(block["text"] for block in blocks if block["kept"]) == row["text"]
    assert all(block["why"] for block in blocks)


def test_the_score_that_is_explained_is_the_score_that_decided(tmp_path: Path) -> None:
    (tmp_path / "fog.html").write_text(page("Fog closes the channel"), encoding="utf-8")
    (row,) = lines(ask(tmp_path / "fog.html", "--why", "--json"))

    blocks = row["blocks"]
    assert isinstance(blocks, list)
    judged = [one for one in blocks if one["score"] is not None and not one["why"].startswith("the headline")]
    assert [one["kept"] for one in judged] == [one["score"] > 0.5 for one in judged]
    assert {one["kept"] for one in judged} == {True, False}


def test_why_says_that_declared_data_was_taken_instead_of_the_page(tmp_path: Path) -> None:
    body = "\n\n".join(f"Paragraph {number}. {WORDS}" for number in range(9))
    data = json.dumps({"@type": "NewsArticle", "headline": "Fog", "articleBody": body})
    text = f'<script type="application/ld+json">{data}</script><h1>Fog</h1><p>Loading the article</p>'
    (tmp_path / "fog.html").write_text(text, encoding="utf-8")
    said = ask(tmp_path / "fog.html", "--why").stdout

    assert "from json-ld articleBody" in said
    assert "Loading the article\tis not in the body that was taken from: json-ld articleBody" in said


def test_every_group_of_names_has_a_word() -> None:
    assert len(_GROUPS) == GROUPS


# --- comments

COMMENTS = (
    '<section class="comments"><h2>Comments on this article</h2><div class="comment"><b>Bell ringer</b>'
    "<p>I rang that bell myself, in 1971, and it was a Tuesday.</p><a href=/r>Reply to this comment</a></div>"
    "<form><p>Write a comment of your own below this line.</p><textarea></textarea></form></section>"
)


@pytest.mark.parametrize("form", ["shown", "declared"])
def test_comments_are_given_apart_when_they_are_asked_for(tmp_path: Path, form: str) -> None:
    said = {"@type": "Comment", "text": "I rang that bell myself, in 1971, and it was a Tuesday."}
    declared = {"@type": "NewsArticle", "comment": [said]}
    more = COMMENTS if form == "shown" else f'<script type="application/ld+json">{json.dumps(declared)}</script>'
    (tmp_path / "fog.html").write_text(page("Fog").replace("</body>", more + "</body>"), encoding="utf-8")
    (row,) = lines(ask(tmp_path / "fog.html", "--json", "--comments"))

    assert row["comments"] == ["I rang that bell myself, in 1971, and it was a Tuesday."]
    assert "1971" not in str(row["text"])
    assert "1971" in ask(tmp_path / "fog.html", "--comments").stdout
    assert "1971" not in ask(tmp_path / "fog.html").stdout
    (without,) = lines(ask(tmp_path / "fog.html", "--json"))
    assert "comments" not in without


def test_why_and_comments_are_asked_for_one_after_the_other(tmp_path: Path) -> None:
    assert "one after the other" in ask("--why", "--comments", tmp_path / "fog.html", code=2).stderr


# --- how it ends


def test_a_page_that_is_probably_no_article_is_said_to_be_none(tmp_path: Path) -> None:
    front, empty = tmp_path / "front.html", tmp_path / "empty.html"
    front.write_text(f"<title>Front</title>{MENU}<p>Welcome to our shop. Prices from 10 crowns.</p>")
    empty.write_text(f"<title>Front</title>{MENU}")
    (tmp_path / "story.html").write_text(page("Fog"))

    assert "front.html: probably no article (0." in ask(front).stderr
    assert "empty.html: no article's words were found" in ask(empty, "--markdown").stderr
    assert ask("-q", front).stderr == ask("--json", front).stderr == ask(tmp_path / "story.html").stderr == ""


def test_ctrl_c_ends_it_at_once_with_one_line_and_130(tmp_path: Path) -> None:
    for number in range(400):
        (tmp_path / f"{number:03}.html").write_text(page(f"Fog {number}"), encoding="utf-8")
    words = [sys.executable, "-m", "tearsheet.cli", "extract", "--json", "-j", "2", str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True) as running:
        assert running.stdout
        assert running.stderr
        first = running.stdout.readline()
        os.killpg(running.pid, signal.SIGINT)
        rest = running.stdout.read()  # not `communicate`, which would lose what is in its buffer
        said = running.stderr.read()

    assert (running.returncode, said) == (130, b"tearsheet: interrupted\n")
    assert all(json.loads(line)["title"] for line in (first + rest).splitlines())


def test_an_address_without_a_host_is_not_said_to_be_allowed_by_a_setting() -> None:
    said = ask("http://", code=6).stderr

    assert "no host" in said
    assert "allow" not in said
