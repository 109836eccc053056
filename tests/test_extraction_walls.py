"""What is a paywall, and what only says that there is more to read. All pages are invented."""

import pytest

from tearsheet import html
from tearsheet.extraction import extract
from tearsheet.extraction.appeals import is_appeal
from tearsheet.extraction.blocks import Walk

URL = "https://paper.example/2026/03/ferry"

# language -> (two sentences of an article, a heading over other articles, their headlines, a call to pay)
PRESS = {
    "zh-Hans": (
        ("渡轮公司周二表示，由于河面结冰，下午两点以后的班次全部取消，预计周四恢复。",
         "码头上有四十多名乘客改乘巴士，公司承诺退还全部票款。"),
        "继续阅读",
        ("旧磨坊将改建为图书馆，明年春天开放", "集市搬迁计划再次推迟，商户表示担忧"),
        "继续阅读请订阅本报电子版",
    ),
    "zh-Hant": (
        ("渡輪公司週二表示，由於河面結冰，下午兩點以後的班次全部取消，預計週四恢復。",
         "碼頭上有四十多名乘客改乘巴士，公司承諾退還全部票款。"),
        "繼續閱讀",
        ("舊磨坊將改建為圖書館，明年春天開放", "市集搬遷計劃再次推遲，商戶表示擔憂"),
        "登入會員，繼續閱讀全文",
    ),
    "en": (
        ("The ferry company cancelled every crossing after two on Tuesday, because the river had frozen over.",
         "More than forty passengers went on by bus, and the company promised to pay back their fares."),
        "Continue reading",
        ("The old mill becomes a library next spring", "Market stalls stay where they are for another year"),
        "Continue reading with a free account: sign up now",
    ),
    "de": (
        ("Die Reederei strich am Dienstag alle Fahrten nach zwei Uhr, weil der Fluss zugefroren war.",
         "Mehr als vierzig Fahrgäste fuhren mit dem Bus weiter und bekommen ihr Geld zurück."),
        "Jetzt weiterlesen",
        ("Die alte Mühle wird im Frühjahr zur Bücherei", "Der Markt bleibt noch ein Jahr an seinem Platz"),
        "Jetzt weiterlesen: vier Wochen im Abo für einen Taler",
    ),
    "fr": (
        ("La compagnie a supprimé mardi toutes les traversées après deux heures, car le fleuve avait gelé.",
         "Plus de quarante passagers ont pris le car, et la compagnie promet de les rembourser."),
        "Lire la suite",
        ("Le vieux moulin devient une bibliothèque au printemps", "Le marché reste encore un an à sa place"),
        "Pour lire la suite, abonnez-vous ou connectez-vous",
    ),
    "es": (
        ("La naviera suspendió el martes todas las travesías después de las dos, porque el río se había helado.",
         "Más de cuarenta pasajeros siguieron en autobús, y la empresa prometió devolver el dinero."),
        "Continuar leyendo",
        ("El viejo molino será biblioteca en primavera", "El mercado se queda un año más en su sitio"),
        "Para continuar leyendo, suscríbase por un peso",
    ),
    "ru": (
        ("Пароходство отменило во вторник все рейсы после двух часов, потому что река замёрзла.",
         "Более сорока пассажиров поехали автобусом, компания обещала вернуть деньги за билеты."),
        "Читать далее",
        ("Старая мельница весной станет библиотекой", "Рынок ещё на год останется на своём месте"),
        "Читать далее: оформите подписку или войдите",
    ),
    "ja": (
        ("渡船会社は火曜日、川が凍ったため午後二時以降の全便を欠航にした。木曜日に再開する見通し。",
         "乗り場にいた四十人あまりの客はバスに乗り換え、会社は運賃を全額払い戻すと約束した。"),
        "続きを読む",
        ("古い水車小屋、来春から図書館に", "朝市の移転、さらに一年先送り"),
        "続きを読むには会員登録が必要です",
    ),
    "tr": (
        ("Şirket, nehir donduğu için salı günü saat ikiden sonraki bütün seferleri iptal etti.",
         "Kırktan fazla yolcu otobüsle devam etti, şirket bilet parasını geri ödeyeceğini söyledi."),
        "Okumaya devam",
        ("Eski değirmen ilkbaharda kütüphane oluyor", "Pazar yeri bir yıl daha yerinde kalıyor"),
        "Okumaya devam etmek için abone olun",
    ),
}  # fmt: skip


