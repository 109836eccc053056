"""How wordings are packed: small, the same when unpacked, and never lost with another's."""

import hashlib
import json
import random
from dataclasses import replace
from datetime import timedelta

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from store_samples import HOUR, NOON, capture, catalog, clipping, listed, worded
from tearsheet import html
from tearsheet.model import Image
from tearsheet.store import checking, keeping, packing, phrases, reading, removing
from tearsheet.store.keeping import Cause
from tearsheet.store.values import from_ms, to_json, to_ms

SYLLABLES = "har bour coun cil fer ry bud get mar ket ri ver strike school win ter vote rain line sta tion"
WORDS = ["ferry", *(f"{one}{two}" for one in SYLLABLES.split() for two in SYLLABLES.split())]


def prose(seed: int, *, paragraphs: int = 12) -> str:
    rng = random.Random(seed)
    return "\n\n".join(" ".join(rng.choices(WORDS, k=60)).capitalize() + "." for _ in range(paragraphs))


def stored(store, n: int):
    return store.db.execute("SELECT * FROM blob WHERE n = ?", (n,)).fetchone()


def size(store, n: int) -> int:
    """Return how many bytes blob `n` takes, with all its pieces."""
    pieces = store.db.execute("SELECT sum(length(data)) FROM piece WHERE n >= ? AND n < ?", (n * 16, n * 16 + 16))
    return len(stored(store, n)["data"]) + (pieces.fetchone()[0] or 0)


def test_text_that_its_markup_gives_again_is_not_stored_twice():
    store = catalog()
    twice = clipping(text="One.\n\nTwo.")
    other = replace(twice, text="Not what the markup says.")
    with store.transaction() as db:
        first, second = keeping.add_words(db, twice).n, keeping.add_words(db, other).n

    assert b"One.\\n\\nTwo." not in packing.unpacked(store.db, first)
    assert keeping.clipping_of(store.db, first) == twice
    assert keeping.clipping_of(store.db, second) == other


def test_a_text_without_the_captions_of_its_markup_is_not_stored_twice_either():
    figure = '<figure><img src="x"><figcaption>A ferry.</figcaption></figure>'
    markup = f"<p>One &amp; a <em>half</em>.</p>{figure}<p>Two<br>lines.</p>"
    cut = replace(clipping(), html=markup, text="One & a half.\n\nTwo\nlines.")
    slim = packing.slimmed(to_json(cut), html=cut.html, text=cut.text)

    assert ',"text":[1]' in slim
    assert packing.restored(slim) == to_json(cut)


def test_a_clipping_of_pictures_alone_stays_without_text():
    store = catalog()
    cut = replace(clipping(), html="<figure><img><figcaption>A ferry.</figcaption></figure>", text="")
    with store.transaction() as db:
        n = keeping.add_words(db, cut).n

    assert keeping.clipping_of(store.db, n) == cut
    assert keeping.blob(store.db, n).decode() == to_json(cut)


def test_a_wording_kept_by_the_first_schema_gets_its_text_from_its_markup():
    store = catalog()
    cut = clipping(text="One.\n\nTwo.")
    data = zstandard.ZstdCompressor().compress(to_json(replace(cut, text="")).encode())
    with store.transaction() as db:
        db.execute("INSERT INTO blob (n, digest, data) VALUES (7, zeroblob(32), ?)", (data,))

    assert keeping.clipping_of(store.db, 7) == cut


@given(
    st.lists(st.text(), max_size=6),
    st.text(max_size=20),
    st.sampled_from(["{}", '{"text":[1]}', ',"text":[0]', '"text":0,"html":']),
)
def test_what_is_slimmed_is_restored(paragraphs, title, trap):
    markup = "".join(f"<p>{html.escape(part)}</p>" for part in paragraphs)
    for text in (html.text_of(markup), "\n\n".join(paragraphs[1:]), trap, ""):
        cut = replace(clipping(), html=markup, text=text, title=f"{title}{trap}", how={"text": trap})
        whole = to_json(cut)
        slim = packing.slimmed(whole, html=cut.html, text=cut.text)

        assert packing.restored(slim) == whole
        assert not text or packing.text_in(json.loads(slim)) == text


