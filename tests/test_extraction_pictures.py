"""Pictures: the article's own with their captions, and nothing else; embeds as labelled links."""

import pytest

from tearsheet.extraction import extract
from tearsheet.model import Clipping

URL = "https://paper.example/2026/03/ferry"
P = [
    f"<p>Paragraph {number} tells how the ferry, the mill and the market belong together, and why that ends.</p>"
    for number in range(8)
]


def cut(figure: str, head: str = "", *, above: str = "") -> Clipping:
    title = '<meta property="og:title" content="The ferry stops">'
    body = "".join(P[:3]) + figure + "".join(P[3:])
    article = f"<main><article><h1>The ferry stops</h1>{above}{body}</article></main>"
    return extract(f"<html><head>{title}{head}</head><body>{article}</body></html>".encode(), URL)


def shown(figure: str) -> list[tuple[str, str]]:
    return [(image.url.rpartition("/")[2], image.caption) for image in cut(figure).images]


def test_so_many_pictures_of_a_page_are_looked_at():
    assert len(shown("".join(f"<figure><img src=/i/{number}.jpg></figure>" for number in range(450)))) == 400


@pytest.mark.parametrize(
    "tag",
    [
        "<img src=/i/ferry-900.jpg>",
        '<img src="data:image/gif;base64,R0lGOD" data-src="/i/ferry-900.jpg">',
        '<img src="/i/placeholder.svg" data-lazy-src="/i/ferry-900.jpg">',
        '<picture><source srcset="/i/ferry-900.jpg 900w"><img src="data:image/gif;base64,R0lGOD"></picture>',
        '<img src="/i/a-640.jpg%20640w,%20https://paper.example/i/b-900.jpg%20900w" srcset="/i/ferry-900.jpg 900w">',
        '<img class=lazy><noscript><img src="/i/ferry-900.jpg"></noscript>',
        '<amp-img src="/i/ferry-900.jpg" width=900 height=600></amp-img>',
        '<button aria-label="Open viewer"><div><img src="/i/ferry-900.jpg"></div><span>View 3 images</span></button>',
    ],
)
def test_the_real_address_is_found_however_it_is_hidden(tag):
    assert shown(f"<figure>{tag}</figure>") == [("ferry-900.jpg", "")]


@pytest.mark.parametrize(
    ("lazy", "fallback"),
    [
        (
            '<img class="lazy" data-src="/k/ferry.jpg?imwidth=300" alt="渡し船">',
            '<img src="/k/ferry.jpg?imwidth=1200">',
        ),
        (
            '<div><img class="lazyload" data-src="/k/ferry-s.jpg" width=300></div>',
            '<div><img src="/k/ferry.jpg"></div>',
        ),
        ('<a href="/photo/1"><img class="lazy" src="/k/20260311ax01S_p.jpg"></a>', '<img src="/k/20260311ax01_p.jpg">'),
    ],
)
def test_a_lazy_picture_and_what_readers_without_scripts_get_for_it_are_one(lazy, fallback):
    once = f'<div class="photo">{lazy}<noscript>{fallback}</noscript><span class="caption">三月の渡し船</span></div>'
    other = '<div class="photo"><img src="/k/pier-900.jpg"><p class="caption">The pier</p></div>'

    assert [caption for _, caption in shown(once)] == ["三月の渡し船"]
    assert len(shown(once + other)) == 2


def test_pictures_of_which_only_one_needs_no_script_are_two():
    assert len(shown("<img src=/k/pier-900.jpg><p>The pier</p><noscript><img src=/k/mill-900.jpg></noscript>")) == 2


@pytest.mark.parametrize(
    "markup",
    [
        "<figure><img src=/i/ferry-900.jpg><figcaption>The ferry in March</figcaption></figure>",
        '<div class="image"><img src=/i/ferry-900.jpg><p class="caption">The ferry in March</p></div>',
        '<div class="pic"><img src=/i/ferry-900.jpg></div><p class="imgdesc">The ferry in March</p>',
        "<p align=center><img src=/i/ferry-900.jpg></p><p align=center><span style='color:#777'>The ferry in March</span></p>",
        '<button><figure><img src="/i/ferry-900.jpg"></figure><i>1/3</i><figcaption>The ferry in March</figcaption></button>',
    ],
)
def test_a_caption_is_read_from_figcaption_class_and_neighbourhood(markup):
    assert shown(markup) == [("ferry-900.jpg", "The ferry in March")]
    assert "The ferry in March" not in cut(markup).text


