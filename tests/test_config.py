from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tearsheet import config
from tearsheet.errors import BadSettings
from tearsheet.model import Source


def test_an_empty_file_gives_the_defaults():
    assert config.Settings() == config.read_settings("")


def test_the_first_settings_of_an_archive_are_usable():
    settings = config.read_settings(config.first_settings('The "Harbour" 档案'))

    assert settings.site.title == 'The "Harbour" 档案'
    assert settings.fetch == config.FetchSettings()


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        ("[site\n", 1, "Expected"),
        ("\n[sight]\n", 2, "no table [sight]"),
        ('[site]\ntitle = "a"\ntimezones = "UTC"\n', 3, "no key 'timezones'"),
        ("[fetch]\nparallel = true\n", 2, "a whole number"),
        ("[fetch]\n\nallow = [1]\n", 3, "list of texts"),
        ("[fetch]\npause_s = -1\n", 2, "a number from 0"),
        ("[fetch]\ntimeout_s = inf\n", 2, "a number from 0"),
        ("[fetch]\n\nconnect_timeout_s = nan\n", 3, "a number from 0"),
        ("[fetch]\nmax_bytes = 99999999999999999999\n", 2, "a number from 0"),
        ("[warc]\nfile_mb = 0\n", 2, "a number from 1"),
        ("[serve]\nport = 99999\n", 2, "a number from 0 to 65535"),
        ('[serve]\nraw_origin = "raw.example"\n', 2, "begins with http://"),
        ('[site]\nbase_url = "https://[x/"\n', 2, "begins with http://"),
        ('[site]\nbase_url = "https://x.example:port/"\n', 2, "begins with http://"),
        ('[site]\nbase_url = "https://x.example/?a"\n', 2, "without ? and #"),
        ('[media]\nkeep = "some"\n', 2, "one of all, lead, none"),
        ('[site]\ntitle = ""\ntimezone = "Mars/Olympus"\n', 3, "no time zone"),
        ("site = 3\n", 1, "is a table"),
        ("[fetch]\npause_s = 1\n\n[fetch]\nparallel = 2\n", 4, "[fetch] stands further up: write these keys there"),
        ('[site]\nbase_url = "archive.example"\n', 2, "begins with http://"),
        ('[rsshub]\n\nbase = "x"\n', 3, "begins with http://"),
        ('[fetch]\nproxy = "nonsense"\n', 2, "or socks5h://"),
    ],
)
def test_a_mistake_is_named_with_its_line(text, line, cause):
    with pytest.raises(BadSettings) as error:
        config.read_settings(text)

    assert f"tearsheet.toml:{line}" in str(error.value)
    assert cause in str(error.value)


@pytest.mark.parametrize(
    ("text", "line", "cause"),
    [
        ('[[source]]\nname = "x"\n', 1, "needs a url"),
        ('[[source]]\nurl = "https://a.example/"\n\n[[source]]\nurl = "https://a.example/"\n', 4, "twice"),
        ('[[source]]\nurl = "https://a.example/"\nkind = "telex"\n', 1, "no kind 'telex'"),
        ('# x\n[[source]]\nurl = "https://a.example/"\ntimezone = "Mars/Olympus"\n', 2, "no time zone"),
        ('[source]\nurl = "https://a.example/"\n', 1, "two brackets"),
        ('[[sources]]\nurl = "https://a.example/"\n', 1, "no place here"),
        ('[[source]]\nurl = "https://a.example/"\nlang = "zh"\n', 1, "no key 'lang'"),
        ('[[source]]\nurl = "http://[::1"\n', 1, "no address of a source whose kind is feed"),
        ('[[source]]\nurl = "https://"\nkind = "front"\n', 1, "no address of a source whose kind is front"),
        ('[[source]]\nurl = "file:///etc/passwd"\n', 1, "no address of a source whose kind is feed"),
        ('[[source]]\nurl = "rsshub:/a/b"\n', 1, "no address of a source whose kind is feed"),
        ('[[source]]\nurl = "https://a.example/"\nkind = "site"\n', 1, "no address of a source whose kind is site"),
    ],
)
def test_a_mistake_in_the_sources_is_named_with_its_line(text, line, cause):
    with pytest.raises(BadSettings) as error:
        config.read_sources(text)

    assert f"sources.toml:{line}" in str(error.value)
    assert cause in str(error.value)


