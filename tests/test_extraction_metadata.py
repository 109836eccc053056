"""What a page says of its article besides title, author and date: section, tags, canonical address, whether it is free."""

import json

import pytest

from tearsheet.extraction import extract
from tearsheet.model import Clipping

URL = "https://paper.example/2026/harbour/ferry?from=front"
OWN = "https://paper.example/2026/harbour/ferry"
WORDS = "".join(
    f"<p>Paragraph {number} tells how the ferry, the mill and the market belong together, and why that ends.</p>"
    for number in range(6)
)


def cut(head: str = "", *, above: str = "", below: str = "", words: str = WORDS) -> Clipping:
    article = f"<article><h1>The ferry stops</h1>{words}</article>"
    page = f"<html lang=en><head><title>The ferry stops</title>{head}</head><body>{above}{article}{below}</body></html>"
    return extract(page.encode(), URL)


def data(**said: object) -> str:
    node = {"@type": "NewsArticle", "headline": "The ferry stops", **said}
    return f'<script type="application/ld+json">{json.dumps(node)}</script>'


def crumbs(*names: str) -> str:
    steps = [
        {"@type": "ListItem", "name": name, "item": f"https://paper.example/{name.lower() if at else ''}"}
        for at, name in enumerate(names)
    ]
    return f'<script type="application/ld+json">{json.dumps({"@type": "BreadcrumbList", "itemListElement": steps})}</script>'


@pytest.mark.parametrize(
    "broken",
    [
        '<noscript><img height="1" width="1" src="https://count.example/tr?id=7"></noscript>',
        '<div id="root-of-something"></div>',
        "Warning: include(ads.php): failed to open stream",
    ],
)
def test_a_page_whose_head_breaks_off_says_the_same_of_itself(broken: str) -> None:
    said = (
        '<meta name="author" content="Ann Lee"><meta property="article:published_time" content="2026-03-10T08:00:00Z">'
        f'<meta property="og:image" content="/boat.jpg"><meta name="keywords" content="ferry"><link rel="canonical" href="{OWN}">'
    )
    words = "<title>The ferry stops</title>" + said

    found = extract(f"<html lang=en><head>{broken}{words}</head><body><div>{WORDS}</div></body></html>".encode(), URL)

    assert (found.title, found.authors, found.tags, found.canonical) == (
        "The ferry stops",
        ("Ann Lee",),
        ("ferry",),
        OWN,
    )
    assert (found.lead and found.lead.url, str(found.published)[:10]) == (
        "https://paper.example/boat.jpg",
        "2026-03-10",
    )
    assert "The ferry stops" not in found.text


def test_what_stands_in_the_body_says_nothing_that_the_head_has_said() -> None:
    other = '<meta name="author" content="Bo Ek"><meta property="og:title" content="Another"><title>Another</title>'

    found = cut('<meta name="author" content="Ann Lee">', below=f"<section>{other}</section>")

    assert (found.title, found.authors) == ("The ferry stops", ("Ann Lee",))


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:section" content="Harbour &amp; Sea">',
        '<meta name="section" content="Harbour &amp; Sea">',
        '<meta name="parsely-section" content="Harbour &amp; Sea">',
        '<meta name="sailthru.section" content="Harbour &amp; Sea">',
        '<meta name="cXenseParse:section" content="Harbour &amp; Sea">',
        data(articleSection="Harbour & Sea"),
        data(articleSection=["Harbour & Sea", "Islands"]),
        data(articleSection="", url=OWN) + crumbs("Home", "Harbour & Sea", "The ferry stops"),
        crumbs("Home", "Harbour & Sea", "Islands", "The ferry stops"),
    ],
)
def test_the_section_is_read_however_a_site_declares_it(head):
    assert cut(head).section == "Harbour & Sea"


def test_microdata_in_the_body_names_the_section_too():
    assert cut(above='<meta itemprop="articleSection" content="Harbour">').section == "Harbour"


