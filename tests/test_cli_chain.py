"""The commands on a real archive: the newsroom followed at two ticks, then asked, changed, published, served."""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tearsheet.archive import open_archive
from tearsheet.cli import rows
from tearsheet.cli.exports import cell, csv_line
from tearsheet.cli.front import tearsheet
from tearsheet.newsroom import Newsroom

COMMAND = [sys.executable, "-m", "tearsheet.cli"]
PAPERS = ("courier", "luting")
EDITED = "Barrier holds"  # the English paper corrects a figure of it at tick 2, and its headline at tick 4


class Desk:
    """An archive and what is typed into it."""

    def __init__(self, folder: Path, newsroom: Newsroom) -> None:
        self.folder = folder
        self.newsroom = newsroom

    def ask(self, *words: str | Path, code: int = 0, stdin: str = "") -> Result:
        """Return what a command said; it must end with `code`."""
        typed = ["--archive", str(self.folder), *map(str, words)]
        result = CliRunner().invoke(tearsheet, typed, prog_name="tearsheet", input=stdin)
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result

    def json(self, *words: str | Path) -> Any:
        return json.loads(self.ask(*words, "--json").stdout)

    def first(self, *words: str) -> dict[str, Any]:
        return self.json("articles", *words)[0]  # type: ignore[no-any-return]


def settle(folder: Path) -> None:
    settings = folder / "tearsheet.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(
        text.replace("[fetch]\n", '[fetch]\nallow = ["*.localhost"]\npause_s = 0.0\nper_host = 4\n', 1),
        encoding="utf-8",
    )


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom() as opened:
        yield opened