def test_a_source_counts_however_its_brackets_are_written():
    text = '[[source]]  # the harbour\nurl = "https://a.example/"\n[[ source ]]\nurl = "https://b.example/"\n'

    assert [source.url for source in config.read_sources(text)] == ["https://a.example/", "https://b.example/"]


def test_a_file_that_is_not_utf_8_is_named_with_its_line(tmp_path):
    (tmp_path / "tearsheet.toml").write_bytes('[site]\ntitle = "海港"\n'.encode("gbk"))

    with pytest.raises(BadSettings, match=r"tearsheet\.toml:2.*not UTF-8"):
        config.settings_of(tmp_path)


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    (tmp_path / "tearsheet.toml").write_text('[site]\ntitle = "海港"\n', encoding="utf-8-sig")

    assert config.settings_of(tmp_path).site.title == "海港"


texts = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=40)
source_values = st.builds(
    Source,
    url=texts.map("https://a.example/{}".format),
    kind=st.sampled_from(("feed", "sitemap", "front", "urls")),
    name=texts,
    categories=st.lists(texts, max_size=4).map(tuple),
    language=texts,
    paused=st.booleans(),
    excerpt_only=st.booleans(),
)


@given(st.lists(source_values, max_size=5, unique_by=lambda source: source.url))
def test_sources_survive_being_written_and_read(sources):
    assert sources == config.read_sources("".join(map(config.source_table, sources)))


def test_an_edited_source_leaves_comments_and_neighbours_alone():
    kept = Source(url="https://kept.example/feed", name="Kept")
    text = (
        "# mine\n\n"
        + config.source_table(kept)
        + "# of the other\n"
        + config.source_table(Source(url="https://b.example/"))
    )

    paused = config.with_source(text, Source(url="https://b.example/", paused=True))

    assert "# mine" in paused
    assert config.read_sources(paused) == [kept, Source(url="https://b.example/", paused=True)]
    assert config.read_sources(config.without_source(paused, "https://b.example/")) == [kept]
    assert config.read_sources(config.without_source(config.source_table(kept), kept.url)) == []


@given(st.lists(source_values, min_size=1, max_size=5, unique_by=lambda source: source.url), st.data())
def test_of_many_sources_one_is_edited_and_one_is_taken_out(sources, data):
    text = "".join(map(config.source_table, sources))
    one = data.draw(st.sampled_from(sources))
    other = replace(one, paused=not one.paused)

    assert config.read_sources(config.with_source(text, other)) == [
        other if source is one else source for source in sources
    ]
    assert config.read_sources(config.without_source(text, one.url)) == [
        source for source in sources if source is not one
    ]


def test_what_a_person_wrote_above_the_next_source_stays_when_one_is_taken_out():
    text = "".join(f"# on {name}\n[[source]]\nurl = 'https://{name}.example/' # of it\n\n" for name in "abc")

    left = config.without_source(text, "https://b.example/")

    assert left == text.replace("[[source]]\nurl = 'https://b.example/' # of it\n\n", "")


@pytest.mark.parametrize(
    "text",
    [
        'source = [{url = "https://a.example/", name = """\n[[source]]\n"""}, {url = "https://b.example/"}]',
        '[[source]]\nname = """\n[[source]]\n"""\nurl = "https://a.example/"\n[[source]]\nurl = "https://b.example/"\n',
        '[[source]]\nurl = "https://b.example/"\nname = """\n[[source]]\n"""\n["source"]]\nurl = "https://a.example/"\n',
    ],
)
def test_a_source_whose_head_is_no_guide_is_edited_all_the_same(text):
    text = text.replace('["source"]]', '[["source"]]')
    former = {source.url: source for source in config.read_sources(text)}
    paused = replace(former["https://b.example/"], paused=True)

    after = {source.url: source for source in config.read_sources(config.with_source(text, paused))}
    assert after == {**former, paused.url: paused}
    assert [source.url for source in config.read_sources(config.without_source(text, paused.url))] == [
        "https://a.example/"
    ]
