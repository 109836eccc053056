"""The address guard: every special range, every odd spelling, every embedded address; and nothing ordinary."""

import ipaddress
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests import needs

from tearsheet.fetch import guard
from tearsheet.fetch.guard import ascii_host, connection_refusal, host_refusal, passes, refusal

# The IANA special-purpose registries (2024), with multicast, reserved and deprecated blocks.
SPECIAL = """
0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.0.0/29 192.0.0.8/32
192.0.0.9/32 192.0.0.10/32 192.0.0.170/32 192.0.0.171/32 192.0.2.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24
192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 255.255.255.255/32
::/128 ::1/128 ::/96 ::ffff:0:0:0/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001::/32 2001:1::1/128
2001:1::2/128 2001:1::3/128 2001:2::/48 2001:3::/32 2001:4:112::/48 2001:10::/28 2001:20::/28 2001:30::/28
2001:db8::/32 2002::/16 2620:4f:8000::/48 3fff::/20 3ffe::/16 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8
ff02::1/128 4000::/3 8000::/1 200::/7 1000::/4
""".split()  # noqa: SIM905 a table

ORDINARY = """
1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.255.255
169.255.0.0 172.15.255.255 172.32.0.0 191.255.255.255 192.0.1.0 192.0.3.0 192.88.98.255 192.88.100.0 192.167.255.255
192.169.0.0 198.17.255.255 198.20.0.0 198.51.99.255 198.51.101.0 203.0.112.255 203.0.114.0 223.255.255.255 2001:200::1
2001:4860:4860::8888 2400:cb00::1 2606:4700:4700::1111 2620:fe::fe 2a00:1450:4001:82a::200e 2c0f:f248::1
64:ff9b::808:808 ::ffff:8.8.8.8
""".split()  # noqa: SIM905 a table


def ends(network):
    """Return the first, second, middle and last address of a network."""
    whole = ipaddress.ip_network(network)
    size = whole.num_addresses
    return {str(whole[place]) for place in (0, min(1, size - 1), size // 2, size - 1)}


@pytest.mark.parametrize("network", SPECIAL)
def test_every_special_range_is_refused_to_its_ends(network):
    for address in ends(network):
        assert refusal(address), address


@pytest.mark.parametrize("address", ORDINARY)
def test_ordinary_addresses_pass_up_to_the_edge_of_the_special_ones(address):
    assert refusal(address) == ""
    assert host_refusal(f"[{address}]" if ":" in address else address) == ""


@pytest.mark.parametrize("inner", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "0.0.0.0", "224.0.0.1"])
def test_an_ipv4_address_inside_an_ipv6_one_is_judged_itself(inner):
    value = int(ipaddress.IPv4Address(inner))
    high, low = value >> 16, value & 0xFFFF
    forms = {
        "mapped": f"::ffff:{inner}",
        "compatible": f"::{high:x}:{low:x}",
        "translated": f"::ffff:0:{high:x}:{low:x}",
        "NAT64": f"64:ff9b::{high:x}:{low:x}",
        "local NAT64": f"64:ff9b:1::{high:x}:{low:x}",
        "6to4": f"2002:{high:x}:{low:x}::1",
        "Teredo": f"2001:0:4136:e378:8000:63bf:{high ^ 0xFFFF:x}:{low ^ 0xFFFF:x}",
        "ISATAP": f"2a00:1450::5efe:{high:x}:{low:x}",
        "ISATAP, global": f"2a00:1450::200:5efe:{high:x}:{low:x}",
    }
    for name, address in forms.items():
        assert refusal(address), name


def test_an_isatap_address_of_an_ordinary_host_passes():
    assert refusal("2a00:1450::200:5efe:808:808") == ""


LOOPBACK_SPELLINGS = [
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "2130706433",
    "017700000001",
    "0x7f000001",
    "0X7F.0.0.1",
    "0x7f.1",
    "0177.0.0.01",
    "0",
    "0x",
    "00",
    "0.0",
    "１２７.0.0.1",
    "①②⑦.0.0.1",
    "127。0。0。1",
    "127．0．0．1",
    "127｡0｡0｡1",
    "%31%32%37.0.0.1",
    "127.0.0%2e1",
    "[::1]",
    "::1",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:7f00:1]",
    "[::1%25lo]",
    "[fe80::1%eth0]",
    "fe80::1%eth0",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "ｌｏｃａｌｈｏｓｔ",
    "a.localhost",
    "localhost.localdomain",
    "ip6-localhost",
    "printer.local",
    "metadata.google.internal",
    "router.home.arpa",
    "169.254.169.254",
    "0xa9fea9fe",
    "[fd00:ec2::254]",
]


@pytest.mark.parametrize("host", LOOPBACK_SPELLINGS)
def test_no_spelling_of_a_private_host_passes(host):
    assert host_refusal(host)


