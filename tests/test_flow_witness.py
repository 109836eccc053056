"""Checkpoints that others kept, in every form, show that nothing was taken out, changed or moved; and time stamps of them."""

import shlex
import shutil
from base64 import b64encode
from contextlib import contextmanager
from email.message import EmailMessage

import pytest
from tests import needs
from tests.authority import Authority
from tests.flow_archive import followed, new_archive, ran
from tests.serving import Answer, serving
from tests.test_flow_verify import changed, flipped, problems, run, written

from tearsheet.archive import open_archive
from tearsheet.errors import FormatError
from tearsheet.fetch import Fetcher
from tearsheet.files import Folder
from tearsheet.flow.backup import backup, restore
from tearsheet.flow.keys import signer_of
from tearsheet.flow.limits import limits_of
from tearsheet.flow.sealing import CHECKPOINT, seal
from tearsheet.flow.site.desk import Desk, masthead_of
from tearsheet.flow.site.pages import Site
from tearsheet.flow.stamping import STAMPS, stamp, stamps
from tearsheet.flow.verify import verify
from tearsheet.ledger import notes_in, printed_in, read_checkpoint, stamp_request
from tearsheet.model import Query
from tearsheet.publish.site import paths


def note_of(archive):
    return Folder(archive.path / "ledger").get(CHECKPOINT)


def mail(archive, *, quoted=False):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "archive@a.example", "reader@b.example", "Checkpoint"
    text = note_of(archive).decode()
    text = "".join(f"> {line}\n" for line in text.splitlines()) if quoted else text
    message.set_content(f"Dear reader,\n\nplease keep this.\n\n{text}\nYours\n", cte="quoted-printable")
    return message.as_bytes()


def printed(archive):
    kept = read_checkpoint(note_of(archive))
    return f"Ledger checkpoint {kept.size:,}\n   {b64encode(kept.root).decode()}\n".encode()


def built(archive, name):
    return Site(Desk(archive, masthead_of(archive))).page(name)


FORMS = {
    "as it was signed": note_of,
    "with line ends of another system": lambda archive: note_of(archive).replace(b"\n", b"\r\n"),
    "mailed": mail,
    "mailed and quoted": lambda archive: mail(archive, quoted=True),
    "pasted into other text": lambda archive: b"Kept on Monday:\n\n" + note_of(archive) + b"\nthat was all\n",
    "on paper": printed,
    "the site's checkpoint.txt": lambda archive: built(archive, paths.CHECKPOINT),
    "the front page, saved": lambda archive: built(archive, ""),
    "the feed, Atom": lambda archive: built(archive, paths.ATOM),
    "the feed, JSON": lambda archive: built(archive, paths.JSON_FEED),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_checkpoint_is_read_in_every_form_in_which_others_keep_it(own_press, tmp_path, form):
    kept = tmp_path / "kept"
    kept.write_bytes(FORMS[form](own_press))
    assert not problems(own_press, against=kept)

    ran(own_press, force=True)
    assert not problems(own_press, against=kept)

    changed(own_press, "UPDATE leaf SET at = at - 86400000 WHERE seq = 7")
    shutil.rmtree(own_press.path / "ledger" / "tile")
    (own_press.path / "ledger" / CHECKPOINT).unlink()
    seal(own_press)

    assert "are not those it" in problems(own_press, against=kept)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM leaf WHERE seq = (SELECT max(seq) FROM leaf)",
        "UPDATE leaf SET at = at - 31536000000 WHERE seq = 9",
        "UPDATE leaf SET seq = CASE seq WHEN 3 THEN -4 ELSE -3 END WHERE seq IN (3, 4)",
        "UPDATE leaf SET event = 'gone' WHERE seq = 5",
    ],
)
@pytest.mark.parametrize("form", ["as it was signed", "on paper"])
def test_whatever_was_removed_moved_or_back_dated_and_signed_anew_contradicts_what_was_kept(
    own_press, tmp_path, sql, form
):
    kept = tmp_path / "kept"
    kept.write_bytes(FORMS[form](own_press))
    changed(own_press, sql)
    with own_press.store.transaction() as db:
        db.execute("UPDATE leaf SET seq = -seq WHERE seq < 0")
    shutil.rmtree(own_press.path / "ledger" / "tile")
    (own_press.path / "ledger" / CHECKPOINT).unlink()
    seal(own_press)

    assert "leaves" in problems(own_press, against=kept)


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"\x30\x03\x02\x01\x00", "time stamp"),
        (b"log.example/x\n1\n" + b64encode(bytes(32)) + b"\n\n\xe2\x80\x94 log.example/x AAAAAAAA\n", "not signed by"),
        (b"Ledger checkpoint 3 " + b64encode(bytes(32)), "are not those it names"),
        (b"Ledger checkpoint 99,999,999 " + b64encode(bytes(32)), "says 99999999 leaves"),
    ],
)
def test_what_is_no_checkpoint_of_this_archive_is_said_to_be_none(press, tmp_path, data, says):
    kept = tmp_path / "kept"
    kept.write_bytes(data)

    assert says in problems(press, against=kept)