@pytest.mark.parametrize(
    "above",
    [
        '<nav aria-label="breadcrumb"><ol><li><a href="/">Top</a></li><li><a href="/h">Harbour</a></li></ol></nav>',
        '<div class="breadcrumbs"><a href="/en/home">Home</a> › <a href="/h"><span>Harbour</span></a> › Ferry</div>',
        '<ol typeof="BreadcrumbList"><li><a href="/h"><span property="name">Harbour</span></a></li></ol>',
        '<ul itemtype="https://schema.org/BreadcrumbList"><li><a href="/h"><span itemprop="name">Harbour</span></a></ul>',
        '<div>您的位置：<a href="/">首页</a> &gt; <a href="/h">Harbour</a> &gt; 正文</div>',
        '<p><a href="/">Start</a> » <a href="/h">Harbour</a> » <a href="/h/i">Islands</a></p>',
    ],
)
def test_the_section_is_the_first_step_of_the_breadcrumbs_that_a_page_shows(above):
    assert cut(above=above).section == "Harbour"


@pytest.mark.parametrize(
    "home",
    [
        "Startsida",
        "Forsiden",
        "Etusivu",
        "Domů",
        "Acasă",
        "Головна",
        "Αρχική",
        "خانه",
        "Beranda",
        "হোম",
        "முகப்பு",
        "หน้าแรก",
        "होम",
        "主页",
        "Strona główna",
        "Ana Sayfa",
        "דף הבית",
        "Trang chủ",
        "صفحه نخست",
    ],
)
def test_the_front_page_is_no_section_whatever_it_is_called(home):
    trail = f'<nav class="breadcrumb"><a href="/index-7.html">{home}</a> / <a href="/harbour">Harbour</a></nav>'

    assert cut(above=trail).section == "Harbour"


@pytest.mark.parametrize(
    "above",
    [
        '<nav class="breadcrumb"><a href="/">Home</a> / The ferry stops</nav>',
        '<nav class="breadcrumb"><a href="#main">Skip to content</a> <a href="">Here</a></nav>',
        '<nav class="menu"><a href="/h">Harbour</a></nav>',
    ],
)
def test_no_step_is_no_section(above):
    assert cut(above=above).section == ""


@pytest.mark.parametrize("head", ["", crumbs("Home", "The ferry stops"), data(articleSection=[7, None])])
def test_no_section_is_made_up(head):
    assert cut(head).section == ""


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:tag" content="ferry"><meta property="article:tag" content="pier">',
        '<meta property="article:tag" content="ferry, pier">',
        '<meta name="keywords" content="ferry, pier">',
        '<meta name="news_keywords" content="ferry;pier">',
        '<meta name="keywords" content="ferry，pier">',
        '<meta name="keywords" content="ferry、pier">',
        '<meta name="parsely-tags" content="ferry,pier">',
        '<meta name="sailthru.tags" content="ferry,pier">',
        data(keywords="ferry, pier"),
        data(keywords=["ferry", "pier", "ferry"]),
        data(keywords=[{"@type": "DefinedTerm", "name": "ferry"}, {"@type": "DefinedTerm", "name": "pier"}]),
    ],
)
def test_the_tags_are_read_however_a_site_declares_them(head):
    assert cut(head).tags == ("ferry", "pier")


def test_links_marked_as_tags_stand_in_where_nothing_is_declared():
    links = '<ul><li><a rel="tag" href="/t/ferry">#ferry</a></li><li><a href="/t/pier" rel="category tag">pier</a></li></ul>'

    assert cut(below=links).tags == ("ferry", "pier")
    assert cut('<meta name="keywords" content="islands">', below=links).tags == ("islands",)
    assert cut(below='<p><a href="/x">Another story altogether</a></p>' * 40 + links).tags == ()


