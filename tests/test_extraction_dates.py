"""Dates: when an article was published and when changed, told apart, as declared or as shown."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tearsheet.extraction import clip, extract
from tearsheet.model import Capture, Clipping

WORDS = "".join(
    f"<p>Paragraph {number} tells how the ferry, the mill and the market belong together, and why that ends.</p>"
    for number in range(5)
)


def cut(line: str, head: str = "", *, end: str = "", url: str = "https://paper.example/ferry") -> Clipping:
    page = f"<html><head>{head}</head><body><article><h1>Ferry</h1>{line}{WORDS}{end}</article></body></html>"
    return extract(page.encode(), url)


def times(clipping: Clipping) -> tuple[str, str]:
    published, modified = (
        "" if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M}" for at in (clipping.published, clipping.modified)
    )
    return published, modified


@pytest.mark.parametrize(
    "line",
    [
        "<p>Published 20 March 2026, 08:30. Updated 22 March 2026, 10:00.</p>",
        "<p>Updated 22 March 2026, 10:00. Published 20 March 2026, 08:30.</p>",
        "<p>Stand: 20.03.2026, 08:30 Uhr | Aktualisiert: 22.03.2026, 10:00 Uhr</p>",
        "<p>发布时间：2026-03-20 08:30　更新时间：2026-03-22 10:00</p>",
        '<p class="date">2026年3月20日 08:30（更新 2026年3月22日 10:00）</p>',
        "<p>Опубликовано 20.03.2026, 08:30, обновлено 22.03.2026, 10:00</p>",
        '<p><time datetime="2026-03-20T08:30:00Z">20 March</time></p><p>Modifié le 22/03/2026 10:00</p>',
    ],
)
def test_what_a_page_shows_as_published_and_as_changed_is_told_apart(line):
    assert times(cut(line)) == ("2026-03-20T08:30", "2026-03-22T10:00")


@pytest.mark.parametrize(
    "line",
    [
        "更新时间：2026-03-22 发布时间：2026-03-20",
        "最新更新時間：2026/03/22 10:00 | 2026/03/20 08:30",
        "更新：2026/03/22 公開：2026/03/20",
        "업데이트 2026.03.22 10:00 입력 2026.03.20 08:30",
        "Ultimo aggiornamento: 22 marzo 2026. Pubblicato il 20 marzo 2026",
        "Frissítve: 2026. március 22. Megjelent: 2026. március 20.",
        "Оновлено: 22 березня 2026. Опубліковано: 20 березня 2026",
        "Ενημέρωση: 22/03/2026 Δημοσίευση: 20/03/2026",
        "آخر تحديث: 22 مارس 2026 نشر في: 20 مارس 2026",
        "עודכן: 22.03.2026 פורסם: 20.03.2026",
        "হালনাগাদ: ২২ মার্চ ২০২৬ প্রকাশ: ২০ মার্চ ২০২৬",
        "ปรับปรุง: 22 มี.ค. 2026 เผยแพร่: 20 มี.ค. 2026",
        "Cập nhật: 22/03/2026 - Đăng: 20/03/2026",
        "Diperbarui 22 Maret 2026. Diterbitkan 20 Maret 2026",
    ],
)
def test_a_change_that_is_named_first_is_told_from_the_publication_in_every_language(line):
    found = cut(f"<p>{line}</p>")

    assert tuple(time[:10] for time in times(found)) == ("2026-03-20", "2026-03-22")


@pytest.mark.parametrize(
    ("language", "line", "day"),
    [
        ("en-GB", "03/04/2026 10:05", "2026-04-03"),
        ("en_AU", "03/04/2026", "2026-04-03"),
        ("en-US", "03/04/2026", ""),  # what templates say that nobody has changed
        ("en", "03/04/2026", ""),
        ("de-GB", "03/04/2026", ""),  # the text is English
        ("en", "3rd of April 2026", "2026-04-03"),
        ("en", "3 de abril del 2026", "2026-04-03"),
        ("en", "21:05 ч. 03.04.2026", ""),
    ],
)
def test_the_country_that_a_page_declares_says_which_number_is_the_day(language, line, day):
    page = f"<html lang={language}><body><article><h1>Ferry</h1><p>{line}</p>{WORDS}</article></body></html>"

    assert str(extract(page.encode()).published or "")[:10] == day


def test_a_copys_address_does_not_date_the_article():
    copy = "https://web.archive.org/web/20260401080612/"

    assert times(cut("", url=f"{copy}https://paper.example/ferry"))[0] == ""
    assert times(cut("", url=f"{copy}https://paper.example/2026/03/20/ferry"))[0] == "2026-03-20T00:00"


def test_what_a_page_declares_beats_what_it_shows():
    node = {"@type": "NewsArticle", "datePublished": "2026-03-10T08:30:00Z", "dateModified": "2026-03-11T09:00:00Z"}
    found = cut(
        "<p>Updated 12 March 2026, 10:00</p>", f'<script type="application/ld+json">{json.dumps(node)}</script>'
    )

    assert times(found) == ("2026-03-10T08:30", "2026-03-11T09:00")


def test_a_change_is_taken_for_the_publication_only_if_nothing_else_is_said_and_that_is_told():
    found = cut("<p>Updated 12 March 2026, 10:00</p>")

    assert times(found) == ("2026-03-12T10:00", "2026-03-12T10:00")
    assert found.how["published"].startswith("dateline of a change")


def test_the_address_beats_a_mere_change():
    found = cut("<p>Updated 12 March 2026</p>", url="https://paper.example/2026/03/10/ferry")

    assert times(found)[0].startswith("2026-03-10")


def test_an_old_page_says_at_its_very_end_when_it_was_posted():
    filler = "<p>One more paragraph about the ferry and the mill, so that the end is far away from the head.</p>" * 30
    found = cut("", end=f"{filler}<center>本贴由大卫于2005年8月12日16:12:21发表</center><ul><li>x</li></ul>")

    assert times(found)[0] == "2005-08-12T16:12"


def test_no_date_of_a_comment_is_taken():
    assert times(cut("", end='<div class="comments"><p>Posted 12 March 2026: I was there.</p></div>')) == ("", "")


def test_how_says_what_was_written_and_in_which_zone_it_was_read():
    found = cut("", '<meta property="article:published_time" content="2026-03-10T08:30:00+02:00">')

    assert found.how["published"] == "meta article:published_time: 2026-03-10T08:30:00+02:00 (+02:00)"
    assert found.published_text == "2026-03-10T08:30:00+02:00"


@pytest.mark.parametrize(
    ("written", "local"),
    [
        ("2026-03-10T23:30:00-05:00", "2026-03-10T23:30:00-05:00"),
        ("2026-03-11T02:30:00+09:00", "2026-03-11T02:30:00+09:00"),
        ("10 March 2026 23:30 EST", "2026-03-10T23:30:00-05:00"),
        ("2026-07-11 00:30 Europe/Paris", "2026-07-11T00:30:00+02:00"),
        ("2026-03-11T04:30:00Z", "2026-03-11T04:30:00+00:00"),
        ("2026-03-11 04:30", "2026-03-11T04:30:00+00:00"),
    ],
)
def test_a_page_cut_alone_gives_the_papers_own_day_and_an_archive_the_same_instant_in_utc(written, local):
    head = f'<meta property="article:published_time" content="{written}">'
    page = f"<html><head>{head}</head><body><article><h1>Ferry</h1>{WORDS}</article></body></html>".encode()
    at, url = datetime(2026, 8, 1, tzinfo=UTC), "https://paper.example/f"
    kept = clip(
        Capture(url=url, final_url=url, status=200, headers=(), body=page, captured_at=at, digest="sha256:x")
    ).published

    assert extract(page).published.isoformat() == local
    assert kept == extract(page).published
    assert kept.utcoffset() == timedelta(0)


TOLD = {
    "de": "Die alte Fähre zwischen den beiden Inseln wird im Oktober eingestellt, teilte die Hafengesellschaft mit. ",
    "fa": "قایق قدیمی میان دو جزیره در ماه مهر از کار می‌افتد و شرکت بندر این را روز سه‌شنبه اعلام کرد. ",
    "th": "เรือข้ามฟากเก่าระหว่างสองเกาะจะหยุดวิ่งในเดือนตุลาคม บริษัทท่าเรือแจ้งเมื่อวันอังคาร ",
    "vi": "Chuyến phà cũ giữa hai hòn đảo sẽ ngừng chạy vào tháng mười, công ty cảng cho biết hôm thứ ba. ",
}


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "April 20, 2026 10:05 am"),
        ("de", "20. April 2026, 10:05 Uhr"),
        ("de", "Mo 20.04.26 | 10:05 Uhr"),
        ("fr", "20 avril 2026 à 10h05"),
        ("es", "20 de abril de 2026 10:05"),
        ("ca", "20 d’abril de 2026"),
        ("pt", "20 de abril de 2026 às 10h05"),
        ("it", "20 aprile 2026 10:05"),
        ("ro", "20 aprilie 2026, 10:05"),
        ("nl", "20 april 2026 10:05"),
        ("sv", "20 april 2026 kl. 10.05"),
        ("fi", "20.4.2026 klo 10.05"),
        ("et", "20. aprill 2026"),
        ("lt", "2026 m. balandžio 20 d."),
        ("pl", "20 kwietnia 2026, 10:05"),
        ("cs", "20. dubna 2026 10:05"),
        ("hu", "2026. április 20. 10:05"),
        ("tr", "20 Nisan 2026 10:05"),
        ("ru", "20 апреля 2026, 10:05"),
        ("uk", "20 квітня 2026, 10:05"),
        ("el", "20 Απριλίου 2026, 10:05"),
        ("ar", "20 أبريل 2026"),
        ("fa", "۳۱ فروردین ۱۴۰۵"),
        ("he", "20 באפריל 2026"),
        ("ur", "20 اپریل 2026"),
        ("hi", "20 अप्रैल 2026"),
        ("bn", "২০ এপ্রিল ২০২৬"),
        ("ta", "20 ஏப்ரல் 2026"),
        ("th", "20 เมษายน 2569"),
        ("vi", "20 tháng 4, 2026"),
        ("id", "20 April 2026 10:05 WIB"),
        ("ja", "2026年4月20日 10時05分"),
        ("ko", "2026.04.20. 10:05"),
        ("zh", "2026年04月20日 10:05"),
    ],
)
def test_a_dateline_is_read_in_its_language(language, line):
    words = TOLD.get(language, "")
    body = "".join(f"<p>{words * 3}{number}</p>" for number in range(5)) if words else WORDS
    page = f"<html lang={language}><title>Ferry</title><article><h1>Ferry</h1><div>{line}</div>{body}</article></html>"

    assert extract(page.encode(), "").published.date().isoformat() == "2026-04-20"


@pytest.mark.parametrize(
    ("line", "published", "modified"),
    [
        ("<div>Published</div><div>3 May 2026</div>", "2026-05-03", None),
        ("<div>3 May 2026</div><div>Last updated:</div><div>9 May 2026</div>", "2026-05-03", "2026-05-09"),
    ],
)
def test_a_label_in_a_line_of_its_own_says_what_the_date_below_means(line, published, modified):
    clipping = extract(f"<title>Ferry</title><article><h1>Ferry</h1>{line}{WORDS}</article>".encode(), "")

    assert clipping.published.date().isoformat() == published
    assert (clipping.modified and clipping.modified.date().isoformat()) == modified


def test_the_label_published_is_enough_far_below_the_text():
    end = "<p>Share this story</p>" * 30 + "<h4>Published</h4><div>3 May 2026</div>"
    clipping = extract(f"<title>Ferry</title><article><h1>Ferry</h1>{WORDS}</article>{end}".encode(), "")

    assert clipping.published.date().isoformat() == "2026-05-03"


def test_microdata_in_the_body_counts_unless_it_is_also_said_of_teasers():
    own = '<meta itemprop="datePublished" content="2026-05-03"><meta itemprop="author" content="Ann Lee">'
    page = f"<title>Ferry</title><article><h1>Ferry</h1>{WORDS}{{}}</article>"
    teaser = '<meta itemprop="datePublished" content="2026-01-01">'

    assert extract(page.format(own).encode(), "").published.date().isoformat() == "2026-05-03"
    assert extract(page.format(own).encode(), "").authors == ("Ann Lee",)
    assert extract(page.format(own + teaser).encode(), "").published is None


@pytest.mark.parametrize("name", ["published", "published-date", "published_date"])
def test_a_meta_tag_of_a_less_known_name_is_read(name):
    page = f'<title>Ferry</title><meta name="{name}" content="2026-05-03"><article><h1>Ferry</h1>{WORDS}</article>'

    assert extract(page.encode(), "").published.date().isoformat() == "2026-05-03"


def test_the_post_is_dated_and_signed_by_its_own_line_not_by_that_of_a_reply_kept_with_it():
    words = "<br><br>".join(
        [
            "渡轮停航的第三天，码头上只剩下等货的人。",
            "岛上的磨坊主说，面粉还够两个星期，再往后就要靠驳船一袋一袋地运。",
            "我在岸边站了一个下午，没有看见一条船靠岸，只有海鸥。",
            "老船长告诉我，他年轻的时候冬天也停过，可是从来没有停过这么久。",
        ]
        * 4
    )
    reply = "我也是岛上的人，去年冬天我们家等了整整两个星期才等到面粉，驳船也不错，就是慢了一点。" * 3
    posts = "".join(
        f"<tr><td>{text}<p>------</p><p>〓 码头论坛 发布时间 {at} by {who} 〓</p></td></tr>"
        for text, at, who in (
            (words, "2005/03/15 22:36:13", "守塔人"),
            (reply, "2005/08/30 15:13:48", "过路人"),
        )
    )
    page = f"<title>码头论坛</title><table><tr><td><b>渡轮停航以后</b></td></tr>{posts}</table>"
    found = extract(page.encode(), "https://board.example/1")

    assert "过路人" in found.text
    assert times(found)[0] == "2005-03-15T22:36"
    assert found.authors == ("守塔人",)


@pytest.mark.parametrize(
    "name", ["w-published-date", "vr:published-time", "site:publicationDate", "date_of_publication"]
)
def test_a_meta_tag_whose_name_says_publication_is_read_whoever_invented_it(name):
    assert times(cut("", f'<meta name="{name}" content="2026-05-03">'))[0] == "2026-05-03T00:00"
    assert times(cut("", f'<meta name="{name}" value="2026-05-03">'))[0] == "2026-05-03T00:00"


def test_the_only_time_of_a_page_dates_it_wherever_it_stands():
    links = "".join(f'<p><a href="/{number}">To the harbour board, page {number}</a></p>' for number in range(40))
    far = f'{links}<div><h4>About</h4><time datetime="2026-05-03T12:00:00Z">3 May</time></div>'

    assert times(cut("", end=far))[0] == "2026-05-03T12:00"
    assert times(cut("", end=f'{far}<time datetime="2026-05-09T12:00:00Z">9 May</time>'))[0] == ""


def test_a_change_that_a_short_line_far_below_tells_is_better_than_nothing_and_is_called_so():
    links = "".join(f'<p><a href="/{number}">To the harbour board, page {number}</a></p>' for number in range(40))
    found = cut("", end=f"{links}<p>Last updated: November 13, 2025</p>")

    assert times(found)[0] == "2025-11-13T00:00"
    assert found.how["published"].startswith("dateline of a change")


@pytest.mark.parametrize(
    "script",
    [
        "var create_time = \"1774002600\" * 1; var createTime = '2026-03-20 10:30';",
        '{"props":{"article":{"publishedAt":"2026-03-20T10:30:00.000Z","updatedAt":"2026-03-22T10:00:00Z"}}}',
        'self.__next_f.push([1,"{\\"datePublished\\":\\"2026-03-20T10:30:00Z\\"}"])',
    ],
)
def test_a_date_that_only_the_scripts_hold_is_found(script):
    clipping = cut("", end=f"<script>{script}</script>")

    assert times(clipping)[0] == "2026-03-20T10:30"
    assert clipping.how["published"].startswith("script data")


def test_scripts_that_name_several_days_say_nothing():
    script = '{"a":{"publishedAt":"2026-03-20T10:30:00Z"},"b":{"publishedAt":"2026-03-19T10:30:00Z"}}'

    assert times(cut("", end=f"<script>{script}</script>")) == ("", "")


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("ko", "입력 2026.03.14. 오후 3:20"),
        ("ko", "2026년 3월 14일 오후 3시 20분"),
        ("zh", "2026年3月14日 星期六 15:20"),
        ("zh", "2026/03/14 下午 03:20"),
        ("ja", "2026年3月14日 午後3時20分"),
        ("ja", "2026年3月15日 0:20 JST"),
        ("ar", "14 مارس 2026 - 3:20 م"),
        ("ar", "السبت 14 مارس/ آذار 2026 | 03:20 مساءً"),
        ("ru", "14 марта 2026 года в 15:20"),
        ("ru", "15:20, 14 марта 2026"),
        ("ru", "14.03.2026 18:20 МСК"),
        ("uk", "14 березня 2026 року, 15:20"),
        ("el", "14/03/2026, 3:20 μ.μ."),
        ("tr", "14 Mart 2026 Cumartesi 15:20"),
        ("vi", "Thứ bảy, 14/3/2026, 22:20 (GMT+7)"),
        ("id", "14 Maret 2026, 22:20 WIB"),
        ("th", "14 มีนาคม 2569 เวลา 15:20 น."),
        ("pl", "14 marca 2026, godz. 15:20"),
        ("cs", "14. 3. 2026 15:20"),
        ("hu", "2026. 03. 14. 15:20"),
        ("hr", "14. ožujka 2026. u 15:20"),
        ("nl", "14 maart 2026 om 15:20"),
        ("es", "14/03/2026 a las 15:20h."),
        ("pt", "14.mar.2026 às 15h20"),
        ("it", "14 marzo 2026 alle 15:20"),
        ("en", "March 14, 2026 at 11:20 a.m. ET"),
        ("bn", "প্রকাশ: ১৪ মার্চ ২০২৬, ১৫: ২০"),
        ("es", "14 de marzo de 2026, 3:20 p. m."),
        ("es", "14 de marzo de 2026 a las 3:20 de la tarde"),
        ("ru", "14 марта 2026, 3:20 дня"),
        ("pl", "14 marca 2026, 3:20 po południu"),
        ("vi", "14/3/2026 3:20 chiều"),
        ("hi", "14 मार्च 2026, 3:20 शाम"),
        ("en", "March 14, 2026 8:20 AM MST"),
        ("en", "March 14, 2026, 10:20 AM (CT)"),
        ("pt", "14 de março de 2026 às 12:20 BRT"),
        ("en", "2026-03-14 22:20:00 +0700"),
        ("fr", "Publié le 14/03/2026 à 16:20 (heure de Paris)"),
        ("ru", "14 марта 2026, 18:20 мск"),
        ("zh", "2026-03-14 23:20（北京时间）"),
        ("en", "14 March 2026, 15:20 -16:30"),
        ("en", "3:20 PM, March 14, 2026"),
        ("tr", "14 Mart 2026 3:20 ÖS"),
        ("de", "14. März 2026, 3:20 nachmittags"),
    ],
)
def test_a_shown_date_keeps_its_time_of_day_and_zone_as_each_press_writes_them(language, line):
    page = f'<html lang="{language}"><body><article><h1>Ferry</h1><p>{line}</p>{WORDS}</article></body></html>'

    assert times(extract(page.encode()))[0] == "2026-03-14T15:20"