def test_the_digest_of_a_wording_is_that_of_its_conversion_record():
    store = catalog()
    n = listed(store)
    worded(store, n, clipping(text=prose(1)))
    (number, data), *rest = reading.wording_bytes(
        store.db, "".join(store.db.execute("SELECT id FROM article").fetchone())
    )

    assert (number, rest) == (1, [])
    assert data == to_json(clipping(text=prose(1))).encode()


def test_the_same_words_are_stored_once():
    store = catalog()
    with store.transaction() as db:
        assert keeping.add_words(db, clipping()).n == keeping.add_words(db, clipping()).n
        assert keeping.add_words(db, clipping("Another")).n != keeping.add_words(db, clipping()).n


@pytest.mark.parametrize("length", [0, 1, 799, 800, 801, 1600, 1601, 13_599, 13_600, 13_601, 90_000])
def test_a_wording_of_any_length_is_put_together_from_its_pieces(length):
    store = catalog()
    data = random.Random(length).randbytes(length)  # packs to a little more than it is
    with store.transaction() as db:
        before, n, after = (packing.add(db, bytes([k]) * 32, packing.pack(db, data, language="")) for k in range(3))
        assert packing.unpacked(db, n) == data
        packing.put(db, n, packing.pack(db, b"shorter", language=""))

    assert [packing.unpacked(store.db, one) for one in (before, n, after)] == [data, b"shorter", data]
    packing.drop(store.db, [before, n])
    assert packing.unpacked(store.db, after) == data
    packing.drop(store.db, [after])
    assert not store.db.execute("SELECT 1 FROM piece").fetchall()


def edited(store, n: int, text: str, *, hours: int) -> None:
    with store.transaction() as db:
        cause = Cause(capture=1, kind="text", digest="sha256:" + f"{hours:02x}" * 32, at=NOON + timedelta(hours=hours))
        keeping.add_revision(db, n, clipping(text=text), cause)


def test_an_edited_wording_costs_at_most_a_twentieth_of_the_first():
    store = catalog()
    n = listed(store)
    text = prose(2, paragraphs=20)
    worded(store, n, clipping(text=text))
    edited(store, n, text.replace("ferry", "tram") + "\n\nA line was added.", hours=1)
    first, second = store.db.execute("SELECT * FROM blob ORDER BY n").fetchall()

    assert second["base"] == first["n"]
    assert size(store, second["n"]) <= 0.05 * size(store, first["n"])
    assert [one.clipping.text[-18:] for one in reading.revisions(store.db, only_id(store))] == [
        text[-18:],
        "\n\nA line was added."[-18:],
    ]


def only_id(store) -> str:
    return str(store.db.execute("SELECT id FROM article").fetchone()[0])


def test_a_hundred_edits_are_all_read_again_and_none_waits_for_a_hundred():
    store = catalog()
    n = listed(store)
    texts = [prose(3) + f"\n\nUpdate {number}." for number in range(60)]
    worded(store, n, clipping(text=texts[0]))
    for number, text in enumerate(texts[1:], start=1):
        edited(store, n, text, hours=number)

    assert [one.clipping.text for one in reading.revisions(store.db, only_id(store))] == texts
    whole = store.db.execute("SELECT count(*) FROM blob WHERE base IS NULL").fetchone()[0]
    assert 60 // (packing.LONGEST_CHAIN + 1) <= whole <= 6