@pytest.mark.parametrize(
    ("box", "tags"),
    [
        ('<div class="tags">{}</div>', ("ferry", "pier")),
        ('<ul class="article-tags"><li>{}</li></ul>', ("ferry", "pier")),
        ('<div id="keywords">{} <a href="/more">More about this</a></div>', ("ferry", "pier")),
        ('<div class="stage">{}</div>', ()),
    ],
)
def test_links_to_tags_in_a_box_named_for_tags_are_tags(box, tags):
    assert cut(below=box.format('<a href="/tag/ferry">ferry</a> <a href="/topics/2">#pier</a>')).tags == tags


def test_a_tag_that_holds_a_comma_stays_one_where_each_has_its_own_line():
    head = "".join(
        f'<meta property="article:tag" content="{tag}">' for tag in ("Saltgate, harbour of", "ferry", "x" * 81)
    )

    assert cut(head).tags == ("Saltgate, harbour of", "ferry")


@pytest.mark.parametrize(
    "head",
    [
        f'<link rel="canonical" href="{OWN}">',
        '<link rel="canonical" href="/2026/harbour/ferry">',
        '<base href="/2026/harbour/"><link rel="canonical" href="ferry">',
        f'<meta property="og:url" content="{OWN}">',
        data(mainEntityOfPage=OWN),
        data(mainEntityOfPage={"@type": "WebPage", "@id": f"{OWN}#page"}),
        data(url=OWN),
        f'<link rel="canonical" href="{OWN}">' + data(url="https://paper.example/other"),
    ],
)
def test_the_canonical_address_is_read_however_a_site_declares_it(head):
    assert cut(head).canonical == OWN


@pytest.mark.parametrize(
    "head",
    [
        "",
        '<link rel="canonical" href="">',
        '<link rel="canonical" href="javascript:void(0)">',
        data(mainEntityOfPage="https://paper.example/"),
        data(mainEntityOfPage={"@type": "WebPage"}),
        data(url="https://wire.example/2026/ferry"),
    ],
)
def test_without_a_canonical_address_the_pages_own_counts(head):
    assert cut(head).canonical == URL


STUB = "<p>The ferry between the islands stops in October, the harbour company said on Tuesday.</p>"


@pytest.mark.parametrize(
    "no", [False, "False", "false", "no", 0, "http://schema.org/False", "https://schema.org/False"]
)
def test_that_an_article_is_not_free_is_understood_in_every_spelling(no):
    clipping = cut(data(isAccessibleForFree=no), words=STUB)

    assert (clipping.blocked, clipping.how["access"]) == ("paywall", "declared not free")


@pytest.mark.parametrize(
    "head",
    [
        data(hasPart={"@type": "WebPageElement", "isAccessibleForFree": "False", "cssSelector": ".rest"}),
        data(hasPart=[{"@type": "WebPageElement", "isAccessibleForFree": False}]),
        '<script type="application/ld+json">{"@type": "WebPage", "isAccessibleForFree": "False"}</script>',
        '<meta property="article:content_tier" content="locked">',
        '<meta property="article:content_tier" content="metered">',
        '<meta itemprop="isAccessibleForFree" content="false">',
    ],
)
def test_that_an_article_is_not_free_is_found_wherever_it_is_said(head):
    assert cut(head, words=STUB).blocked == "paywall"


@pytest.mark.parametrize(
    "head",
    [
        data(isAccessibleForFree=True),
        data(isAccessibleForFree="https://schema.org/True"),
        data(isAccessibleForFree=True, hasPart={"@type": "WebPageElement", "isAccessibleForFree": "False"}),
        '<meta property="article:content_tier" content="free">',
        data(),
    ],
)
def test_a_free_article_is_not_said_to_be_walled(head):
    clipping = cut(head)

    assert (clipping.blocked, clipping.how.get("access")) == ("", None)


def test_an_article_that_is_there_in_whole_is_not_blocked_though_it_is_declared_closed():
    clipping = cut(data(isAccessibleForFree=False), words=WORDS * 6)

    assert (clipping.blocked, clipping.how["access"]) == ("", "declared not free")


