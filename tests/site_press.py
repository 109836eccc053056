"""Five invented papers and a few weeks of what they printed, for tests of the site. Nothing here ever appeared anywhere."""
# ruff: noqa: E501 (articles are not code)

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.site_archive import NOON, PaperArchive

from tearsheet import html
from tearsheet.model import Clipping, Image, Source

EVENING = Source(
    url="https://wanbao.example/feed.xml",
    name="望潮晚报",
    categories=("新媒体", "望潮晚报", "首页"),
    language="zh-CN",
    homepage="https://wanbao.example/",
)
LEDGER = Source(
    url="https://ledger.example/rss",
    name="The Harbour Ledger",
    categories=("Print", "The Harbour Ledger", "City"),
    language="en",
    homepage="https://ledger.example/",
)
MINATO = Source(
    url="https://minato.example/sitemap.xml",
    kind="sitemap",
    name="港町新聞",
    categories=("地域", "港町新聞", "一面"),
    language="ja",
    homepage="https://minato.example/",
)
MARFA = Source(
    url="https://marfa.example/feed",
    name="صحيفة المرفأ",
    categories=("صحف", "صحيفة المرفأ", "المدينة"),
    language="ar",
    homepage="https://marfa.example/",
)
VESTNIK = Source(
    url="rsshub:/vestnik/latest",
    kind="rsshub",
    name="Вестник Залива",
    categories=("Газеты", "Вестник Залива"),
    language="ru",
    excerpt_only=True,
)
PAPERS = (EVENING, LEDGER, MINATO, MARFA, VESTNIK)