@pytest.mark.parametrize(
    "host",
    [
        "",
        ".",
        "a..b",
        "a b",
        "a/b",
        "a@b",
        "1.2.3.4.5",
        "256.1.1.1",
        "1.2.3.0x100",
        "08.1.1.1",
        "foo.1",
        "a.0x0",
        "[::1",
        "[g::]",
        "::1::",
        "-a.example",
        "a" * 64,
        "é" * 80,
        "℀.example",
        "a\x00b",
    ],
)
def test_malformed_hosts_are_refused(host):
    assert host_refusal(host)


@pytest.mark.parametrize(
    ("host", "wire"),
    [
        ("paper.example", "paper.example"),
        ("Paper.Example.", "paper.example"),
        ("replay", "replay"),
        ("报纸.example", "xn--4ruw83d.example"),
        ("a_b.example", "a_b.example"),
        ("1and1.example", "1and1.example"),
        ("[2606:4700::1111]", "[2606:4700::1111]"),
    ],
)
def test_ordinary_names_pass_and_have_a_form_for_the_wire(host, wire):
    assert host_refusal(host) == ""
    assert ascii_host(host) == wire


@pytest.mark.parametrize("port", [0, 22, 25, 53, 6379, 11211, 65536, -1])
def test_ports_of_other_services_are_refused(port):
    assert "port" in host_refusal("paper.example", port=port)


@pytest.mark.parametrize("port", [80, 443, 8080, 8000, 3000])
def test_ports_of_the_web_pass(port):
    assert host_refusal("paper.example", port=port) == ""


def test_what_is_allowed_passes_and_nothing_else():
    allow = ("*.localhost", "127.0.0.1:8000", "[fd00::1]", "10.0.0.0/8", "intranet.local")

    assert host_refusal("paper.localhost", allow, port=8123) == ""
    assert host_refusal("localhost", allow)
    assert host_refusal("notlocalhost.local", allow)
    assert host_refusal("127.0.0.1", allow, port=8000) == ""
    assert host_refusal("0x7f.1", allow, port=8000) == ""
    assert host_refusal("127.0.0.1", allow, port=80)
    assert host_refusal("127.0.0.2", allow, port=8000)
    assert host_refusal("[fd00::1]", allow) == ""
    assert host_refusal("10.9.8.7", allow) == ""
    assert host_refusal("11.0.0.1", allow) == ""
    assert host_refusal("192.168.0.1", allow)
    assert host_refusal("192.168.0.1", ("*.168.0.1",)), "no name, so nothing is below it"
    assert host_refusal("intranet.local", allow, port=22) == ""


def test_only_networks_let_a_name_resolve_into_them():
    assert connection_refusal("10.0.0.5", ("10.0.0.0/8",), port=80) == ""
    assert connection_refusal("::ffff:10.0.0.5", ("10.0.0.0/8",), port=80) == ""
    assert connection_refusal("10.0.0.5", ("10.0.0.5",), port=80)
    assert connection_refusal("10.0.0.5", ("10.0.0.0/8:8080",), port=8080) == ""
    assert connection_refusal("10.0.0.5", ("10.0.0.0/8:8080",), port=80)
    assert connection_refusal("192.168.0.1", ("10.0.0.0/8",), port=80)
    assert connection_refusal("fe80::1%eth0", ("10.0.0.0/8",), port=80)
    assert refusal("2606:4700::1%eth0")
    assert connection_refusal("nonsense", ("10.0.0.0/8",), port=80)
    assert passes("a.localhost", ("*.localhost:*",), port=9)


@given(value=st.integers(0, 2**32 - 1))
def test_all_notations_of_an_address_are_judged_alike(value):
    address = str(ipaddress.IPv4Address(value))
    a, b, c, d = (int(part) for part in address.split("."))
    why = refusal(address)
    for spelled in (
        address,
        address + ".",
        str(value),
        hex(value),
        f"0{value:o}",
        f"{a:#x}.{b}.{c * 256 + d}",
        f"0{a:o}.{value & 0xFFFFFF}",
        f"[::ffff:{address}]",
    ):
        assert bool(host_refusal(spelled)) == bool(why), spelled


@given(address=st.ip_addresses(v=6))
def test_nothing_outside_global_unicast_passes(address):
    if refusal(str(address)) == "":
        assert (
            address in ipaddress.ip_network("2000::/3")
            or address.ipv4_mapped
            or address in ipaddress.ip_network("64:ff9b::/96")
        )


@given(host=st.text(max_size=30))
def test_any_text_is_judged_without_an_exception(host):
    assert isinstance(host_refusal(host), str)
    assert isinstance(ascii_host(host), str)


@needs.shared("bench/security/addresses.json")
def test_the_developer_set_is_judged_right():
    given = json.loads((needs.SHARED / "bench/security/addresses.json").read_text())

    assert [row for row in given["refuse"] if not refusal(row["address"])] == []
    assert [row for row in given["refuse"] if not host_refusal(row["address"])] == []
    assert [row for row in given["refuse_spellings"] if not host_refusal(row["host"])] == []
    assert [address for address in given["allow"] if refusal(address) or host_refusal(address)] == []


def test_the_tables_name_every_range_with_a_reason():
    for table in (guard.V4_REFUSED, guard.V6_REFUSED, guard.V6_NAMES):
        assert all(ipaddress.ip_network(network) and why for network, why in table)