def page(language: str, *, after: str) -> bytes:
    words, _, _, _ = PRESS[language]
    text = "".join(f"<p>{sentence}</p>" for sentence in words)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{words[0][:20]}</title></head>'
        f'<body><main><article class="article-body"><h1>{words[0][:20]}</h1>{text}</article>{after}</main></body></html>'
    ).encode()


def blocked(language: str, after: str) -> str:
    """Return what is said to stand in the way of an article with `after` below it."""
    return extract(page(language, after=after), URL).blocked


def teasers(language: str) -> str:
    return "".join(f'<h3><a href="/{at}">{headline}</a></h3>' for at, headline in enumerate(PRESS[language][2]))


@pytest.mark.parametrize("language", PRESS)
@pytest.mark.parametrize("tag", ["h2", "h3", "p", "div"])
def test_a_heading_over_other_articles_is_no_wall(language: str, tag: str) -> None:
    after = f'<section class="more"><{tag}>{PRESS[language][1]}</{tag}>{teasers(language)}</section>'
    clipping = extract(page(language, after=after), URL)

    assert PRESS[language][0][1] in clipping.text
    assert clipping.blocked == ""


@pytest.mark.parametrize("language", PRESS)
def test_a_link_to_more_of_something_is_no_wall(language: str) -> None:
    after = f'<p>{PRESS[language][2][0]} <a href="/mill">{PRESS[language][1]}</a></p>'

    assert blocked(language, after) == ""


@pytest.mark.parametrize("language", PRESS)
def test_a_call_to_pay_or_to_sign_in_is_a_wall(language: str) -> None:
    after = f"<div><p>{PRESS[language][3]}</p></div>{teasers(language)}"

    assert blocked(language, after) == "paywall"


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("en", "Already a subscriber?"),
        ("en", "This article is for subscribers."),
        ("en", "If you see this although you're already a subscriber, write to the harbour desk."),
        ("en", "To view the full story, buy a week's pass."),
        ("ja", "有料会員限定記事"),
        ("fr", "Il vous reste 72.4% de cet article."),
        ("zh-Hans", "剩余60%，付费阅读"),
    ],
)
def test_a_line_that_can_only_stand_at_a_wall_is_one_by_itself(language: str, line: str) -> None:
    assert blocked(language, f"<div><p>{line}</p></div>") == "paywall"


@pytest.mark.parametrize(
    "line",
    [
        "This content is for subscribers only.",
        "You've read your last free article",
        "Dieser Inhalt ist exklusiv für Abonnenten",
        "Jetzt Abo abschließen und weiterlesen",
        "La suite est réservée aux abonnés",
        "Para seguir leyendo, suscríbete",
        "Per continuare a leggere, abbonati",
        "Lees verder met een abonnement",
        "För att läsa vidare behöver du ett konto",
        "Chcesz czytać dalej? Wykup subskrypcję",
        "Tento článek je jen pro předplatitele",
        "A cikk folytatása csak előfizetőknek",
        "Abonează-te pentru a citi tot articolul",
        "Devamını okumak için abone olun",
        "Чтобы читать дальше, оформите подписку",
        "Щоб читати далі, оформіть передплату",
        "Για να συνεχίσετε την ανάγνωση, εγγραφείτε",
        "لقراءة المقال كاملا سجل الدخول",
        "הכתבה למנויים בלבד",
        "पूरी खबर पढ़ने के लिए सब्सक्राइब करें",
        "สมัครสมาชิกเพื่ออ่านต่อ",
        "Berlangganan untuk membaca selengkapnya",
        "本文为付费内容",
        "ここから先は会員限定です",
        "회원 전용 콘텐츠입니다",
    ],
)
def test_a_wall_is_known_by_its_words_in_the_languages_of_the_press(line: str) -> None:
    assert blocked("en", f"<div><p>{line}</p></div>") == "paywall"


@pytest.mark.parametrize(
    ("language", "heading", "button"),
    [
        ("en", "Continue reading", "Sign up for a free trial"),
        ("fr", "Pour lire la suite", "Créez votre compte"),
        ("zh-Hans", "继续阅读", "打开客户端"),
        ("zh-Hant", "繼續閱讀", "成為會員"),
    ],
)
def test_a_bare_heading_over_a_button_to_sign_up_is_a_wall(language: str, heading: str, button: str) -> None:
    after = f'<div><h2>{heading}</h2><a href="/join">{button}</a></div>'

    assert blocked(language, after) == "paywall"