FERRY = (
    "停航十二年，三号线轮渡今晨复航，首日免费",
    "首班船六时四十分离开老码头，船上坐着二百一十七人。",
    (
        "昨天还贴着封条的铁门，今晨六时二十分从里面打开了。第一个走上跳板的是七十一岁的许阿婆，手里攥着一张旧月票。“我就想看看它还认不认。”检票员看了一眼，替她按下了开船铃。",
        "三号线曾是这座城市最短的一条航线：从老码头到江心洲，再到北岸，全程二点四公里，十九分钟。停航之后，江心洲的居民要过江，只能先坐公交绕行上游大桥，多走<em>十一公里</em>。",
        "<h2>为什么是现在</h2>",
        '转机来自去年秋天的一份检测报告。报告显示，旧栈桥的四十八根桩基中，真正需要更换的只有九根。完整的报告<a href="https://wanbao.example/doc/pier-survey">已在轮渡公司网站公开</a>。',
        "FIGURE",
        "复航首日，全程票价免费；换乘公交的乘客在一小时内免费。",
        "<blockquote><p>“我们算过，夜里十点以后过江的人，一天不到三百个。可这三百个人里，有护士，有厨师，有下了晚自习的学生。”</p></blockquote>",
        "按照公司的测算，三号线日均客流约为四万人次，其中四成将来自原先绕行大桥的公交乘客。为此，首月将安排：",
        "<ul><li>早晚高峰每八分钟一班，平峰每十五分钟一班；</li><li>江心洲南、北两站之间增开环岛接驳车，凭船票免费；</li><li>大雾橙色预警时停航，短信提前四十分钟通知。</li></ul>",
        '<table><caption>三号线票价与班次</caption><thead><tr><th scope="col">区间</th><th scope="col">航程</th><th scope="col">票价</th><th scope="col">末班</th></tr></thead><tbody><tr><th scope="row">老码头—江心洲南</th><td>9 分钟</td><td>2 元</td><td>0:00</td></tr><tr><th scope="row">江心洲北—北岸</th><td>7 分钟</td><td>2 元</td><td>0:10</td></tr></tbody></table>',
        "六时五十九分，首班船靠上北岸。许阿婆没有下船。她说还要坐回去，再坐一趟，“把十二年的都坐回来”。",
    ),
)
LIBRARY = (
    "Council rejects plan to close the Quay Street library",
    "Forty people came to the meeting with their cards in their hands.",
    (
        "The council last night rejected a plan to close the Quay Street library, after a meeting that ran until a quarter past eleven and ended with applause.",
        "Councillors had been told that the building costs 61,000 a year to heat. Nobody had been told that the boiler was fitted in 1974.",
        "“You cannot close a room because the room is cold,” said Maud Ferrier, who has worked the desk for nineteen years.",
        "FIGURE",
        "The matter returns to the committee in March. Until then the library keeps its hours: ten to six, and till eight on Thursdays.",
    ),
)
HEADLINES: dict[str, tuple[tuple[str, str], ...]] = {
    EVENING.url: (
        (
            "有轨电车五号线试跑，沿街梧桐一棵未移",
            "设计院把轨道向东偏了四十厘米，换来六十三棵老树留在原处。试运行将持续到明年三月。",
        ),
        ("河西菜场最后一个早市", "四点半开灯，六点人最多。卖豆腐的老周把秤留给了隔壁的年轻人。"),
        ("“零钱罐”里的三十年：公交售票员口述", "一分、两分、五分，她至今能凭声音分出来。"),
        ("气象台：周三起降温八度，江面有雾", "轮渡三号线、七号线可能临时停航，短信将提前四十分钟通知。"),
        ("夜航首日：零时末班船坐了九个人", "最后上船的是一位夜班护士。她说，从前这个点过江要花四十分钟和三十六块钱。"),
        ("明起三座跨江桥分时限行", "早高峰两小时内，单号车辆走上游桥，双号车辆走下游桥。"),
    ),
    LEDGER.url: (
        (
            "The library that nobody voted to close may close anyway",
            "A deferral is not a reprieve, say the people who came with their cards in their hands.",
        ),
        (
            "Crane 7 is scrapped, with a band",
            "It lifted its last container in 2009 and its first wedding party in 1998.",
        ),
        ("What a ferry knows about a city", "A timetable is a theory of who matters."),
        ("Rents on Quay Street, street by street", "The even numbers are dearer, and nobody can say why."),
        ("Fog closes the outer channel until morning", "Two freighters wait at the roads; the pilots play cards."),
        (
            "Tram depot lease was signed in March, minutes show",
            "The lease runs for forty years and was approved in four minutes.",
        ),
    ),
    MINATO.url: (
        (
            "高潮の目安、三十年ぶり改定　港町の岸壁に新しい水位標",
            "県は岸壁の水位標を付け替えた。基準は十二センチ高くなり、避難の呼びかけも早まる。",
        ),
        ("終着駅の古書店、店主九十歳の冬支度", "本より先に、まず障子を張り替える。"),
        ("冬の鰤、初競りは十年で最も静か", "入荷は昨年の半分、声は三分の一だった。"),
        ("「静かな港」条例、来春施行へ", "夜十時以降の汽笛は一回まで。"),
        ("あすの潮位と天気", "満潮は午前五時十二分。北の風、のち晴れ。"),
    ),
    MARFA.url: (
        (
            "العبّارة الثالثة تعود إلى النهر بعد اثني عشر عامًا",
            "غادرت الرحلة الأولى الرصيف القديم وعلى متنها ٢١٧ راكبًا، وآخر رحلة صارت عند منتصف الليل.",
        ),
        ("مكتبة الميناء تفتح أبوابها ليلًا للصيادين", "الضوء الأخضر فوق الباب يعني أن الشاي جاهز."),
        ("أسعار السمك تعود إلى ما كانت عليه قبل العاصفة", "البائعون يقولون إن البحر أكرم من السوق."),
        ("حافلات كهربائية على الخط الساحلي في الربيع", "اثنتا عشرة حافلة، ومحطة شحن واحدة."),
        ("ضباب كثيف يؤخر رحلات المساء", "تأخرت ثلاث رحلات بين ساعة وساعتين."),
    ),
    VESTNIK.url: (
        (
            "Третья паромная линия вернулась на реку спустя двенадцать лет",
            "Первый рейс ушёл в шесть сорок, на борту было двести семнадцать человек и одна собака.",
        ),
        ("Туман закрыл внешний канал до утра", "Два сухогруза ждут на рейде."),
        ("Как ходят паромы: новое расписание", "В часы пик — каждые восемь минут."),
        ("Библиотека на набережной ждёт решения", "Котёл поставили в 1974 году."),
        ("Прилив достигнет трёх метров к вечеру", "Спасатели просят не оставлять машины у воды."),
    ),
}
_FILLER = {
    "zh-CN": "记者在现场看到，等候的人并不多，但没有人提前离开。有关部门表示，后续安排将在月底前公布。",
    "en": "People who waited said they had waited before. An official said that further arrangements would be announced by the end of the month.",
    "ja": "現場では待つ人の列が静かに伸びた。担当者は、今後の予定を月末までに公表するとしている。",
    "ar": "قال من انتظروا إنهم انتظروا من قبل. وذكر مسؤول أن الترتيبات اللاحقة ستُعلن قبل نهاية الشهر.",
    "ru": "Те, кто ждал, говорят, что ждали и раньше. Чиновник сообщил, что дальнейшие шаги объявят до конца месяца.",
}
_BYLINES = {"zh-CN": "记者 沈听澜", "en": "Maud Ferrier", "ja": "浜田 凪", "ar": "ليان السواحلي", "ru": "Анна Лодыгина"}