def test_a_credit_is_parted_from_the_caption():
    figure = "<figure><img src=/i/ferry-900.jpg><figcaption>The ferry. <i class=credit>Photo: Bo Ek</i></figcaption></figure>"
    (image,) = cut(figure).images

    assert (image.caption, image.credit) == ("The ferry.", "Photo: Bo Ek")


@pytest.mark.parametrize(
    "tag",
    [
        '<img src="https://stats.example/pixel.gif?id=1" width=1 height=1>',
        "<img src=/i/share-facebook.png width=32 height=32>",
        "<img src=/static/logo.png>",
        "<img src=/img/avatar/ann.jpg>",
        "<img src=/img/spacer.gif>",
        "<img src=/ads/buy-now-1234567.gif>",
        "<img src=/i/icon-arrow.svg>",
        '<img src="https://www.facebook.com/tr?id=1&ev=PageView">',
        '<img src="/i/ann-484x484.png" alt="Avatar Autor:in">',
        '<img src="/i/ann-300.jpg" alt="Ann Lee" sizes="32px">',
        '<a href="/authors/ann-lee"><img src="/i/ann-300.jpg" alt="Ann Lee"></a>',
    ],
)
def test_trackers_icons_and_avatars_are_no_pictures(tag):
    assert shown(tag) == []


def test_a_gif_in_a_figure_or_of_a_size_is_a_picture():
    assert shown("<figure><img src=/i/map-of-the-bay.gif></figure>") == [("map-of-the-bay.gif", "")]
    assert shown("<img src=/i/map-of-the-bay.gif width=400 height=300>") == [("map-of-the-bay.gif", "")]


@pytest.mark.parametrize(
    ("head", "pictures", "links"),
    [
        (
            '<link rel="canonical" href="https://paper.example/2026/03/ferry">',
            ["https://paper.example/2026/03/i/f.jpg"],
            1,
        ),
        (
            '<meta property="og:url" content="https://paper.example/2026/03/ferry">',
            ["https://paper.example/2026/03/i/f.jpg"],
            1,
        ),
        ('<link rel="canonical" href="/2026/03/ferry">', [], 0),
        ('<link rel="canonical" href="https://paper.example/">', [], 0),
        ('<link rel="canonical" href="javascript:alert(1)">', [], 0),
    ],
)
def test_a_page_without_an_address_has_its_links_and_pictures_where_it_says_that_it_stands(head, pictures, links):
    body = (
        "<h1>The ferry stops</h1><figure><img src=i/f.jpg></figure>"
        + "".join(P)
        + "<p>More <a href=/mill>on the mill</a>.</p>"
    )
    clipping = extract(f"<head>{head}</head><article>{body}{P[0]}</article>".encode())

    assert [image.url for image in clipping.images] == pictures
    assert links == clipping.html.count('href="https://paper.example/mill"')
    assert not clipping.url


def test_sizes_are_kept_as_hints():
    (image,) = cut("<figure><img src=/i/ferry-900.jpg width=900 height=600></figure>").images

    assert (image.width, image.height) == (900, 600)


def test_the_pictures_of_related_articles_are_not_this_ones():
    related = '<div class="related"><h3>Read also</h3><a href="/b"><img src=/i/other-900.jpg><span>Another story</span></a></div>'

    assert cut(related).images == ()


@pytest.mark.parametrize(
    "declared",
    ["/static/site-logo.png", "/img/default-share.jpg", "/assets/og-image.png", "/logo.svg", "/favicon.ico"],
)
def test_a_declared_logo_is_not_the_lead(declared):
    head = f'<meta property="og:image" content="{declared}">'
    clipping = cut("<figure><img src=/i/ferry-900.jpg></figure>", head)

    assert clipping.lead is not None
    assert clipping.lead.url.endswith("/i/ferry-900.jpg")
    assert cut("", head).lead is None


@pytest.mark.parametrize(
    ("embed", "link"),
    [
        (
            '<iframe src="https://www.youtube.com/embed/abc123" title="The last trip"></iframe>',
            '<a href="https://www.youtube.com/embed/abc123">The last trip</a>',
        ),
        ('<iframe src="https://maps.example/maps?q=bay" title="The bay"></iframe>', ">The bay</a>"),
        ('<video controls><source src="/v/ferry.mp4"></video>', '<a href="https://paper.example/v/ferry.mp4">'),
        ('<audio src="/a/ferry.mp3"></audio>', '<a href="https://paper.example/a/ferry.mp3">'),
    ],
)
def test_videos_maps_and_sounds_become_labelled_links(embed, link):
    assert link in cut(f"<div>{embed}</div>").html