ANOTHER = {
    "@type": "NewsArticle",
    "headline": "The mill burns",
    "datePublished": "2026-01-01T08:00:00Z",
    "articleSection": "Fires",
    "author": {"@type": "Person", "name": "Bo Ek"},
}
THIS = {
    "@type": "NewsArticle",
    "headline": "The ferry stops",
    "datePublished": "2026-03-02T08:00:00Z",
    "articleSection": "Isles",
    "author": {"@type": "Person", "name": "Ann Lee"},
}


@pytest.mark.parametrize(
    "nodes",
    [
        [ANOTHER, THIS],
        [ANOTHER | {"articleBody": "The mill burns. " * 30, "url": "https://paper.example/mill"}, THIS],
        [ANOTHER | {"headline": "The ferry of the mill"}, THIS | {"mainEntityOfPage": {"@id": URL}}],
        [{"@graph": [ANOTHER, THIS | {"author": {"@list": [{"@type": "Person", "name": "Ann Lee"}]}}]}],
        [ANOTHER, THIS | {"author": [[{"@type": "Person", "name": "Ann Lee"}]]}],
    ],
)
def test_of_several_articles_in_the_data_this_pages_is_taken(nodes):
    found = cut(f'<script type="application/ld+json">{json.dumps(nodes)}</script>')

    assert (found.authors, found.section, str(found.published)[:10]) == (("Ann Lee",), "Isles", "2026-03-02")


def test_data_whose_names_carry_their_vocabulary_are_read():
    node = {f"schema:{key}": value for key, value in THIS.items() if key not in ("@type", "author")}
    node |= {"@type": "schema:NewsArticle", "schema:author": {"@type": "schema:Person", "schema:name": "Ann Lee"}}
    found = cut(f'<script type="application/ld+json">{json.dumps(node)}</script>')

    assert (found.authors, found.section, str(found.published)[:10]) == (("Ann Lee",), "Isles", "2026-03-02")


@pytest.mark.parametrize(
    "above",
    [
        '<abbr class="published" title="2026-03-02T08:00:00Z">2 Mar</abbr><abbr class="updated" title="2026-03-04">4 Mar</abbr>',
        '<time class="updated" datetime="2026-03-04">4 March</time><time class="published" datetime="2026-03-02">2 March</time>',
        '<time itemprop="datePublished" datetime="2026-03-02">2 March</time>'
        '<span itemprop="dateModified" content="2026-03-04">gestern</span>',
    ],
)
def test_an_element_that_is_called_the_change_is_not_the_publication(above):
    found = cut(words=f"<p>{above}</p>{WORDS}")

    assert (str(found.published)[:10], str(found.modified)[:10]) == ("2026-03-02", "2026-03-04")


def test_an_element_that_is_called_both_is_the_publication():
    found = cut(words=f'<p><time class="entry-date published updated" datetime="2026-03-02">2 March</time></p>{WORDS}')

    assert (str(found.published)[:10], found.modified) == ("2026-03-02", None)


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="canonical" href="https://paper.example/">',
        '<meta property="og:url" content="https://paper.example">',
    ],
)
def test_a_front_page_is_no_articles_canonical_address(head):
    assert cut(head).canonical == URL
    assert cut(f'{head}<meta property="og:url" content="{OWN}">').canonical == (OWN if "canonical" in head else URL)


def test_subjects_and_dates_of_libraries_are_read():
    found = cut('<meta name="DC.subject" content="ferry; harbour"><meta name="DCTERMS.available" content="2026-03-02">')

    assert (found.tags, str(found.published)[:10]) == (("ferry", "harbour"), "2026-03-02")


DATA = (
    '{"@type":"NewsArticle","headline":"The ferry stops","datePublished":"2026-03-02T08:00:00Z",'
    '"author":{"@type":"Person","name":"Ann Lee"}}'
)