@pytest.mark.parametrize(
    ("language", "mark"),
    [("zh-Hant", "會員專屬"), ("fr", "Réservé aux abonnés"), ("de", "Nur für Abonnenten"), ("ru", "По подписке")],
)
def test_the_mark_on_another_article_is_no_wall_and_on_this_one_it_is(language: str, mark: str) -> None:
    beside = f'<aside><div class="card"><span>{mark}</span>{teasers(language)}</div></aside>'
    here = f"<p>{mark}</p>"

    assert blocked(language, beside) == ""
    assert blocked(language, here) == "paywall"


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("zh-Hant", "訂閱電子報，每天收到最新消息"),
        ("zh-Hans", "您还未登录，请登录后收藏"),
        ("en", "Subscribe now to keep reading and get access to the full archive."),
        ("en", "To read the full story, no account is needed."),
        ("ja", "この記事は会員登録なしで読めます。紙面ビューアーは有料会員限定です。"),
        ("zh-Hans", "继续阅读，无需登录"),
        ("ru", "Читать далее без подписки"),
        ("de", "Weiterlesen"),
        ("de", "Lees verder"),
        ("en", "The club's pool is for members only on Sundays, and read this story aloud to them."),
        ("fr", "Pour lire la suite sans abonnement, cliquez ici."),
    ],
)
def test_an_offer_beside_an_article_that_is_whole_is_no_wall(language: str, line: str) -> None:
    assert blocked(language, f"<div>{line}</div>") == ""


def test_a_box_that_fades_while_the_page_loads_is_no_wall_and_one_over_the_text_is() -> None:
    loading = '<div id="loading" class="loadingAnimation fadeOut">The page is being loaded.</div>'
    fading = '<div class="article-fade-out">The captain said that the ice had come within</div>'

    assert blocked("en", loading) == ""
    assert blocked("en", fading) == "paywall"


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "He was already a subscriber when the paper changed hands, and stayed one until it closed."),
        ("en", "The company said that its customers had to log in to continue their contracts from March."),
        ("en", "The council asked residents to sign up for the council's flood alerts before the winter."),
        ("en", "About three million people follow her on Instagram, where she posts pictures of the ice."),
        ("en", "“You can sign up for our alerts at the town hall,” the harbour master said on Tuesday."),
        ("de", "Das Fährticket gibt es künftig nur für Abonnenten des Stadtwerks, teilte der Hafen am Dienstag mit."),
        ("fr", "Le quai sera réservé aux abonnés du port de plaisance à partir de mars, selon la mairie."),
        ("es", "El puerto ofrecerá contenido exclusivo a los vecinos en su museo, dijo la alcaldesa el martes."),
        ("ru", "Новый паром можно будет взять по подписке, сообщила во вторник компания."),
        ("zh-Hans", "该公司计划收购渡轮公司剩余40%的股权，交易预计明年完成，价格尚未公布。"),
        ("zh-Hans", "付费阅读市场去年增长两成，码头上的三家小书店却关了门，店主说租金太高。"),
        ("zh-Hans", "用户订阅后每月收到一份潮汐表，港务局说已有两千人订阅。"),
        ("ja", "渡船会社の有料会員は昨年二万人を超え、今年はさらに増える見通しだ。"),
    ],
)
def test_a_sentence_that_tells_of_subscribers_is_neither_wall_nor_appeal(language: str, sentence: str) -> None:
    words = "".join(f"<p>{said}</p>" for said in PRESS[language][0])
    markup = f'<html lang="{language}"><body><article><h1>T</h1>{words}<p>{sentence}</p>{words}</article></body></html>'
    clipping = extract(markup.encode(), URL)

    assert (sentence in clipping.text, clipping.blocked) == (True, "")


def test_indonesian_readers_who_follow_the_news_are_not_asked_to() -> None:
    sentence = "Warga mengikuti berita tentang pelabuhan itu di televisi sejak pagi, kata kepala desa kepada wartawan."

    assert not is_appeal(Walk(html.stream(f"<p>{sentence}</p>").pieces).blocks[0])
