"""Titles, authors, categories and names of sources with characters that drive terminals, break readers or lead elsewhere."""

import json
import os
import pty
import re
import shlex
import subprocess
import sys
from itertools import chain
from xml.etree import ElementTree

import pytest
import yaml
from tests.flow_archive import opened, ran
from tests.serving import Answer, serving

from tearsheet.archive import create_archive
from tearsheet.flow.build import build
from tearsheet.flow.exports import export_posts
from tearsheet.flow.follow import follow
from tearsheet.model import Query

TITLES = {
    "screen": "Fog \x1b[2J\x1b]0;owned\x07 closes the channel",
    "c1": "Fog \x9b2J\x85\x90 closes the channel at ten",
    "turned": "Fog \u202e\u2066gnp.exe\u2069\u202c closes the pier",
    "no-character": "Fog \ufffe\uffff\U0001fffe closes the bay",
    "nul": "Fog \x00\x08\x0b\x0c\x7f closes the strait",
    "lines": "Fog \u2028\u2029 closes\r\nand: a: \"yaml\" 'line' --- # x",
    "half": "Fog \ud800 closes the harbour",
    "yaml": "--- !!python/object: {a: [b}  %TAG\t| > & *x",
    "path": "../../etc/passwd\x00 CON .. /",
    "invisible": "\ufeffFog \u200b\u00ad\u2060 closes the sound",
}
SOURCE = "Paper \x1b[31mred\x9b2J \u202e\x00\ufffe"
WORDS = " ".join(
    f"The noon ferry waited at the pier until a quarter to {hour}, and the harbour master had the bell rung by hand."
    for hour in ("one", "two", "three", "four", "five", "six", "seven", "eight")
)
# Whatever a terminal may obey, but for line ends and tabs.
DRIVES = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An archive of a hostile press, updated."""
    here = tmp_path_factory.mktemp("hostile") / "press"

    def answer(asked):
        name = asked.path.rpartition("/")[2]
        base = f"http://{asked.headers['Host']}"
        if name in TITLES:
            title = TITLES[name].encode("utf-8", "replace").decode()
            page = (
                f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
                f'<meta name="author" content="{title}"></head>'
                f'<body><article><h1>{title}</h1><p class="byline">By {title}</p><p>{WORDS}</p><p>{title}</p></article>'
            )
            return Answer(page.encode(), headers={"Content-Type": "text/html; charset=utf-8", "X-Odd": "\x9b"})
        items = [
            {"id": key, "url": f"{base}/2026/{key}", "title": title, "tags": [title], "authors": [{"name": title}]}
            for key, title in TITLES.items()
        ]
        feed = {
            "version": "https://jsonfeed.org/version/1.1",
            "title": SOURCE,
            "items": [*items, {"id": "gone", "url": f"{base}/{'%1b' * 9}"}],
        }
        return Answer(json.dumps(feed).encode(), headers={"Content-Type": "application/feed+json"})

    with serving(answer) as port:
        create_archive(here).close()
        (here / "tearsheet.toml").write_text('[fetch]\nallow = ["*.localhost"]\npause_s = 0\n')
        archive = opened(here)
        follow(archive, [f"http://paper.localhost:{port}/feed.json"])
        ran(archive)
        build(archive)
        export_posts(archive, here / "sound", "sound")
        assert len(archive.articles(Query(rejected=None))) >= len(TITLES)
    return here


def test_no_command_lets_them_drive_a_terminal(folder):
    articles = {article.url.rpartition("/")[2]: article.id for article in opened(folder).articles(Query())}
    commands = ["articles", "articles --json", "sources", "export --opml", f"show {articles['screen']} --html"]
    commands += [f"show {articles[name]}" for name in ("c1", "turned")]
    ours, theirs = pty.openpty()
    tearsheet = shlex.join([sys.executable, "-m", "tearsheet", "--archive", str(folder)])
    typed = " && ".join(f"{tearsheet} {command}" for command in commands)
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "100"}
    with subprocess.Popen(["sh", "-c", typed], stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as run:
        os.close(theirs)
        said = b"".join(iter(lambda: read(ours), b"")).decode().replace("\r\n", "\n")
    os.close(ours)

    assert run.returncode == 0, said
    assert DRIVES.findall(said) == []
    assert said.count("closes the channel") > 3
    assert "<opml" in said


def read(terminal):
    try:
        return os.read(terminal, 65_536)
    except OSError:  # how Linux tells that nobody has the other end open any more
        return b""


def test_every_feed_and_list_of_sources_is_read_by_a_strict_parser(folder):
    files = [file for file in (folder / "site").rglob("*") if file.suffix in (".xml", ".opml")]

    assert len(files) > 4
    for file in files:
        ElementTree.fromstring(file.read_bytes())
    for file in (folder / "site").rglob("*.json"):
        assert json.loads(file.read_text(encoding="utf-8"))


def test_every_post_has_front_matter_that_yaml_reads_as_the_title(folder):
    titles = [article.title for article in opened(folder).articles(Query(limit=0))]
    posts = (folder / "sound").rglob("*.md")
    read = [yaml.safe_load(post.read_text(encoding="utf-8").split("---\n")[1])["title"] for post in posts]

    assert sorted(read) == sorted(" ".join(re.sub("[\x00-\x1f]", "", title).split()) for title in titles)


def test_no_name_of_a_file_drives_a_terminal_or_leads_elsewhere(folder):
    # The folder for whoever needs the very names of the format's first writer is not looked at.
    written = [[*(folder / name).rglob("*")] for name in ("sound", "site", "warc")]

    assert all(len(files) > 2 for files in written)
    for file in chain(*written):
        name = file.relative_to(folder).as_posix()
        assert not DRIVES.search(name), ascii(name)
        assert file.resolve().is_relative_to(folder.resolve())
        assert file.name.partition(".")[0].upper() not in ("CON", "NUL")