@pytest.mark.parametrize(
    "text",
    [
        f"// of the article\n{DATA}",
        DATA.replace('"headline"', '/* its title */ "headline"'),
        DATA.replace('"headline"', '\n// its title, see https://paper.example\n"headline"'),
        f"/*<![CDATA[*/{DATA}/*]]>*/",
        '{"@type":"WebSite","name":"Paper"}' + DATA,
        '{"@type":"WebSite","name":"Paper"},\n' + DATA,
        DATA + "}",
        DATA[:-1],
        DATA[:-2],
        "\ufeff" + DATA,
        DATA.replace("The ferry", 'The "old" ferry'),
        DATA.replace("The ferry", "The\nferry"),
        DATA.replace("The ferry", r"The\'ferry"),
        DATA.replace("The ferry", r"The \xferry"),
        DATA.replace('"The ferry stops"', ""),
        DATA.replace('stops","date', 'stops"\n"date'),
        DATA.replace('"Ann Lee"}', '"Ann Lee",},'),
        DATA.replace('{"@type":"Person","name":"Ann Lee"}', '{"0":{"name":"Ann Lee"}}'),
        DATA.replace('"2026-03-02T08:00:00Z"', '{"@type":"Date","@value":"2026-03-02T08:00:00Z"}'),
        DATA.replace('"2026-03-02T08:00:00Z"', '["2026-03-02T08:00:00Z"]'),
        DATA.replace('"2026-03-02T08:00:00Z"', "1772438400"),
    ],
)
def test_data_that_a_template_has_broken_are_read(text):
    found = cut(f'<script type="application/ld+json">{text}</script>')

    assert (found.authors, str(found.published)[:10]) == (("Ann Lee",), "2026-03-02")


@pytest.mark.parametrize(
    "text", ["", "no data", '{"a', "[" * 100_000, "//", "/*", '"' * 9, '{"a":"b" "c" d}', "\\" * 99]
)
def test_data_beyond_mending_say_nothing(text):
    assert cut(f'<script type="application/ld+json">{text}</script>').authors == ()


@pytest.mark.parametrize(
    ("before", "author"),
    [
        ("[" + "[{},{},{},{},{},{},{},{},{}]," * 300, "Ann Lee"),
        ("[" + "[{},{},{},{},{},{},{},{},{}]," * 450, ""),
        ('[{"a":"' + "x" * 2_900_000 + '"},', "Ann Lee"),
        ('[{"a":"' + "x" * 3_000_000 + '"},', ""),
    ],
    ids=["many objects", "too many objects", "long", "too long"],
)
def test_data_are_read_up_to_a_number_of_objects_and_a_length(before, author):
    article = '{"@type":"NewsArticle","headline":"The ferry stops","author":{"name":"Ann Lee"}}]'

    assert "".join(cut(f'<script type="application/ld+json">{before}{article}</script>').authors) == author


def test_data_that_only_refer_to_a_picture_or_a_page_are_looked_up():
    nodes = [
        {"@type": "Article", "headline": "The ferry stops", "author": {"@id": "#a"}, "image": {"@id": "#i"}},
        {"@type": "WebPage", "dateModified": "2026-03-04T08:00:00Z"},
        {"@type": "Person", "@id": "#a", "name": "Ann Lee"},
        {"@type": "ImageObject", "@id": "#i", "url": "https://paper.example/boat.jpg"},
    ]
    found = cut(f'<script type="application/ld+json">{json.dumps({"@graph": nodes})}</script>')

    assert (found.authors, str(found.modified)[:10]) == (("Ann Lee",), "2026-03-04")
    assert found.lead
    assert found.lead.url == "https://paper.example/boat.jpg"


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="dc:creator" content="Ann Lee"><meta property="dc:date" content="2026-03-02">',
        '<meta name="dcterms:creator" content="Ann Lee"><meta name="dcterms:issued" content="2026-03-02">',
        '<meta name="citation_author" content="Lee, Ann"><meta name="citation_date" content="2026/03/02">',
        '<meta name="citation_author" content="Lee, Ann"><meta name="citation_online_date" content="2026/03/02">',
        '<meta name="cXenseParse:ipa-author" content="Ann Lee"><meta name="cXenseParse:ipa-publishtime" content="2026-03-02">',
        '<meta name="vr:author" content="Ann Lee"><meta property="og:release_date" content="2026-03-02">',
    ],
)
def test_author_and_date_are_read_from_the_tags_of_libraries_and_of_counters(head):
    found = cut(head)

    assert (found.authors, str(found.published)[:10]) == (("Ann Lee",), "2026-03-02")