def test_a_wording_that_has_nothing_of_the_one_before_is_packed_by_itself():
    store = catalog()
    n = listed(store)
    worded(store, n, clipping(text="Short."))
    rng = random.Random(5)
    edited(store, n, " ".join(f"{rng.random():.12f}" for _ in range(200)), hours=1)

    assert next(row["base"] for row in store.db.execute("SELECT base FROM blob ORDER BY n")) is None
    assert len(reading.revisions(store.db, only_id(store))) == 2


def test_what_is_a_difference_from_something_removed_is_kept_whole_first():
    store = catalog()
    n, other = listed(store), listed(store, "https://paper.example/2026/other")
    worded(store, n, clipping(text=prose(6)))
    edited(store, n, prose(6) + "\n\nMore.", hours=1)
    shared = store.db.execute("SELECT max(n) FROM blob").fetchone()[0]
    with store.transaction() as db:
        page = keeping.add_capture(db, capture(url="https://paper.example/2026/other"), kind="page", article=other)
        cause = Cause(capture=page, kind="first", digest="sha256:" + "cd" * 32, at=NOON)
        keeping.add_revision(db, other, clipping(text=prose(6) + "\n\nMore."), cause)
        removing.take_out(db, n, reason="asked to", at=NOON + HOUR)

    assert [row["n"] for row in store.db.execute("SELECT n FROM blob")] == [shared]
    assert {n // 16 for (n,) in store.db.execute("SELECT n FROM piece")} <= {shared}
    assert keeping.clipping_of(store.db, shared).text == prose(6) + "\n\nMore."
    assert stored(store, shared)["base"] is None


def test_a_better_cut_leaves_nothing_of_the_worse_one():
    store = catalog()
    n = listed(store)
    worded(store, n, clipping(text=prose(7)))
    edited(store, n, prose(7) + "\n\nMore.", hours=1)
    with store.transaction() as db:
        keeping.recut(
            db, n, 1, clipping(text=prose(8)), Cause(capture=1, kind="", digest="sha256:" + "ab" * 32, at=NOON)
        )

    texts = [one.clipping.text for one in reading.revisions(store.db, only_id(store))]
    assert texts == [prose(8), prose(7) + "\n\nMore."]
    assert store.db.execute("SELECT count(*) FROM blob").fetchone()[0] == 2


# ---- dictionaries


def filled(count: int = packing.FEW, *, language: str = "en"):
    store = catalog()
    for number in range(count):
        n = listed(store, f"https://paper.example/{number}")
        worded(
            store,
            n,
            replace(
                clipping(text=prose(number, paragraphs=3), language=language), url=f"https://paper.example/{number}"
            ),
        )
    return store


def test_a_language_gets_a_dictionary_once_it_has_enough_wordings():
    store = filled(packing.FEW - 1, language="en-GB")
    with store.transaction() as db:
        assert packing.lacking(db) == []
    n = listed(store, "https://paper.example/one-more")
    worded(store, n, clipping(text=prose(999), language="en"))
    with store.transaction() as db:
        assert packing.lacking(db) == ["en"]
        assert packing.lacking(db) == []  # asked again only when there are twice as many


def test_a_dictionary_makes_wordings_smaller_and_they_read_the_same():
    store = filled()
    before = sum(size(store, n) for (n,) in store.db.execute("SELECT n FROM blob").fetchall())
    texts = {row["n"]: keeping.clipping_of(store.db, row["n"]) for row in store.db.execute("SELECT n FROM blob")}
    data, wordings = packing.trained(store.db, "en")
    with store.transaction() as db:
        words = packing.add_dictionary(db, "en", data, at=to_ms(NOON), wordings=wordings)
        for n in packing.unpacked_without(db, "en", after=0):
            packing.repack(db, n, language="en")

    after = sum(size(store, n) for n in texts)
    assert after < 0.8 * before
    assert {row["dictionary"] for row in store.db.execute("SELECT dictionary FROM blob")} == {words.n}
    assert {n: keeping.clipping_of(store.db, n) for n in texts} == texts
    assert [said for _, _, said in checking.wordings(store.db, "") if said] == []


def test_a_newer_dictionary_is_for_new_wordings_and_the_older_stays_for_the_old():
    store = filled(20)
    one = packing.dictionary_of([prose(seed).encode() for seed in range(300)])
    two = packing.dictionary_of([prose(seed).encode() for seed in range(300, 900)])
    with store.transaction() as db:
        first = packing.add_dictionary(db, "en", one, at=1, wordings=300)
        a = keeping.add_words(db, clipping(text=prose(1000), language="en")).n
        second = packing.add_dictionary(db, "en", two, at=2, wordings=600)
        b = keeping.add_words(db, clipping(text=prose(1001), language="en-US")).n

    assert (stored(store, a)["dictionary"], stored(store, b)["dictionary"]) == (first.n, second.n)
    assert first.n != second.n
    assert packing.words_of(one).n == first.n
    assert keeping.clipping_of(store.db, a).text == prose(1000)


def test_a_dictionary_holds_only_what_several_wordings_share():
    own = [hashlib.sha256(bytes([seed % 256, seed // 256])).hexdigest() for seed in range(300)]
    samples = [f"{prose(seed)} {name} {prose(-seed)}".encode() for seed, name in enumerate(own)]

    data = packing.dictionary_of(samples)

    words = data[phrases.header_length(data) :]
    assert len(words) > 1000
    assert [name for name in own if any(name[at : at + 8].encode() in words for at in range(len(name) - 7))] == []
    sentences = {sentence for seed in range(300) for sentence in prose(seed).split("\n\n")}
    assert [sentence for sentence in sentences if sentence.encode() in words] == []


def test_the_words_of_a_trained_dictionary_begin_behind_its_tables():
    samples = [prose(seed).encode() for seed in range(300)]
    for size in (1000, 5000, 20_000):
        for level in (1, 6, 19):
            data = zstandard.train_dictionary(size, samples, level=level).as_bytes()
            at = phrases.header_length(data)

            # What it says last of itself are the first offsets, and then come words of the samples.
            assert [int.from_bytes(data[at - 12 + 4 * k :][:4], "little") for k in range(3)] == [1, 4, 8]
            assert any(data[at : at + 8] in sample for sample in samples)


def test_wordings_that_have_nothing_in_common_make_no_dictionary():
    assert packing.dictionary_of([]) == b""
    assert packing.dictionary_of([b"one", b"two"]) == b""


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE blob SET data = zeroblob(20) WHERE base IS NULL",
        "UPDATE blob SET data = x'28b52ffde0ffffffffffffff0f010000'",  # "I unpack to an exabyte"
        "DELETE FROM piece WHERE n = (SELECT min(n) FROM piece)",
        "DELETE FROM piece WHERE n = (SELECT max(n) FROM piece)",
        "UPDATE piece SET n = n + 100",
        "UPDATE blob SET base = 99 WHERE base IS NOT NULL",
        "UPDATE blob SET dictionary = 5 WHERE base IS NULL",
        "UPDATE blob SET base = n WHERE base IS NOT NULL",
        "DELETE FROM blob WHERE base IS NULL",
    ],
)
def test_a_check_tells_whatever_became_of_packed_words(damage):
    store = catalog()
    n = listed(store)
    worded(store, n, clipping(text=prose(9)))
    edited(store, n, prose(9) + "\n\nMore.", hours=1)
    store.db.execute("PRAGMA foreign_keys = OFF")
    store.db.execute(damage)

    assert any(said for _, _, said in checking.wordings(store.db, ""))


def test_a_picture_keeps_its_words_in_a_packed_clipping():
    store = catalog()
    cut = replace(
        clipping(), images=(Image(url="https://paper.example/a.jpg", caption="A “ferry”"),), published=from_ms(5)
    )
    with store.transaction() as db:
        assert keeping.clipping_of(db, keeping.add_words(db, cut).n) == cut