def scene(seed: str) -> bytes:
    """Return a drawing of water under a sun, a different one for each seed."""
    bits = hashlib.sha256(seed.encode()).digest()
    sun, sea = 200 + bits[0] * 4, 560 + bits[1]
    hulls = "".join(
        f'<path d="M{100 + bits[n] * 5} {sea - 20}h{120 + bits[n + 1]}l-30 60h-{60 + bits[n + 1]}z" fill="#22282c"/>'
        for n in range(2, 6, 2)
    )
    waves = "".join(
        f'<path d="M{bits[n] * 6} {sea + 40 + n * 14}h{80 + bits[n]}" stroke="#eef0ea" stroke-width="5"/>'
        for n in range(6, 26)
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1600 1000" width="1600" height="1000">'
        f'<rect width="1600" height="1000" fill="#d6dcdc"/><circle cx="{sun}" cy="260" r="110" fill="#f4f4ee"/>'
        f'<rect y="{sea}" width="1600" height="500" fill="#a5afb1"/>{hulls}{waves}</svg>'
    ).encode()


def clipping(url: str, title: str, blocks: tuple[str, ...], *, source: Source, published: datetime) -> Clipping:
    """Return what extraction would have cut out of an article of `source`."""
    figure = Image(url=f"{url}/lead.jpg", width=1600, height=1000, alt=title, caption=title, credit=f"© {source.name}")
    shown = "".join(
        f'<figure><img src="{url}/in.jpg" width="1600" height="1000" alt=""><figcaption>{html.escape(title)}</figcaption></figure>'
        if block == "FIGURE"
        else block
        if block.startswith("<")
        else f"<p>{block}</p>"
        for block in blocks
    )
    return Clipping(
        url=url,
        title=title,
        html=shown,
        text=html.text_of(shown),
        authors=(_BYLINES[source.language],),
        published=published,
        language=source.language,
        lead=figure,
        images=(figure, Image(url=f"{url}/in.jpg", alt="")),
        description=blocks[0] if not blocks[0].startswith("<") else "",
        how={"published": "meta article:published_time"},
        published_text=published.isoformat(),
        recipe="test page",
    )


def press(path: Path = Path("none"), *, timezone: str = "UTC", pictures: bool = True) -> PaperArchive:
    """Return an archive that has followed the five papers for some weeks."""
    archive = PaperArchive(path, timezone=timezone)
    for number, source in enumerate(PAPERS):
        archive.follow(
            source, at=NOON - timedelta(minutes=4 * number), trouble="unreachable" if source is VESTNIK else ""
        )
    for round_ in range(6):
        for number, source in enumerate(PAPERS):
            rows = HEADLINES[source.url]
            if round_ < len(rows):
                _keep(
                    archive, source, rows[round_], at=NOON - timedelta(hours=5 * round_ + number, minutes=13 * number)
                )
    _older(archive)
    _ferry(archive)
    _library(archive)
    _vanish(archive)
    if pictures:
        for kept in archive.kept.values():
            for revision in kept.revisions:
                for image in revision.clipping.images:
                    name = f"{hashlib.sha256(image.url.encode()).hexdigest()}.svg"
                    archive.picture(image.url, f"{name[:2]}/{name}", scene(image.url))
    return archive