@pytest.mark.parametrize("data", [b"", b"nothing of the kind", b"Ledger checkpoint 3"])
def test_a_file_without_a_checkpoint_is_refused_before_anything_is_checked(press, tmp_path, data):
    kept = tmp_path / "kept"
    kept.write_bytes(data)

    with pytest.raises(FormatError, match="kept: no checkpoint is in it"):
        problems(press, against=kept)


def test_a_checkpoint_with_a_forged_number_is_not_believed(press, tmp_path):
    kept = tmp_path / "kept"
    size = read_checkpoint(note_of(press)).size
    kept.write_bytes(note_of(press).replace(b"\n%d\n" % size, b"\n%d\n" % (size - 1)))

    assert "signature" in problems(press, against=kept)


def test_numbers_are_read_as_they_are_printed_anywhere():
    root = b64encode(bytes(range(32))).decode()

    assert [one.size for one in printed_in(f"账本检查点 12,345 {root}".encode())] == [12345]
    assert [one.size for one in printed_in(f"ختم السجل عند ١٢٣ {root}".encode())] == [123]
    assert printed_in(f'<link integrity="sha256-{root}">'.encode()) == []
    assert notes_in(b"no note\n") == []


# ---- time stamps

needs_openssl = needs.tools("openssl")


@contextmanager
def listening(answer, *, status=200):
    def reply(asked):
        assert asked.headers["Content-Type"] == "application/timestamp-query"
        location = {"Location": "/again"} if status == 302 else {}
        return Answer(answer(asked.body), status, {"Content-Type": "application/timestamp-reply", **location})

    with serving(reply) as port:
        yield f"http://tsa.localhost:{port}/tsr"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


def stamped_archive(folder, newsroom, server, *, ca=""):
    """Return an archive of three addresses and a time-stamping server that has fetched two of them; and the report of that."""
    more = f'\n[ledger]\ntimestamp_server = "{server}"\ntimestamp_ca = "{ca}"\n'
    archive = new_archive(folder, newsroom, more=more)
    urls = [truth.url for truth in newsroom.at(0) if truth.paper == "courier"][:3]
    (folder / "list.txt").write_text("".join(f"{url}\n" for url in urls))
    followed(archive, str(folder / "list.txt"))
    return archive, ran(archive, limit=2)


@needs_openssl
def test_each_update_gets_a_time_stamp_that_openssl_verifies(tmp_path, newsroom, authority):
    with listening(authority.stamp) as server:
        archive, report = stamped_archive(tmp_path / "a", newsroom, server, ca=str(authority.root))
        assert report.troubles == ()
        first = note_of(archive)
        ran(archive, limit=1)

    assert first != note_of(archive)
    assert [one.note for one in stamps(archive)] == [first, note_of(archive)]
    assert verify(archive).problems == ()
    assert verify(archive).stamps == 2
    article = archive.articles(Query(order="arrival", limit=1))[0]
    folder = written(archive, article.id, tmp_path / "proof")
    assert (folder / "checkpoint").read_bytes() == first, "the earliest stamped one that covers the article"
    said = run(
        f"openssl ts -verify -data checkpoint -in checkpoint.tsr -CAfile {shlex.quote(str(authority.root))}", folder
    )
    assert "Verification: OK" in said.stdout, said.stderr
    assert run("sh verify.sh", folder).returncode == 0
    (tmp_path / "kept.tsr").write_bytes((folder / "checkpoint.tsr").read_bytes())
    assert not problems(archive, against=tmp_path / "kept.tsr")


@needs_openssl
def test_a_server_that_fails_is_told_never_fails_the_update_and_is_asked_again(tmp_path, newsroom, authority):
    with listening(lambda request: b"busy", status=503) as server:
        archive, report = stamped_archive(tmp_path / "a", newsroom, server)
    assert report.kept == 2
    assert [thing for thing, _ in report.troubles] == [server]
    assert "503" in report.troubles[0][1]
    assert list(stamps(archive)) == []

    asked = []
    with listening(lambda request: asked.append(request) or authority.stamp(request)) as server:
        archive.settings = type(archive.settings)(
            **{
                **{name: getattr(archive.settings, name) for name in archive.settings.__dataclass_fields__},
                "ledger": type(archive.settings.ledger)(timestamp_server=server),
            }
        )
        assert stamp(archive, Fetcher(limits_of(archive))) is None
        assert stamp(archive, Fetcher(limits_of(archive))) is None
    assert len(asked) == 1, "one stamp is enough"
    assert len(list(stamps(archive))) == 1


