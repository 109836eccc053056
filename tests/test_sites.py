"""Site definitions: what they say, and what is told to who writes them wrongly."""

import datetime as dt
from pathlib import Path

import pytest

from tearsheet import sites
from tearsheet.errors import BadSite
from tearsheet.model import Capture

PAPER = """\
title = "The Paper"
homepage = "https://paper.example/"
language = "en"
zone = "Europe/London"
hosts = ["paper.example"]
categories = ["News", "The Paper"]

[[article]]
valid_until = 2023-06-30
body = [".story"]

[[article]]
valid_from = 2023-07-01
body = ["article .text"]
drop = [".share"]

[[article.single_page]]
match = '^(https://paper\\.example/\\d+)$'
replace = '\\1?all=1'

[[article.follow_jump]]
match = 'location\\.href = "(https://blog\\.paper\\.example/\\d+)"'
replace = '\\1'

[[article.date]]
css = "time"

[[channel]]
name = "front"

[[channel.list]]
page = "https://paper.example/latest"
items = ".latest li"
"""


def capture(body: str) -> Capture:
    return Capture(
        url="https://paper.example/7",
        final_url="https://paper.example/7",
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=body.encode(),
        captured_at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
        digest="sha256:0",
    )


def test_a_definition_becomes_a_site():
    site = sites.load(PAPER, name="paper.toml")

    assert (site.name, site.title, site.language) == ("paper", "The Paper", "en")
    assert site.channels[0].categories == ("News", "The Paper", "front")
    assert site.rules[1].date[0].zone == "Europe/London"


def test_the_day_chooses_the_rule():
    known = {"paper": sites.load(PAPER, name="paper")}
    old = sites.rule_for(known, "https://www.paper.example/1", on=dt.date(2023, 6, 30))
    new = sites.rule_for(known, "https://www.paper.example/1", on=dt.date(2023, 7, 1))

    assert old is not None
    assert new is not None
    assert (old.body, new.body) == ((".story",), ("article .text",))
    assert old.digest != new.digest
    assert sites.rule_for(known, "https://other.example/1", on=dt.date(2023, 7, 1)) is None
    assert sites.rule_for(known, "https://otherpaper.example/1", on=dt.date(2023, 7, 1)) is None
    assert sites.rule_for(known, "nonsense", on=dt.date(2023, 7, 1)) is None


def test_the_longest_host_wins():
    blog = PAPER.replace('hosts = ["paper.example"]', 'hosts = ["blog.paper.example"]')
    known = {"paper": sites.load(PAPER, name="paper"), "blog": sites.load(blog, name="blog")}

    assert sites.site_of(known, "https://blog.paper.example/1") is known["blog"]
    assert sites.site_of(known, "https://www.paper.example/1") is known["paper"]


def test_an_article_on_several_pages_is_taken_on_one():
    rule = sites.load(PAPER, name="paper").rules[1]

    assert sites.single_page(rule, "https://paper.example/7") == "https://paper.example/7?all=1"
    assert sites.single_page(rule, "https://paper.example/7?all=1") == ""


def test_a_jump_by_script_is_followed_but_a_plain_link_is_not():
    rule = sites.load(PAPER, name="paper").rules[1]

    assert (
        sites.jump(rule, capture('<script>location.href = "https://blog.paper.example/9"</script>'))
        == "https://blog.paper.example/9"
    )
    assert sites.jump(rule, capture('<a href="https://blog.paper.example/9">blog</a>')) == ""
    assert sites.jump(sites.load(PAPER, name="paper").rules[0], capture("<script>location.href = 'x'</script>")) == ""