def _keep(archive: PaperArchive, source: Source, row: tuple[str, str], *, at: datetime) -> str:
    title, deck = row
    key = hashlib.sha256(title.encode()).hexdigest()[:8]
    base = source.homepage or "https://vestnik.example/"
    filler = _FILLER[source.language]
    made = clipping(f"{base}{at:%Y/%m/%d}/{key}", title, (deck, filler, "FIGURE", filler), source=source, published=at)
    return archive.keep(made, source, seen=at + timedelta(minutes=3))


def _older(archive: PaperArchive) -> None:
    """Weeks of smaller news, so that pages are numbered and calendars have something to show."""
    for n in range(70):
        source = PAPERS[n % 3]
        title = {"zh-CN": f"江岸简讯第{n + 1}号", "en": f"Harbour notes, no. {n + 1}", "ja": f"港だより　第{n + 1}号"}[
            source.language
        ]
        _keep(archive, source, (title, _FILLER[source.language]), at=NOON - timedelta(days=2 + n * 0.9, hours=n % 7))


def _ferry(archive: PaperArchive) -> None:
    title, deck, blocks = FERRY
    url = "https://wanbao.example/2026/11/22/dukou"
    at = NOON - timedelta(minutes=41)
    first = replace(clipping(url, title, blocks, source=EVENING, published=at), description=deck)
    key = archive.keep(first, EVENING, seen=at + timedelta(minutes=3))
    second = tuple(block.replace("四万人次", "二点六万人次") for block in blocks)
    archive.look(key, at=at + timedelta(minutes=70))
    archive.reword(
        key,
        replace(clipping(url, title, second, source=EVENING, published=at), description=deck),
        seen=at + timedelta(hours=2, minutes=36),
    )
    third = tuple(
        block.replace("复航首日，全程票价免费", "复航首周，全程票价由四元减为两元").replace("末班", "末班船")
        for block in second
        if "<blockquote>" not in block
    )
    archive.reword(
        key,
        replace(
            clipping(url, "停航十二年，三号线轮渡今晨复航；末班船延至零时", third, source=EVENING, published=at),
            description=deck,
        ),
        seen=at + timedelta(hours=7, minutes=25),
    )


def _library(archive: PaperArchive) -> None:
    title, deck, blocks = LIBRARY
    url = "https://ledger.example/2026/11/21/library"
    at = NOON - timedelta(hours=14)
    key = archive.keep(
        replace(clipping(url, title, blocks, source=LEDGER, published=at), description=deck), LEDGER, seen=at
    )
    changed = tuple(block.replace("rejected a plan", "deferred a plan") for block in blocks)
    changed = (*changed, "Correction: an earlier version of this article said that the plan was rejected.")
    archive.look(key, at=at + timedelta(hours=1))
    archive.reword(
        key,
        replace(
            clipping(url, title.replace("rejects", "defers"), changed, source=LEDGER, published=at), description=deck
        ),
        seen=at + timedelta(hours=3),
    )
    marfa = next(kept.article for kept in archive.kept.values() if kept.article.source == MARFA.url)
    old = archive.kept[marfa.id].revisions[-1].clipping
    text = old.html.replace("قبل نهاية الشهر", "قبل نهاية العام")
    archive.reword(
        marfa.id,
        replace(
            old, html=text, text=html.text_of(text), title=old.title.replace("الثالثة", "«الثالثة»") + " من التوقف"
        ),
        seen=NOON + timedelta(hours=1),
    )


def _vanish(archive: PaperArchive) -> None:
    by_title = {kept.article.title: key for key, kept in archive.kept.items()}
    archive.lose(by_title["河西菜场最后一个早市"], at=NOON - timedelta(hours=2), why="404")
    archive.lose(
        by_title["Tram depot lease was signed in March, minutes show"], at=NOON - timedelta(hours=1), why="front page"
    )


START = datetime(2026, 9, 1, tzinfo=UTC)