WRONG = {
    "for another checkpoint": lambda authority, request: authority.stamp(request.replace(request[24:56], bytes(32))),
    "an answer to an older request": lambda authority, request: authority.stamp(stamp_request(b"something else", 5)),
    "no reply at all": lambda authority, request: b"<html>nothing here",
    "of another authority": lambda authority, request: authority.stamp(request),
}


@needs_openssl
@pytest.mark.parametrize("wrong", WRONG)
def test_a_reply_that_is_not_ours_is_not_kept(tmp_path, newsroom, authority, wrong):
    believed = Authority(tmp_path / "other") if wrong == "of another authority" else authority
    with listening(lambda request: WRONG[wrong](authority, request)) as server:
        archive, report = stamped_archive(tmp_path / "a", newsroom, server, ca=str(believed.root))

    assert [thing for thing, _ in report.troubles] == [server]
    assert list(stamps(archive)) == []


@needs_openssl
def test_a_time_stamp_that_was_changed_lost_or_put_beside_another_is_found(tmp_path, newsroom, authority):
    with listening(authority.stamp) as server:
        archive, _ = stamped_archive(tmp_path / "a", newsroom, server, ca=str(authority.root))
        ran(archive, limit=1)
    folder = archive.path / "ledger" / STAMPS
    first, second = sorted(folder.glob("*.tsr"), key=lambda file: int(file.name.split("-")[0]))
    whole = first.read_bytes()

    first.write_bytes(second.read_bytes())
    assert "for other data" in problems(archive)
    first.write_bytes(whole[:-40] + bytes([whole[-40] ^ 1]) + whole[-39:])
    assert STAMPS in problems(archive)
    first.unlink()
    assert "time stamp is missing" in problems(archive)
    first.write_bytes(whole)
    assert not problems(archive)
    first.with_suffix(".checkpoint").unlink()
    assert "checkpoint is missing" in problems(archive)


@needs_openssl
def test_a_changed_bit_of_a_time_stamp_is_found_without_the_authority_s_certificate(tmp_path, newsroom, authority):
    with listening(authority.stamp) as server:
        archive, _ = stamped_archive(tmp_path / "a", newsroom, server)
    folder = archive.path / "ledger" / STAMPS
    [reply] = folder.glob("*.tsr")
    assert run(f"sha256sum -c {reply.stem}.sha256", folder).returncode == 0
    size = reply.stat().st_size

    for at in (size // 2, size - 100, size - 1):
        flipped(reply, at)
        assert f"{reply.stem}: is not as it came" in problems(archive)
        flipped(reply, at)
    assert not problems(archive)
    reply.with_suffix(".sha256").unlink()
    assert "is not as it came: its digests are others, or missing" in problems(archive)


@pytest.mark.parametrize("server", ["http://127.0.0.1:1/", "http://169.254.169.254/tsr", "http://[::ffff:10.0.0.1]/"])
def test_the_server_is_asked_through_the_address_guard(tmp_path, newsroom, server):
    _, report = stamped_archive(tmp_path / "a", newsroom, server)

    assert "refused" in dict(report.troubles)[server]


def test_a_redirect_of_a_time_stamp_request_is_not_followed_without_its_body(tmp_path, newsroom):
    with listening(lambda request: b"", status=302) as server:
        _, report = stamped_archive(tmp_path / "a", newsroom, server)

    assert "302" in dict(report.troubles)[server]


def test_a_proof_without_a_stamp_uses_the_newest_checkpoint(press, tmp_path):
    folder = written(press, press.articles(Query(limit=1))[0].id, tmp_path / "proof")

    assert not (folder / "checkpoint.tsr").exists()
    assert signer_of(press).verifier.opened((folder / "checkpoint").read_bytes()).size > 0


@needs_openssl
def test_a_file_of_authorities_that_is_missing_is_named(tmp_path, newsroom, authority):
    with listening(authority.stamp) as server:
        archive, report = stamped_archive(tmp_path / "a", newsroom, server, ca="no-such.pem")

    assert dict(report.troubles)[server].startswith(
        "bad settings: tearsheet.toml: [ledger] timestamp_ca: no-such.pem: "
    )
    assert list(stamps(archive)) == []


@needs_openssl
def test_a_file_of_authorities_without_a_certificate_is_named(tmp_path, newsroom, authority):
    with listening(authority.stamp) as server:
        _, report = stamped_archive(tmp_path / "a", newsroom, server, ca="list.txt")

    assert "timestamp_ca: list.txt holds no certificate" in dict(report.troubles)[server]


@needs_openssl
def test_the_certificates_under_which_time_stamps_are_checked_are_backed_up_with_them(tmp_path, newsroom, authority):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "ca.pem").write_bytes(authority.root.read_bytes())
    with listening(authority.stamp) as server:
        archive, _ = stamped_archive(tmp_path / "a", newsroom, server, ca="ca.pem")
    backup(archive, tmp_path / "copy")
    restore(tmp_path / "copy", tmp_path / "new")

    with open_archive(tmp_path / "new") as restored:
        assert not problems(restored)