@pytest.mark.parametrize(
    ("text", "where", "cause"),
    [
        ("title = ", "my.toml:1", "Invalid value"),
        ('title = "x"\n[[article]]\nbody = ["p"]', "my.toml:1", "say which hosts"),
        ('hosts = ["p.example"]', "my.toml:1", "neither an [[article]]"),
        ('hosts = ["p.example"]\n\n[[article]]\nboby = ["p"]', "my.toml:4", "did you mean body?"),
        (
            'hosts = ["p.example"]\n[[article]]\nbody = ["p"]\n[[article]]\nbody = ["p["]',
            "my.toml:5",
            "no CSS selector: p[",
        ),
        ('hosts = ["https://p.example/"]', "my.toml:1", "without https://"),
        ('hosts = ["p.example"]\nzone = "Mars/Base"', "my.toml:2", "IANA"),
        ('hosts = ["p.example"]\nlanguage = "English"', "my.toml:2", "BCP 47"),
        ('hosts = ["p.example"]\n[[article]]\n[[article.date]]\nregex = "(a)(b)"', "my.toml:4", "exactly one group"),
        ('hosts = ["p.example"]\n[[article]]\n[[article.date]]\nregex = "("', "my.toml:4", "no regular expression"),
        ('hosts = ["p.example"]\n[[article]]\n[[article.date]]\nzone = "UTC"', "my.toml:3", "either regex or css"),
        ('hosts = ["p.example"]\n[[article]]\nvalid_from = "2024-01-01"', "my.toml:3", "without quotes"),
        (
            'hosts = ["p.example"]\n[[article]]\nvalid_from = 2024-01-02\nvalid_until = 2024-01-01',
            "my.toml:4",
            "before",
        ),
        (
            'hosts = ["p.example"]\n[[article]]\n[[article.single_page]]\nmatch = "a"\nreplace = "\\\\1"',
            "my.toml:5",
            "does not fit",
        ),
        ('hosts = ["p.example"]\n[[channel]]\nname = "a/b"', "my.toml:2", "without a slash"),
        ('hosts = ["p.example"]\n[[channel]]\nname = "a"', "my.toml:2", "no [[channel.list]]"),
        (
            'hosts = ["p.example"]\n[[channel]]\nname = "a"\n[[channel.list]]\nitems = "li"',
            "my.toml:4",
            "either page or json",
        ),
        (
            'hosts = ["p.example"]\n[[channel]]\nname = "a"\n[[channel.list]]\npage = "p"\nitems = "li"',
            "my.toml:5",
            "http(s)",
        ),
        (
            'hosts = ["p.example"]\n[[channel]]\nname = "a"\n[[channel.list]]\njson = "https://p.example/"',
            "my.toml:4",
            "needs url",
        ),
        ('hosts = ["p.example"]\n[compat]\ndate_as = "as you like"', "my.toml:3", "local-labelled-GMT"),
        ('hosts = "p.example"\ntitle = 7', "my.toml:2", "write it in quotes"),
        ('hosts = "p.example"\ncategories = [1]', "my.toml:2", "a list of texts"),
        ('hosts = "p.example"\ncompat = "gmt"', "my.toml:2", "write [compat]"),
        ('hosts = "p.example"\n[[article]]\ndate = "time"', "my.toml:3", "write [[article.date]]"),
        ('hosts = "p.example"\n[[article]]\ndate = {css = "time", relative = 1}', "my.toml:3", "true or false"),
        ('hosts = "p.example"\n[[article]]\nsingle_page = {match = "a"}', "my.toml:3", "needs match"),
        (
            'hosts = "p.example"\n[[channel]]\nname = "a"\n[[channel.list]]\njson = "https://p.example/"\nlimit = -1',
            "my.toml:6",
            "whole number",
        ),
        (
            'hosts = "p.example"\n[[channel]]\nname = "a"\n[[channel.list]]\npage = "https://p.example/"',
            "my.toml:4",
            "needs items",
        ),
        (
            'hosts = "p.example"\n'
            + '[[channel]]\nname = "a"\nlist = {page = "https://p.example/", items = "li"}\n' * 2,
            "my.toml:5",
            "stands here twice",
        ),
    ],
)
def test_a_mistake_is_named_with_its_line_and_the_fix(text, where, cause):
    with pytest.raises(BadSite) as raised:
        sites.load(text, name="my.toml")

    assert raised.value.thing == where
    assert cause in raised.value.cause


def test_a_file_whose_name_cannot_be_a_site_s_says_so():
    with pytest.raises(BadSite, match="cannot be a site's name"):
        sites.load(PAPER, name="my paper.toml")


def test_the_example_in_the_docs_is_a_definition():
    page = (Path(__file__).resolve().parents[1] / "docs" / "sites.md").read_text(encoding="utf-8")
    site = sites.load(page.split("```toml\n")[1].split("```")[0], name="river")

    assert [len(channel.lists) for channel in site.channels] == [2]
    assert len(site.rules) == 2


def test_the_shipped_definition_has_its_two_channels():
    site = sites.shipped()["guancha"]

    assert [channel.categories for channel in site.channels] == [
        ("新媒体", "观察者网", "首页"),
        ("新媒体", "观察者网", "头条"),
    ]
    assert site.compat == {"date_as": "local-labelled-GMT"}
    rule = site.rules[0]
    assert rule.body[0] == ".all-txt"
    assert rule.date[0].zone == "Asia/Shanghai"
    base = site.homepage + "politics/2022_01_10_1"
    assert sites.single_page(rule, base + ".shtml") == base + "_s.shtml"
    assert sites.single_page(rule, base + "_s.shtml") == ""
