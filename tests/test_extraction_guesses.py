"""Authors whom a page names in passing: beside the date, below the headline, under the body, by one word."""

import pytest

from test_extraction_authors import WORDS, data, found

BIO = "<div><p>Ann Lee is a reporter who lives by the harbour and has told of its ships for twenty years.</p></div>"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Dec 26, 2025 • Ann Lee in Harbour Life", "Ann Lee"),
        ("11.12.2025 - Jörg Weiß", "Jörg Weiß"),
        ("04.02.2025 | 13:10 Uhr | Uta Helm", "Uta Helm"),
        ("yes! | By Ann Lee | April 13, 2025", "Ann Lee"),
        ("12/03/2025 by Ann Lee, Speaker for the Islanders to the Harbour Board", "Ann Lee"),
        ("by Ann Lee on Jan 22, 2025", "Ann Lee"),
        ("Veröffentlicht von Uta Helm am 3. März 2025", "Uta Helm"),
        ("Publié par Hélène Dupré le 3 mars 2025", "Hélène Dupré"),
        ("Erstellt von Uta Helm", "Uta Helm"),
        ("Post author By Ann Lee", "Ann Lee"),
        ("Posted in Ships by Ann Lee on August 3, 2025", "Ann Lee"),
        ("Contributors: Ann Lee", "Ann Lee"),
        ("Text von Uta Helm Illustration von Jörg Weiß", "Uta Helm"),
        ("by hoopla", "hoopla"),
        ("Gespeichert von hoopla am 24. Juli 2025", "hoopla"),
        ("This story was written by Ann Lee, MD, of the island's hospital.", "Ann Lee"),
    ],
)
def test_a_line_near_the_headline_names_its_author(line, name):
    assert found(f"<p>{line}</p>") == (name,)


@pytest.mark.parametrize(
    "line",
    [
        "Dec 26, 2025 • Personal Finance • 5 min read",
        "Last Modified: Dec 26, 2025",
        "Son Güncelleme: 26.12.2025 10:00",
        "November 28, 2025/Living Healthy",
        "Table of Contents",
        "<blockquote>Ships! — Ann Lee (@annlee) April 15, 2025</blockquote>",
    ],
)
def test_sections_buttons_and_embedded_posts_are_no_authors(line):
    assert found(f"<p>{line}</p>") == ()


def test_a_line_below_the_headline_is_a_name_if_something_else_says_so():
    assert found("<p>Ann Lee</p>") == ()
    assert found("<p>Ann Lee</p><p>March 3, 2026 · 5 min read</p>") == ("Ann Lee",)
    assert found('<p><a href="/people/ann-lee">Ann Lee</a></p>') == ("Ann Lee",)
    assert found("<p>Ann Lee</p>", end=BIO) == ("Ann Lee",)


def test_a_label_far_below_the_body_names_the_author():
    between = "".join(f"<p><a href='/{n}'>More about ships {n}</a></p>" for n in range(20))

    assert found("", end=f"{between}<div><p>Article written by:</p><h3>Ann Lee</h3></div>") == ("Ann Lee",)


def test_what_data_call_an_organisation_is_no_person_in_the_meta_tags():
    said = data({"@type": "Organization", "name": "isle HERALDS"}) + '<meta name="author" content="isle HERALDS">'

    assert found("<p>Von Uta Helm</p>", head=said) == ("Uta Helm",)


def test_a_declared_agency_is_named_rather_than_the_paper():
    said = data({"@type": "Organization", "name": "Island"}) + '<meta name="articleauthor" content="Anadolu Ajansı">'

    assert found("", head=said) == ("Anadolu Ajansı",)


def test_the_authors_of_a_paper_are_all_named_family_name_or_given_name_first():
    said = '<meta name="citation_author" content="Lee, Ann B."><meta name="citation_author" content="Uta Helm">'

    assert found("", head=said + '<meta name="author" content="Isle Press">') == ("Ann B. Lee", "Uta Helm")


def test_what_the_page_is_about_is_no_author():
    line = "<p>Dec 26, 2025 • Harbour Bridges</p>"

    assert found(line) == ("Harbour Bridges",)
    assert found(line, head="<title>New bridges for the harbour</title>") == ()
    assert found(line, head='<meta property="article:section" content="Harbour Bridges">') == ()
    assert found("<p>林疏桐</p>", words=WORDS["zh"]) == ("林疏桐",)
    assert found("<p>林疏桐</p>", words=WORDS["zh"], head="<title>林疏桐的渡轮</title>") == ()
