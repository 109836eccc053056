"""The fetcher through proxies, and over TLS."""

import ssl
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from tests.test_fetch import Press, answer, fetch, fetch_one, press

from tearsheet.errors import AddressRefused, TooSlow, Unreachable
from tearsheet.fetch import Limits
from tearsheet.fetch.wire import proxy_for, target
from tearsheet.model import Capture

__all__ = ["press"]


def test_a_named_proxy_is_trusted_and_gets_the_whole_address(press):
    proxy = press({"*": lambda desk: answer(desk.path.encode())})
    capture = fetch_one("http://paper.example/a", proxy=proxy.url("", "127.0.0.1"), allow=())

    assert capture.body == b"http://paper.example/a"
    assert capture.ip == ""
    assert capture.request.startswith(b"GET /a HTTP/1.1\r\nHost: paper.example\r\n")


@pytest.mark.parametrize(
    "url", ["http://10.0.0.1/", "http://localhost/", "http://[fd00::1]/", "http://0x7f000001/", "http://db.internal/"]
)
def test_private_addresses_are_refused_before_the_proxy_is_asked(press, url):
    proxy = press({"*": answer(b"secret")})

    assert isinstance(fetch_one(url, proxy=proxy.url("", "127.0.0.1"), allow=()), AddressRefused)
    assert proxy.asked() == []


def test_the_environment_may_name_the_proxy(press, monkeypatch):
    proxy = press({"*": answer(b"by proxy")})
    monkeypatch.setenv("http_proxy", proxy.url("", "127.0.0.1"))

    assert fetch_one("http://paper.example/a", allow=()).body == b"by proxy"


def test_hosts_on_this_machine_are_asked_directly(press, monkeypatch):
    proxy, host = press({"*": answer(b"by proxy")}), press({"*": answer(b"direct")})
    monkeypatch.setenv("http_proxy", proxy.url("", "127.0.0.1"))

    assert fetch_one(host.url()).body == b"direct"


def test_thousands_of_hosts_pass_through_one_small_proxy(press):
    proxy = press({"*": answer(b"x")})
    outcomes = fetch(*(f"http://h{n}.example/" for n in range(300)), proxy=proxy.url("", "127.0.0.1"), robots=False)

    assert all(isinstance(outcome, Capture) for outcome in outcomes.values())


@pytest.mark.parametrize(
    ("url", "environment", "proxy"),
    [
        ("http://a.example/", {}, ""),
        ("http://a.example/", {"http_proxy": "http://p:1"}, "http://p:1"),
        ("http://a.example/", {"http_proxy": "p:1"}, "http://p:1"),
        ("http://a.example/", {"HTTP_PROXY": "http://p:1"}, ""),
        ("https://a.example/", {"http_proxy": "http://p:1"}, ""),
        ("https://a.example/", {"HTTPS_PROXY": "http://p:1"}, "http://p:1"),
        ("https://a.example/", {"all_proxy": "socks5://p:1"}, "socks5h://p:1"),
        ("http://a.example/", {"http_proxy": "http://p:1", "no_proxy": "a.example"}, ""),
        ("http://b.a.example/", {"http_proxy": "http://p:1", "no_proxy": "x, .a.example"}, ""),
        ("http://ba.example/", {"http_proxy": "http://p:1", "no_proxy": "a.example"}, "http://p:1"),
        ("http://a.example:81/", {"http_proxy": "http://p:1", "no_proxy": "a.example:80"}, "http://p:1"),
        ("http://a.example/", {"http_proxy": "http://p:1", "no_proxy": "*"}, ""),
        ("http://8.8.8.8/", {"http_proxy": "http://p:1", "NO_PROXY": "8.8.0.0/16"}, ""),
        ("http://8.9.8.8/", {"http_proxy": "http://p:1", "NO_PROXY": "8.8.0.0/16,nonsense"}, "http://p:1"),
    ],
)
def test_the_proxy_is_chosen_as_curl_would(url, environment, proxy):
    assert proxy_for(target(url, ()), Limits(), environment) == proxy


def test_a_named_proxy_wins_over_the_environment_and_no_proxy_over_both():
    to = target("http://a.example/", ())

    assert proxy_for(to, Limits(proxy="http://named:1"), {"http_proxy": "http://p:1"}) == "http://named:1"
    assert proxy_for(to, Limits(proxy="http://named:1"), {"no_proxy": "a.example"}) == ""


# ---- TLS


def certificate(folder, name):
    """Return the file of a self-signed certificate with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"证书 of {name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


class SecurePress(Press):
    """A host that speaks TLS."""

    certificate_file = None

    def get_request(self):
        plain, address = super().get_request()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate_file)
        plain.settimeout(10)
        return context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), address


@pytest.fixture
def secure(tmp_path):
    opened = []

    def make(name, pages):
        class Here(SecurePress):
            certificate_file = certificate(tmp_path, name)

        opened.append(Here(pages))
        return opened[-1]

    yield make
    for one in opened:
        one.shutdown()
        one.server_close()


def test_tls_is_noted_and_the_authorities_can_be_named(press, secure):
    host = secure("paper.localhost", {"*": answer(b"x")})
    url = host.url("/a").replace("http:", "https:")
    for capture in fetch(url, url + "2", ca_file=str(host.certificate_file)).values():
        assert capture.body == b"x"
        assert capture.tls.startswith("TLSv1.3 TLS_")


def test_a_certificate_of_nobody_is_refused(press, secure):
    host = secure("paper.localhost", {"*": answer(b"x")})
    error = fetch_one(host.url("/a").replace("http:", "https:"))

    assert isinstance(error, Unreachable)
    assert "certificate" in str(error)
    assert host.asked() == []


def test_a_certificate_for_another_name_is_refused(press, secure):
    host = secure("other.localhost", {"*": answer(b"x")})
    error = fetch_one(host.url("/a").replace("http:", "https:"), ca_file=str(host.certificate_file))

    assert isinstance(error, Unreachable)
    assert host.asked() == []


def test_a_host_that_does_not_speak_tls_is_unreachable(press):
    host = press({"*": answer(b"x")})

    url = host.url("/a").replace("http:", "https:")

    assert isinstance(fetch_one(url, connect_timeout_s=2.0), TooSlow | Unreachable)