def test_adverts_and_consent_frames_are_no_embeds():
    assert "<a " not in cut('<iframe src="https://ad.doubleclick.net/ddm/x"></iframe>').html
    assert "<a " not in cut('<iframe src="https://consent.example/cookie"></iframe>').html


def test_the_picture_that_readers_see_first_with_its_caption_is_the_lead_also_where_a_later_one_is_declared():
    og = '<meta property="og:image" content="https://paper.example/i/market-1200.jpg">'
    opening = '<figure><img src="/i/ferry-900.jpg"><figcaption>The ferry on its last day in port</figcaption></figure>'
    later = '<figure><img src="/i/market-1200.jpg"><figcaption>The market without any goods</figcaption></figure>'
    found = cut(later, og, above=opening)

    assert found.lead.url == "https://paper.example/i/ferry-900.jpg"
    assert cut(later, og).lead.url == "https://paper.example/i/market-1200.jpg"


@pytest.mark.parametrize("caption", ["<figcaption>Masons at work on the lower steps of the quay</figcaption>", ""])
def test_a_gallery_above_the_text_is_whole_however_long(caption):
    figures = "".join(f"<figure><img src=/i/quay-{number:03}.jpg>{caption}</figure>" for number in range(200))
    found = cut("", above=figures).images

    assert [image.url.rpartition("/")[2] for image in found] == [f"quay-{number:03}.jpg" for number in range(200)]


@pytest.mark.parametrize(
    ("figure", "caption"),
    [
        ('<p><img src="/i/ferry-900.jpg"></p><p>{}</p>', "The ferry in the harbour (Photo: Ann Lee)"),
        ('<p><img src="/i/ferry-900.jpg"></p><p>{}</p>', "Die Fähre im Hafen. Foto: Jörg Weiß"),
        ('<p><img src="/i/ferry-900.jpg"></p><p>{}</p>', "Паром в порту. Фото: Глеб Ветров"),
        ('<p><img src="/i/ferry-900.jpg"></p><p>{}</p>', "Con phà ở cảng. Ảnh: Lê Phương"),
        ('<p><img src="/i/ferry-900.jpg"></p><p>{}</p>', "图为停在港口的渡轮。海岛日报 林疏桐 摄"),
        ('<p><img src="/i/ferry-900.jpg"></p><p>{}</p>', "항구에 선 여객선. 하버일보 제공"),
        ('<p class="f_center"><img src="/i/ferry-900.jpg"><br>{}<br></p>', "停在港口的渡轮"),
        (
            '<p class="text-center"><img src="/i/ferry-900.jpg"></p><p class="text-center">{}</p>',
            "The ferry in the harbour",
        ),
        ('<table><tr><td><img src="/i/ferry-900.jpg"></td></tr><tr><td>{}</td></tr></table>', "停在港口的渡轮"),
    ],
)
def test_a_line_under_a_picture_says_by_its_words_or_its_place_that_it_is_told_of_one(figure, caption):
    clipping = cut(figure.format(caption))

    assert [(image.url.rpartition("/")[2], image.caption or image.credit) for image in clipping.images] == [
        ("ferry-900.jpg", caption)
    ]
    assert caption not in clipping.text


@pytest.mark.parametrize(
    "line",
    [
        "He showed us the photo: a ferry, four lorries and a dog on the pier, taken by nobody knows whom in the year 1934, "
        "and kept in a drawer of the harbour office ever since, with the bill for the frame and two letters about it.",
        "The ferry in the harbour will stop in October.",
    ],
)
def test_a_paragraph_below_a_picture_is_no_caption(line):
    assert line in cut(f'<p><img src="/i/ferry-900.jpg"></p><p>{line}</p>').text


def test_the_author_s_portrait_and_the_date_beside_it_are_neither_picture_nor_caption():
    portrait = (
        '<div class="meta"><div class="post-author-image"><a><img class="author-profile-image" src="/i/lee-160.jpg" '
        'alt="Ann Lee"></a></div><div class="meta-content"><time datetime="2026-02-11">Feb 11, 2026</time> '
        "<span>— 6 min read</span></div></div>"
    )
    above = f'{portrait}<figure class="post-image"><img src="/i/ferry-900.jpg"><figcaption>At the pier</figcaption></figure>'
    clipping = cut("", above=above)

    assert [(image.url.rpartition("/")[2], image.caption) for image in clipping.images] == [
        ("ferry-900.jpg", "At the pier")
    ]