def test_what_one_tag_says_as_json_is_read_like_tags():
    given = {
        "authors": ["Ann Lee", "Bo Ek"],
        "pub_date": "2026-03-02T08:00:00Z",
        "section": "Isles",
        "tags": ["ferry", "pier"],
        "image_url": "https://paper.example/boat.jpg",
        "post_id": 7,
    }
    found = cut(f"<meta name='parsely-page' content='{json.dumps(given)}'>")

    assert (found.authors, found.section, found.tags) == (("Ann Lee", "Bo Ek"), "Isles", ("ferry", "pier"))
    assert (str(found.published)[:10], found.lead and found.lead.url) == (
        "2026-03-02",
        "https://paper.example/boat.jpg",
    )
    assert cut("<meta name='parsely-page' content='7'>").authors == ()


@pytest.mark.parametrize(
    "nothing", ["https://paper.example/", "undefined", "/img/null", "https://gravatar.com/avatar/ab?s=9"]
)
def test_what_a_template_makes_of_no_picture_is_no_lead(nothing):
    real = '<meta name="sailthru.image.full" content="/boat.jpg">'
    found = cut(f'<meta property="og:image" content="{nothing}">{real}')

    assert found.lead
    assert found.lead.url == "https://paper.example/boat.jpg"


@pytest.mark.parametrize(
    "line",
    [
        '<span property="author" typeof="Person"><span property="name">Ann Lee</span></span>'
        '<span property="datePublished" content="2026-03-02T10:00Z">Monday</span>'
        '<span property="dateModified" content="2026-03-04">Wednesday</span>',
        '<span property="schema:author">Ann Lee</span> <time property="schema:datePublished" datetime="2026-03-02">Monday</time>'
        '<span property="schema:dateModified" content="2026-03-04"></span>',
        '<span property="rnews:creator">Ann Lee</span> <span property="rnews:datePublished" content="2026-03-02">Monday</span>'
        '<span property="rnews:dateModified" content="2026-03-04"></span>',
        '<span property="dc:date dc:created" content="2026-03-02T10:00:00+00:00" rel="sioc:has_creator">Monday by '
        '<span typeof="sioc:UserAccount" property="foaf:name">Ann Lee</span></span>'
        '<i property="dc:modified" content="2026-03-04"></i>',
        '<span itemprop="creator">Ann Lee</span><meta itemprop="datePublished" content="2026-03-02">'
        '<meta itemprop="dateModified" content="2026-03-04">',
        '<div itemprop="author" itemscope><meta itemprop="name" content="Ann Lee"></div>'
        '<time datetime="2026-03-02">2 March</time>'
        '<meta itemprop="dateModified" content="2026-03-04">',
    ],
)
def test_rdfa_and_microdata_near_the_headline_are_read_whatever_their_elements_are_called(line):
    found = cut(words=f"<p>{line}</p>{WORDS}")

    assert found.authors == ("Ann Lee",)
    assert (str(found.published)[:10], str(found.modified)[:10]) == ("2026-03-02", "2026-03-04")


def test_the_creator_of_a_comment_is_no_author():
    comment = (
        '<div class="comments"><p><span itemprop="creator">Bo Ek</span> I was there when it sank, all of it.</p></div>'
    )

    assert cut(below=comment).authors == ()