@pytest.fixture(scope="module")
def kept(newsroom: Newsroom, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An archive of two papers, updated at tick 0 and at tick 5. Tests only read it."""
    folder = tmp_path_factory.mktemp("kept") / "press"
    desk = Desk(folder, newsroom)
    desk.ask("init", folder, "--title", "The Bay")
    settle(folder)
    follow = {paper.name: paper.follow for paper in newsroom.publications}
    desk.ask("follow", follow["courier"], "--category", "Press/Saltgate/News")
    desk.ask("follow", follow["luting"], "--name", "Heron Evening")
    newsroom.turn_to(0)
    desk.ask("update")
    newsroom.turn_to(5)
    desk.ask("update", "--force", "--again", "--no-pictures")
    return desk


@pytest.fixture
def mine(kept: Desk, tmp_path: Path) -> Desk:
    """A copy of the archive, to be changed."""
    shutil.copytree(kept.folder, tmp_path / "press")
    return Desk(tmp_path / "press", kept.newsroom)


# --- follow and sources


def test_follow_says_what_it_found_and_files_it(kept: Desk) -> None:
    sources = kept.json("sources")

    assert [list(row) for row in sources] == [[key for key, _ in rows.SOURCE]] * 2
    assert [row["name"] for row in sources] == ["The Saltgate Courier", "Heron Evening"]
    assert sources[0]["categories"] == ["Press", "Saltgate", "News"]
    assert sources[0]["articles"] > 10
    assert sources[0]["visited"]
    assert sources[0]["trouble"] == ""


def test_follow_again_says_that_it_is_known(mine: Desk) -> None:
    address = mine.newsroom.publications[1].follow
    (found,) = mine.json("follow", address)

    assert found["known"] is True
    assert list(found) == [key for key, _ in rows.FOLLOWED]


def test_a_dry_run_follows_nothing(mine: Desk) -> None:
    before = mine.json("sources")
    said = mine.ask("follow", "--dry-run", mine.newsroom.address("newsroom", "/opml")).output

    assert said.count("would follow: ") == 3
    assert said.count("known already: ") == 2
    assert mine.json("sources") == before


def test_one_wrong_address_among_several_costs_only_itself(mine: Desk) -> None:
    miohama = next(paper for paper in mine.newsroom.publications if paper.name == "miohama")
    result = mine.ask("follow", mine.newsroom.address("nowhere", "/"), "rsshub:/no/instance", miohama.follow, code=1)
    unreachable, no_instance = result.stderr.splitlines()

    assert unreachable.startswith("tearsheet: ")
    assert "http://nowhere.localhost" in unreachable
    assert "needs an RSSHub instance" in no_instance
    assert result.stdout.startswith("following: ")
    assert miohama.follow in [row["url"] for row in mine.json("sources")]


def test_a_wrong_address_alone_has_its_own_exit_code(mine: Desk) -> None:
    assert "no such file" in mine.ask("follow", "subscriptions.opml", code=4).stderr
    assert "needs an RSSHub instance" in mine.ask("follow", "rsshub:/no/instance", code=5).stderr
    assert "address refused" in mine.ask("follow", "http://10.0.0.1/feed", code=6).stderr


def test_sources_are_paused_resumed_and_removed_by_a_part_of_their_name(mine: Desk) -> None:
    mine.ask("sources", "pause", "heron")
    assert [row["paused"] for row in mine.json("sources")] == [False, True]
    assert "paused" in mine.ask("sources").output
    mine.ask("sources", "resume", "heron")
    assert [row["paused"] for row in mine.json("sources")] == [False, False]
    articles = len(mine.json("articles"))
    said = mine.ask("sources", "remove", "Heron Evening").output
    assert "its articles stay" in said
    assert len(mine.json("sources", "list")) == 1
    assert len(mine.json("articles")) == articles


def test_an_unclear_source_is_refused_with_the_candidates(mine: Desk) -> None:
    assert "several have it" in mine.ask("sources", "pause", "localhost", code=4).stderr


# --- update


def test_an_update_reports_its_numbers_as_json(mine: Desk) -> None:
    report = mine.json("update", "courier", "--force", "--no-pictures")

    assert list(report) == [key for key, _ in rows.UPDATE]
    assert report["sources"] == 1


def test_what_was_not_fetched_is_told_apart_for_pages_and_pictures(mine: Desk) -> None:
    mine.ask("follow", mine.newsroom.address("troubles", "/feed.xml"))
    told = mine.ask("update", "troubles").stdout.splitlines()

    assert any(line.startswith("not fetched: ") and "address refused" in line for line in told)
    assert any(line.startswith("pictures not fetched: ") and "not a usable picture" in line for line in told)


def test_quiet_means_silent(mine: Desk) -> None:
    result = mine.ask("update", "--quiet")

    assert (result.stdout, result.stderr) == ("", "")


def test_an_update_where_every_source_fails_ends_with_1(mine: Desk) -> None:
    for name in ("heron", "courier"):
        mine.ask("sources", "remove", name)
    mine.ask("follow", mine.newsroom.address("troubles", "/empty.xml"), "--kind", "feed")
    result = mine.ask("update", code=1)

    assert "troubles.localhost" in result.stderr
    assert "Traceback" not in result.stderr
    (broken,) = mine.json("sources", "list", "--trouble")
    assert broken["failures"] == 1
    assert broken["trouble"] in mine.ask("sources", "list", "--trouble").output


def test_pages_that_did_not_come_are_counted_beyond_ten_and_listed_until_they_do(mine: Desk, tmp_path: Path) -> None:
    missing = [mine.newsroom.address("courier", f"/none/{number}.html") for number in range(12)]
    (tmp_path / "list.txt").write_text("".join(f"{url}\n" for url in missing))
    mine.ask("follow", tmp_path / "list.txt")
    said = mine.ask("update", "list.txt", "--no-pictures").stderr

    assert "2 more: `tearsheet articles --trouble` lists pages" in said
    told = {row["url"]: row["trouble"] for row in mine.json("articles", "--trouble")}
    assert [told[url] for url in missing] == [f"answered with an error: {url}: HTTP 404" for url in missing]
    assert "answered with an error: HTTP 404" in mine.ask("articles", "--trouble").stdout
    assert missing[0] not in mine.ask("articles").stdout


# --- articles, show, edits, search, stats


def test_articles_are_a_json_array_with_documented_keys(kept: Desk) -> None:
    articles = kept.json("articles")

    assert len(articles) > 40
    assert all(list(row) == [key for key, _ in rows.ARTICLE] for row in articles)
    assert all(row["url"] and row["title"] and row["source"] for row in articles)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", articles[0]["published"])
    assert [row["published"] for row in articles] == sorted((row["published"] for row in articles), reverse=True)


def test_articles_are_filtered(kept: Desk) -> None:
    by_source = kept.json("articles", "--source", "heron")
    by_path = kept.json("articles", "--category", "Press/Saltgate")
    some = by_path[5]

    assert {row["source_name"] for row in by_source} == {"Heron Evening"}
    assert {row["source_name"] for row in by_path} == {"The Saltgate Courier"}
    assert len(by_source) + len(by_path) == len(kept.json("articles"))
    assert len(kept.json("articles", "--limit", "3")) == 3
    day = some["published"][:10]
    assert {row["published"][:10] for row in kept.json("articles", "--since", day, "--until", day)} == {day}
    assert kept.json("articles", "--until", "2001-01-01") == []


def test_a_list_of_no_articles_says_why(kept: Desk, tmp_path: Path) -> None:
    empty = Desk(tmp_path / "empty", kept.newsroom)
    empty.ask("init", empty.folder)

    assert empty.ask("articles").stderr == "No article is kept yet: tearsheet update.\n"
    assert kept.ask("articles", "--language", "sq").stderr == "No article is like that.\n"
    assert "tearsheet stats --by category" in kept.ask("articles", "--category", "Nowhere").stderr


def test_articles_in_a_pipe_are_tab_separated(kept: Desk) -> None:
    lines = kept.ask("articles").stdout.splitlines()

    assert len(lines) == len(kept.json("articles"))
    assert {line.count("\t") for line in lines} == {4}


def test_what_is_gone_is_listed_and_still_shown(kept: Desk) -> None:
    gone = kept.json("articles", "--gone")

    assert gone
    assert {row["gone"] for row in gone} <= {"410", "404", "front page"}
    assert f"gone ({gone[0]['gone']})" in kept.ask("show", gone[0]["id"]).output


def test_times_of_a_list_of_edits_or_of_what_is_gone_are_those_of_the_change(kept: Desk) -> None:
    for words, key in (
        (["articles", "--edited"], "edited"),
        (["edits"], "edited"),
        (["articles", "--gone"], "gone_at"),
    ):
        rows = kept.json(*words)
        cells = [line.split("\t")[1] for line in kept.ask(*words).stdout.splitlines()]

        assert rows
        assert cells == [f"{row[key][:10]} {row[key][11:16]}" for row in rows]
        assert kept.json(*words, "--since", "1d") == rows
        assert kept.json(*words, "--until", "1d") == []
    assert {row["source_name"] for row in kept.json("edits", "--source", "heron")} == {"Heron Evening"}
    assert len(kept.json("edits", "--limit", "1")) == 1
    assert kept.ask("edits", "--until", "1d").stderr == "No edit is like that.\n"


@pytest.mark.parametrize("words", [["k3vq7", "--since", "7d"], ["k3vq7", "-n", "3"], ["--all"]], ids=" ".join)
def test_a_list_of_edits_is_narrowed_and_one_article_is_not(kept: Desk, words: list[str]) -> None:
    assert "ARTICLE" in kept.ask("edits", *words, code=2).stderr


def test_an_article_is_found_by_id_prefix_and_address_and_shown_in_four_forms(kept: Desk) -> None:
    article = kept.first("--source", "courier")
    text = kept.ask("show", article["url"]).output
    whole = kept.json("show", article["id"][:8])

    assert text.startswith(article["title"])
    assert whole["id"] == article["id"]
    assert [list(wording) for wording in whole["wordings"]] == [[key for key, _ in rows.REVISION]] * article[
        "revisions"
    ]
    assert list(whole["wordings"][0]["clipping"]) == [key for key, _ in rows.CLIPPING]
    assert list(whole["listings"][0]) == [key for key, _ in rows.LISTING]
    assert whole["wordings"][-1]["clipping"]["text"].split("\n\n")[0] in text
    assert "<p>" in kept.ask("show", article["id"], "--html").output
    assert kept.ask("show", article["id"], "--markdown").output.startswith(f"# {article['title']}\n")
    assert kept.ask("show", article["id"], "--raw").stdout_bytes.lstrip().lower().startswith(b"<!doctype html")


def test_a_wrong_article_or_wording_is_named(kept: Desk) -> None:
    article = kept.first()

    assert "no such article: nothing" in kept.ask("show", "nothing", code=4).stderr
    assert f"no such wording: {article['id']} 99" in kept.ask("show", article["id"], "--wording", "99", code=4).stderr
    said = [kept.ask("show", article["id"], name, "1").stdout for name in ("--wording", "--revision")]
    assert said[0] == said[1]


def edited(desk: Desk, title: str) -> dict[str, Any]:
    return next(row for row in desk.json("edits") if title in row["title"])


def test_an_edit_is_shown_word_by_word(kept: Desk) -> None:
    article = edited(kept, EDITED)
    shown = kept.ask("edits", article["id"], "--all").output

    assert re.search(r"\[-[^\]]+-\]", shown)
    assert re.search(r"\{\+[^}]+\+\}", shown)
    assert "unchanged" in shown
    assert "unchanged" not in kept.ask("edits", article["id"], "--whole").output


def test_an_edit_shown_backwards_lies_between_the_same_two_looks(kept: Desk) -> None:
    id = edited(kept, EDITED)["id"]
    shown = kept.ask("edits", id, "--from", "2", "--to", "1").output

    earlier, later = re.search(r"between (\S+ \S+) and (\S+ \S+) \((?!-)", shown).groups()  # type: ignore[union-attr]
    assert earlier <= later


def test_an_edit_without_its_marks_is_the_new_wording(kept: Desk) -> None:
    article = edited(kept, EDITED)
    new = kept.json("show", article["id"])["wordings"][-1]["clipping"]["text"]
    shown = kept.ask("edits", article["id"], "--whole").output
    unmarked = re.sub(r"\{\+(.*?)\+\}", r"\1", re.sub(r"\[-.*?-\]", "", shown))

    assert [part for part in new.split("\n\n") if part not in unmarked] == []


def test_edits_as_json_put_both_wordings_together_again(kept: Desk) -> None:
    article = edited(kept, EDITED)
    wordings = kept.json("show", article["id"])["wordings"]
    (edit,) = kept.json("edits", article["id"], "--from", "1")

    assert list(edit) == [key for key, _ in rows.EDIT]
    assert edit["from_seen"] <= edit["to_seen"]
    for key in ("title", "text"):
        for op, wording in (("-", wordings[0]), ("+", wordings[-1])):
            joined = "".join(change["text"] for change in edit[key] if change["op"] in ("=", op))
            assert joined == wording["clipping"][key]


def test_edits_are_coloured_where_that_is_asked_for(kept: Desk) -> None:
    article = edited(kept, EDITED)
    coloured = kept.ask("--color", "always", "edits", article["id"]).output

    assert "\x1b[31m\x1b[9m" in coloured
    assert "[-" not in coloured


def test_an_article_without_edits_says_so(kept: Desk) -> None:
    article = next(row for row in kept.json("articles") if row["revisions"] == 1)
    result = kept.ask("edits", article["id"])

    assert result.stdout == ""
    assert "one wording" in result.stderr
    assert kept.json("edits", article["id"]) == []


def test_search_finds_words_in_any_script(kept: Desk) -> None:
    english = kept.json("search", "barrier", "--limit", "5")
    chinese = kept.json("search", "防潮闸")

    assert list(english) == ["total", "hits"]
    assert 0 < len(english["hits"]) <= 5
    hit = chinese["hits"][0]
    assert list(hit) == [key for key, _ in rows.HIT]
    assert all(hit["snippet"][start:end] in "防潮闸" for start, end in hit["marks"])
    assert "*barrier*" in kept.ask("search", "barrier").output.casefold()
    assert kept.ask("search", "xyzzy").stderr == "0 found.\n"
    assert "holds no word" in kept.ask("search", '"*"', code=2).stderr


def test_stats_count_articles_and_bytes(kept: Desk) -> None:
    stats = kept.json("stats")

    assert list(stats) == [key for key, _ in rows.STATS]
    assert stats["articles"] == len(kept.json("articles"))
    assert stats["bytes_warc"] > 100_000
    assert "an article" in kept.ask("stats").output
    tables = {key: size for key, size in kept.json("stats", "--tables").items() if key.startswith("table_")}
    assert {"table_blob", "table_article", "table_dictionary", "table_leaf"} <= set(tables)
    assert sum(tables.values()) == (kept.folder / "tearsheet.db").stat().st_size


# --- publish


def test_build_writes_the_site_and_the_posts(mine: Desk) -> None:
    report = mine.json("build")

    assert list(report) == [key for key, _ in rows.BUILD]
    assert report["posts"] == len(mine.json("articles"))
    assert (mine.folder / "site" / "index.html").read_text(encoding="utf-8").count("The Bay") > 0
    assert mine.json("build", "--no-posts")["written"] == 0


def test_exports_go_to_files_or_standard_output(mine: Desk, tmp_path: Path) -> None:
    count = len(mine.json("articles"))
    exported = mine.json("export", "--posts", "sound", tmp_path / "sound")
    assert list(exported) == [key for key, _ in rows.EXPORTED]
    assert exported == {"out": str(tmp_path / "sound"), "count": count}
    assert len(list((tmp_path / "sound").rglob("*.md"))) == count
    mine.ask("export", "--posts", "compat", tmp_path / "compat")
    lines = mine.ask("export", "--jsonl").stdout.splitlines()
    told = [json.loads(line) for line in lines]
    assert len(told) == count
    assert {tuple(row) for row in told} == {(*(key for key, _ in rows.ARTICLE), "clipping", "wordings")}
    shown = mine.json("show", told[0]["id"])
    assert {key: told[0][key] for key, _ in rows.ARTICLE} == {key: shown[key] for key, _ in rows.ARTICLE}
    assert told[0]["clipping"] == shown["wordings"][-1]["clipping"]
    mine.ask("export", "--jsonl", tmp_path / "all.jsonl")
    assert (tmp_path / "all.jsonl").read_text(encoding="utf-8").splitlines() == lines
    assert "<opml" in mine.ask("export", "--opml").stdout
    mine.ask("export", "--opml", tmp_path / "sources.opml")
    assert len(mine.json("follow", "--dry-run", tmp_path / "sources.opml")) == 2


def test_articles_go_to_a_spreadsheet_with_their_text(kept: Desk, tmp_path: Path) -> None:
    words = ["--source", "heron", "--since", "2026"]
    articles = {row["id"]: row for row in kept.json("articles", *words)}
    kept.ask("export", "--csv", *words, tmp_path / "heron.csv")
    with (tmp_path / "heron.csv").open(encoding="utf-8", newline="") as file:
        told = {row["id"]: row for row in csv.DictReader(file)}

    assert told.keys() == articles.keys()
    for id, row in told.items():
        article = articles[id]
        assert row["title"] == article["title"]
        assert row["authors"].split("; ") == (article["authors"] or [""])
        assert row["revisions"] == str(article["revisions"])
        assert row["edited"] == (article["edited"] or "")
    some = next(iter(told))
    assert told[some]["text"] == kept.json("show", some)["wordings"][-1]["clipping"]["text"]
    lines = kept.ask("export", "--jsonl", *words).stdout.splitlines()
    assert {json.loads(line)["id"] for line in lines} == articles.keys()
    assert kept.json("export", "--posts", "sound", *words, tmp_path / "posts")["count"] == len(articles)


def test_no_words_of_a_stranger_become_a_formula_or_a_second_cell() -> None:
    assert [cell(text) for text in ("=1+1", "@a", "-", "a=b", None, True)] == ["'=1+1", "'@a", "'-", "a=b", "", "true"]
    assert list(csv.reader([csv_line(['a"b,c', "d", ""])])) == [['a"b,c', "d", ""]]


@pytest.mark.parametrize("by", ["day", "month", "year", "source", "category", "language"])
def test_counts_of_all_groups_together_are_those_of_the_list(kept: Desk, by: str) -> None:
    narrowed = kept.json("articles", "--source", "courier")
    counts = kept.json("stats", "--by", by, "--source", "courier")

    assert all(list(row) == [key for key, _ in rows.COUNTED] for row in counts)
    assert sum(row["articles"] for row in counts) == len(narrowed)
    assert sum(row["gone"] for row in counts) == sum(row["gone"] != "" for row in narrowed)
    assert sum(row["edited"] for row in counts) == sum(row["edited"] is not None for row in narrowed)
    if by == "day":
        assert {row["group"] for row in counts} == {row["published"][:10] for row in narrowed}
    if by == "category":
        assert [row["group"] for row in counts] == ["Press/Saltgate/News"]
    line = f"{len(narrowed)}\t{counts[0]['edited']}"
    assert by not in ("source", "category") or line in kept.ask("stats", "--by", by, "--source", "courier").stdout


@pytest.mark.parametrize("words", [["--since", "7d"], ["--by", "day", "--tables"]], ids=" ".join)
def test_counts_that_cannot_be_meant_are_refused(kept: Desk, words: list[str]) -> None:
    assert "--by" in kept.ask("stats", *words, code=2).stderr


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--opml", "--jsonl"],
        ["--posts", "sound"],
        ["--opml", "--json"],
        ["--opml", "--since", "7d"],
        ["--wacz", "--language", "zh", "out.wacz"],
        ["--csv", "--wacz", "out.wacz"],
    ],
    ids=" ".join,
)
def test_an_export_that_cannot_be_meant_is_refused(kept: Desk, words: list[str]) -> None:
    assert "Say " in kept.ask("export", *words, code=2).stderr + kept.ask("export", *words, code=2).stderr.replace(
        "say", "Say"
    )


def test_posts_come_in_again_once(mine: Desk, tmp_path: Path) -> None:
    mine.ask("export", "--posts", "sound", tmp_path / "posts")
    other = Desk(tmp_path / "other", mine.newsroom)
    other.ask("init", other.folder)
    (tmp_path / "posts" / "wrong.md").write_text("no post", encoding="utf-8")
    first = json.loads(other.ask("import", "posts", tmp_path / "posts", "--json", code=1).stdout)
    again = json.loads(other.ask("import", "posts", tmp_path / "posts", "--json", code=1).stdout)

    assert list(first) == [key for key, _ in rows.IMPORTED]
    assert first["articles"] == len(mine.json("articles"))
    assert [trouble["thing"] for trouble in first["troubles"]] == [str(tmp_path / "posts" / "wrong.md")]
    assert (again["articles"], again["known"]) == (0, first["articles"])


def test_a_warc_comes_in_and_can_be_cut_without_an_archive(mine: Desk, tmp_path: Path) -> None:
    other = Desk(tmp_path / "other", mine.newsroom)
    other.ask("init", other.folder)
    files = sorted((mine.folder / "warc").rglob("*.warc.gz"))
    report = other.json("import", "warc", *files)
    cut = [json.loads(line) for line in other.ask("extract", "--json", files[0]).stdout.splitlines()]

    assert report["articles"] > 20
    assert len(cut) > 20
    assert all(list(row) == [*(key for key, _ in rows.CLIPPING), "file"] for row in cut)


# --- remove


def test_a_removed_article_is_gone_and_a_notice_stays(mine: Desk) -> None:
    article = mine.first("--source", "courier")
    removed = mine.json("remove", article["url"], "--yes", "--reason", "court order")

    assert list(removed) == [key for key, _ in rows.REMOVED]
    assert removed["articles"] == 1
    assert "court order" in " ".join(removed["kept_as_proof"])
    mine.ask("show", article["id"], code=4)


def test_a_removal_says_what_still_holds_the_article(mine: Desk) -> None:
    said = mine.ask("remove", mine.first()["id"], "--yes").stdout

    assert "1 notice of removal\n" in said
    assert "tearsheet build, and tearsheet backup FOLDER" in said


def test_nothing_is_removed_where_nobody_can_answer(mine: Desk) -> None:
    article = mine.first()
    result = mine.ask("remove", article["id"], code=2)

    assert "--yes" in result.stderr
    mine.ask("show", article["id"])


def test_all_articles_of_a_source_are_removed(mine: Desk) -> None:
    before = len(mine.json("articles"))
    removed = mine.json("remove", "--source", "heron", "--yes")

    assert removed["articles"] == before - len(mine.json("articles"))
    assert mine.json("articles", "--source", "heron") == []


# --- verify and backup


def test_a_whole_archive_and_its_backup_are_sound(mine: Desk, tmp_path: Path) -> None:
    report = mine.json("verify")
    copied = mine.json("backup", tmp_path / "copy")
    mine.ask("restore", tmp_path / "copy", tmp_path / "again")

    assert list(report) == [key for key, _ in rows.VERIFY]
    assert report["problems"] == []
    assert list(copied) == [key for key, _ in rows.BACKUP]
    assert Desk(tmp_path / "again", mine.newsroom).json("articles") == mine.json("articles")


def test_a_checkpoint_kept_elsewhere_is_said_to_hold_or_to_be_none(mine: Desk, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.write_bytes((mine.folder / "ledger" / "checkpoint").read_bytes())

    assert f"{kept}: all that it signed is still there" in mine.ask("verify", "--against", kept).stdout

    kept.write_text("Dear reader")
    assert "no checkpoint is in it" in mine.ask("verify", "--against", kept, code=2).stderr


def test_what_a_rebuild_and_a_migration_did_is_told_as_json(mine: Desk) -> None:
    rebuilt = mine.json("rebuild")

    assert list(rebuilt) == [key for key, _ in rows.REBUILT]
    assert rebuilt["problems"] == []
    assert list(mine.json("migrate")) == [key for key, _ in rows.MIGRATED]


def test_a_damaged_picture_is_named(mine: Desk) -> None:
    picture = max((mine.folder / "media").rglob("*.*"), key=lambda file: file.stat().st_size)
    picture.write_bytes(picture.read_bytes()[:-1] + b"x")

    assert picture.name[:16] in mine.ask("verify", code=1).stderr


# --- extract


def test_extract_shows_a_page_in_every_form(kept: Desk, tmp_path: Path) -> None:
    article = kept.first("--source", "courier")
    page = tmp_path / "page.html"
    page.write_bytes(kept.ask("show", article["id"], "--raw").stdout_bytes)
    ask: Callable[..., str] = lambda *words: kept.ask("extract", page, "--url", article["url"], *words).output  # noqa: E731

    (row,) = [json.loads(line) for line in ask("--json").splitlines()]
    assert row["title"] == article["title"]
    assert row["file"] == str(page)
    assert ask().startswith(article["title"])
    assert "<p>" in ask("--html")
    assert ask("--markdown").startswith("# ")
    assert "title: " in ask("--why")
    assert kept.ask("extract", "-", stdin=page.read_text(encoding="utf-8")).output.startswith(article["title"])


def test_many_files_are_cut_in_their_order_and_a_missing_one_costs_only_itself(kept: Desk, tmp_path: Path) -> None:
    for at in range(9):
        (tmp_path / f"{at}.html").write_text(f"<h1>Title {at}</h1><p>{'A long sentence, with a comma. ' * 9}</p>")
    files = [tmp_path / f"{at}.html" for at in range(9)]
    result = kept.ask("extract", "--json", "-j", "2", *files, tmp_path / "none.html", code=1)

    assert [json.loads(line)["file"] for line in result.stdout.splitlines()] == [str(file) for file in files]
    assert result.stderr == f"tearsheet: {tmp_path / 'none.html'}: No such file or directory\n"


def test_an_article_of_the_archive_is_not_cut_but_shown(kept: Desk) -> None:
    article = kept.first()
    said = kept.ask("extract", article["id"], code=2).stderr

    assert said.startswith(f"tearsheet: not understood: {article['id']}: extract takes files and addresses")
    assert f"`tearsheet show {article['id']}`" in said


@pytest.mark.parametrize(
    ("body", "why"), [(b"", "empty"), (b" \n", "empty"), (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary")]
)
def test_what_is_no_page_is_not_cut(kept: Desk, tmp_path: Path, body: bytes, why: str) -> None:
    (tmp_path / "page.html").write_bytes(body)
    result = kept.ask("extract", tmp_path / "page.html", code=2)

    assert result.stdout == ""
    assert result.stderr.startswith(f"tearsheet: not understood: {tmp_path / 'page.html'}: ")
    assert why in result.stderr


def test_an_address_that_is_not_of_the_web_is_refused(kept: Desk) -> None:
    assert kept.ask("extract", "ftp://paper.example/", code=6).stderr == (
        "tearsheet: address refused: ftp://paper.example/: not http or https, but ftp\n"
    )


def test_extract_fetches_an_address(kept: Desk) -> None:
    article = kept.first("--source", "luting")

    assert article["title"] in kept.ask("extract", article["url"]).output
    long = next(truth for truth in kept.newsroom.at(0) if (truth.paper, truth.slug) == ("luting", "barrier"))
    row = json.loads(kept.ask("extract", "--json", long.url).output)
    whole = long.url.replace(".shtml", "_s.shtml")
    assert (row["how"]["parts"], row["missing"]) == (f"whole on another page: {whole}", [])
    assert long.text.splitlines()[-1] in row["text"]
    assert kept.ask("extract", kept.newsroom.address("troubles", "/500"), code=6).stderr.startswith("tearsheet: ")


# --- what is lost


def test_a_warc_file_that_is_missing_or_cut_short_is_named(mine: Desk) -> None:
    article = mine.first()
    with open_archive(mine.folder) as archive:
        name = archive.captures(article["id"])[0].place.file
    commands = (["stats"], ["show", article["id"]], ["update", "--no-pictures"])
    assert not any("warc/" in mine.ask(*words).stderr for words in commands)

    file = mine.folder / "warc" / name
    os.truncate(file, 300)
    assert all(f"warc/{name} is cut short: bring it back" in mine.ask(*words).stderr for words in commands)
    file.unlink()
    assert all(f"warc/{name} is missing: bring it back" in mine.ask(*words).stderr for words in commands)


# --- accounts


def test_accounts_and_tokens_are_made_listed_and_ended(mine: Desk) -> None:
    mine.ask("account", "add", "ida", "--admin", "--stdin", stdin="correct horse\n")
    (account,) = mine.json("account", "list")
    secret = mine.ask("account", "token", "ida", "--label", "phone").stdout.strip()
    (token,) = mine.json("account", "tokens", "ida")

    assert (list(account), account["name"], account["admin"]) == ([key for key, _ in rows.ACCOUNT], "ida", True)
    assert (list(token), token["label"]) == ([key for key, _ in rows.TOKEN], "phone")
    assert secret.startswith("ts_")
    assert secret not in mine.ask("account", "tokens").output
    mine.ask("account", "revoke", token["id"])
    assert mine.json("account", "tokens") == []
    mine.ask("account", "password", "ida", "--stdin", stdin="another horse\n")
    mine.ask("account", "remove", "ida")
    assert "no account" in mine.ask("account", "list").stderr
    assert "no such account" in mine.ask("account", "tokens", "ida", code=4).stderr


def test_a_bad_account_is_refused_in_one_line(mine: Desk) -> None:
    assert "at least 10 characters" in mine.ask("account", "add", "ida", "--stdin", stdin="short\n", code=8).stderr
    assert "--stdin" in mine.ask("account", "add", "ida", code=2).stderr


@pytest.mark.parametrize(
    "words", ["account remove nobody", "account token nobody", "account tokens nobody", "account revoke 00000000"]
)
def test_an_account_or_token_that_is_not_there_is_not_found(mine: Desk, words: str) -> None:
    said = mine.ask(*words.split(), code=4).stderr
    assert "no such account or token" in said
    assert said.count("\n") == 1


# --- in real processes


@contextmanager
def started(*words: str, cwd: Path) -> "Iterator[subprocess.Popen[str]]":
    """Run a command beside the test; it does not outlive a test that fails."""
    pipe = subprocess.PIPE
    with subprocess.Popen([*COMMAND, *words], cwd=cwd, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def test_serve_shows_the_pages_until_it_is_told_to_stop(mine: Desk) -> None:
    with started("serve", "--port", "0", cwd=mine.folder) as serving:
        assert serving.stdout
        said = serving.stdout.readline()
        address = re.search(r"http://\S+", said)
        assert address, said
        with urllib.request.urlopen(address[0], timeout=60) as page:
            assert b"The Bay" in page.read()
        serving.send_signal(signal.SIGTERM)
        _, errors = serving.communicate(timeout=60)

    assert serving.returncode == 0
    assert errors == ""


def test_serve_refuses_an_open_address_without_an_account(mine: Desk) -> None:
    assert "tearsheet account add" in mine.ask("serve", "--host", "0.0.0.0", code=8).stderr


def test_ctrl_c_keeps_what_is_in_hand_and_the_next_update_goes_on(newsroom: Newsroom, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "press", newsroom)
    desk.ask("init", desk.folder)
    settle(desk.folder)
    settings = desk.folder / "tearsheet.toml"
    settings.write_text(settings.read_text().replace("pause_s = 0.0\nper_host = 4", "pause_s = 0.3"), encoding="utf-8")
    newsroom.turn_to(0)
    desk.ask("follow", next(paper.follow for paper in newsroom.publications if paper.name == "courier"))
    asked_before = len(newsroom.paths_asked("courier"))
    with started("update", "--json", cwd=desk.folder) as updating:
        deadline = time.monotonic() + 60
        while len(newsroom.paths_asked("courier")) < asked_before + 8 and time.monotonic() < deadline:
            time.sleep(0.05)
        updating.send_signal(signal.SIGINT)
        said, errors = updating.communicate(timeout=60)

    assert updating.returncode == 130, errors
    assert errors.splitlines()[-1].startswith("tearsheet: interrupted; ")
    assert "Traceback" not in errors
    kept = json.loads(said)["kept"]
    assert len(desk.json("articles")) + len(desk.json("articles", "--rejected")) == kept
    settings.write_text(settings.read_text().replace("pause_s = 0.3", "pause_s = 0.0"), encoding="utf-8")
    assert desk.json("update", "--no-pictures")["kept"] > 0
    urls = [row["url"] for row in desk.json("articles")]
    assert len(urls) == len(set(urls)) > kept


def test_a_watch_that_is_told_to_stop_ends_well(mine: Desk) -> None:
    with started("update", "--watch", "--every", "1s", "--no-pictures", "--json", cwd=mine.folder) as watching:
        assert watching.stdout
        assert "sources" in json.loads(watching.stdout.readline())
        watching.send_signal(signal.SIGTERM)
        _, errors = watching.communicate(timeout=60)

    assert watching.returncode == 0, errors


def test_a_long_list_piped_into_head_ends_quietly(kept: Desk) -> None:
    listing = f"{' '.join(COMMAND)} articles --json"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {listing} | head -n 1"],
        cwd=kept.folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.stdout == "[\n"
    assert done.stderr == ""
    assert done.returncode in (0, 141)


def test_the_demo_goes_through_once(tmp_path: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "demo", "--once", "--port", "0", "--keep", str(tmp_path / "bay")],
        capture_output=True,
        text=True,
        timeout=350,
        check=False,
        env={key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")},
    )

    assert done.returncode == 0, done.stderr
    assert "five invented papers" in done.stdout
    assert re.search(r"Read it at http://localhost:\d+/", done.stdout)
    assert re.search(r"\d+ new, [1-9]\d* edited", done.stdout)
    assert "The archive stays in" in done.stdout
    assert (tmp_path / "bay" / "site" / "index.html").is_file()