def test_one_picture_in_two_sizes_is_one():
    head = '<meta property="og:image" content="https://paper.example/i/ferry-1714650000_1200x0.jpg">'
    clipping = cut(
        '<figure><img src="/i/ferry-1714650000_680x0.jpg"><figcaption>At the pier</figcaption></figure>', head
    )

    assert len(clipping.images) == 1
    assert clipping.lead is not None
    assert clipping.lead.caption == "At the pier"


@pytest.mark.parametrize(
    "figure",
    [
        '<span class="end_photo"><img src=/i/ferry.jpg><em class="img_desc">{}</em></span>',
        '<span><div class="photo"><img src=/i/ferry.jpg></div><em class="img_desc">{}</em></span>',
        '<table><tr><td><img src=/i/ferry.jpg><em class="img_desc">{}</em></td></tr></table>',
        '<a href="/big"><img src=/i/ferry.jpg></a><br><small class="photo-caption">{}</small>',
    ],
)
def test_a_caption_in_the_line_that_follows_is_no_part_of_it(figure):
    caption = "[하버=연합] 나룻배가 강을 건너고 있다"
    lines = [
        f"나룻배는 {day}일에 마지막으로 강을 건넜고 주민들은 강가에 모여 작별을 나누었다고 전했다."
        for day in range(3, 9)
    ]
    body = "<br><br>".join((*lines[:3], figure.format(caption) + lines[3], *lines[4:]))
    clipping = extract(f"<main><h1>나룻배 멈추다</h1><article>{body}</article></main>".encode(), URL)

    assert [(image.url, image.caption) for image in clipping.images] == [("https://paper.example/i/ferry.jpg", caption)]
    assert lines == [line for line in clipping.text.split("\n") if line]


def test_what_stands_before_a_picture_and_its_credit_are_no_caption():
    said = '<span class="copyright">Ann Lee/Agency</span><img src=/i/ferry.jpg><span class="caption">The ferry at noon</span>'
    credit = '<figure><img src=/i/ferry.jpg><span class="credit captions">Drawing: Ann Lee</span></figure>'

    assert "Ann Lee/Agency" not in cut(f"<span>{said}</span>").text
    assert [image.credit for image in cut(credit).images] == ["Drawing: Ann Lee"]


@pytest.mark.parametrize(
    "box",
    [
        '<div class="about"><img src="/i/ann-lee-150x150.jpg" alt="Ann Lee"><p>Ann Lee writes on rivers for us.</p></div>',
        '<div class="post-author"><figure><img src="/i/ann-lee-96x96.jpg"></figure><p>Ann Lee writes on rivers here.</p></div>',
        '<div class="newsletter"><img src="/i/harbour-1024x400.jpg"><p>Sign up for our weekly newsletter</p></div>',
        '<figure><img src="/i/harbour-1024x400.jpg" alt="Subscribe to our newsletter"></figure>',
        '<figure><a href="/newsletter"><img src="/i/harbour-1024x400.jpg"></a></figure>',
        '<p><a href="https://play.google.com/store/apps/details?id=paper.example"><img src="/i/shop-900.jpg"></a></p>',
        '<p><img src="/i/phone-900.jpg" alt="Download our free app"></p>',
    ],
)
def test_portraits_of_authors_and_calls_to_sign_up_are_no_pictures(box):
    assert shown(box) == []


@pytest.mark.parametrize(
    ("figure", "caption"),
    [
        ('<p><img src="/i/old-bell-150x150.jpg" alt="The bell"></p>', ""),
        ('<div class="about"><img src="/i/old-bell-150x150.jpg" width=600></div>', ""),
        (
            '<div class="about"><figure><img src="/i/bell-96x96.jpg"><figcaption>The bell</figcaption></figure></div>',
            "The bell",
        ),
        (
            '<figure><a href="https://apps.apple.com/app/id1"><img src="/i/fog-900.jpg"></a>'
            "<figcaption>The app draws the fog as it comes in</figcaption></figure>",
            "The app draws the fog as it comes in",
        ),
        ('<figure><img src="/i/fog-900.jpg" alt="Get the fog app to work"></figure>', ""),
    ],
)
def test_small_pictures_and_those_of_apps_are_the_article_s_own(figure, caption):
    assert [said for _, said in shown(figure)] == [caption]
