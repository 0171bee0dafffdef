"""Reading from addresses that mean no good, against real servers on loopback."""

from __future__ import annotations

import _socket
import socket

import pytest
from calendar_servers import Misbehaving, calendar
from certificates import made

from kernel.fetching import MOST_BYTES, Failure, NotFetched, Request, fetch, is_outside, parts


@pytest.fixture
def server():
    with Misbehaving() as running:
        yield running


def failure(address: str, *, local: bool = True, seconds: float = 5) -> Failure:
    with pytest.raises(NotFetched) as refused:
        fetch(Request(address), local=local, seconds=seconds)
    return refused.value.failure


def test_a_calendar_is_read_whatever_it_says_its_type_is(server):
    server.server.content = calendar("DTSTART:20260101T090000Z\nDURATION:PT1H")
    assert fetch(Request(f"{server.address}/good"), local=True) == server.server.content


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("lost", Failure.STATUS),
        ("broken-server", Failure.STATUS),
        ("locked", Failure.STATUS),
        ("endless", Failure.TOO_BIG),
        ("announced", Failure.TOO_BIG),
        ("loop", Failure.REDIRECTS),
        ("short", Failure.SILENT),
        ("babble", Failure.SILENT),
    ],
)
def test_what_misbehaves_is_named(server, path, why):
    assert failure(f"{server.address}/{path}") is why


@pytest.mark.parametrize("path", ["silent", "drip", "stalled", "drip-body"])
def test_the_time_is_over_in_all(server, path):
    """Each of them goes on for ever, or for half a minute: to come back is to have stopped it."""
    assert failure(f"{server.address}/{path}", seconds=0.5) is Failure.SLOW


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """What servers of the tests show: what is right, of another host, and over."""
    folder = tmp_path_factory.mktemp("certificates")
    (folder / "over").mkdir()
    return {
        "right": made(folder),
        "another_host": made(folder, "calendar.example"),
        "over": made(folder / "over", days=-1),
    }


def test_a_server_whom_nobody_vouches_for_is_not_read(certificates):
    with Misbehaving(certificates["right"].context()) as server:
        assert failure(f"{server.address}/good") is Failure.CERTIFICATE
        assert server.server.seen == []


@pytest.mark.parametrize("which", ["right", "another_host", "over"])
def test_a_server_that_is_trusted_is_read_over_tls(monkeypatch, certificates, which):
    shown = certificates[which]
    # How an operator tells the system's library of an authority of their own.
    monkeypatch.setenv("SSL_CERT_FILE", str(shown.chain))
    with Misbehaving(shown.context()) as server:
        if which == "right":
            wanted = Request(f"{server.address}/good", user="eva", password="é")
            assert fetch(wanted, local=True) == calendar()
            assert server.server.seen == [("/good", "Basic ZXZhOsOp")]
            assert failure(f"{server.address}/silent", seconds=0.5) is Failure.SLOW
        else:
            assert failure(f"{server.address}/good") is Failure.CERTIFICATE
            assert server.server.seen == []


def test_a_gigabyte_is_not_swallowed(server):
    assert failure(f"{server.address}/endless") is Failure.TOO_BIG
    assert server.server.sent < 8 * MOST_BYTES


def test_three_redirects_are_followed_and_no_more(server):
    assert fetch(Request(f"{server.address}/thrice"), local=True) == calendar()
    assert len(server.server.seen) == 4


def test_nobody_at_home_is_said():
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))  # bound, and nobody listens
        assert failure(f"http://127.0.0.1:{door.getsockname()[1]}/") is Failure.SILENT


@pytest.mark.parametrize(
    "address",
    [
        "https://127.0.0.1/a.ics",
        "https://localhost/a.ics",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://2130706433/",
        "https://0x7f.1/",
        "https://0/",
        "https://anything.localhost/",
    ],
)
def test_an_address_inside_is_never_connected_to(monkeypatch, address):
    asked = []
    monkeypatch.setattr(socket, "create_connection", lambda *where, **_more: asked.append(where))
    monkeypatch.setattr(socket, "getaddrinfo", _real_resolve)
    assert failure(address, local=False) in (Failure.INSIDE, Failure.NOT_FOUND)
    assert asked == []


def _real_resolve(host, port, **more):
    """Resolve what needs no name server, as the system does."""
    if host.endswith(".localhost"):
        host = "localhost"
    return _socket.getaddrinfo(host, port, socket.AF_UNSPEC, more["type"])


def test_a_redirect_is_judged_like_the_first_address(server, monkeypatch):
    # The first address counts as outside here, since loopback is all that a test may reach.
    at = server.server.server_address[1]
    monkeypatch.setattr("kernel.fetching._judged", _only_this_port(at))
    assert failure(f"{server.address}/inside") is Failure.INSIDE
    assert [path for path, _ in server.server.seen] == ["/inside"]


def _only_this_port(port):
    def judged(where, _due, *, local):
        if where.port != port:
            raise NotFetched(Failure.INSIDE)
        return "127.0.0.1"

    return judged


def test_a_redirect_away_from_tls_is_refused():
    with pytest.raises(NotFetched, match="address"):
        parts("http://calendars.example/a.ics", local=False)


def test_a_password_goes_to_its_own_server_alone(server):
    with Misbehaving() as other:
        server.server.elsewhere = f"{other.address}/good"
        wanted = Request(f"{server.address}/elsewhere", user="eva", password="é")
        assert fetch(wanted, local=True) == calendar()
        assert server.server.seen == [("/elsewhere", "Basic ZXZhOsOp")]
        assert other.server.seen == [("/good", None)]


@pytest.mark.parametrize(
    "address",
    [
        *("", "calendar", "ftp://a.example/", "file:///etc/passwd", "https://", "https:///a"),
        *("https://a.example:99999/", "https://a.example/\r\nX: y", "https://a b.example/"),
        *("https://eva:pass@a.example/", "https://[::1", "javascript:alert(1)", "https://a:0/"),
    ],
)
def test_what_is_no_address_is_refused(address):
    with pytest.raises(NotFetched, match="address"):
        parts(address, local=False)


def test_a_scheme_may_have_another_name():
    address = "WEBCAL://a.example/x.ics?k=1"
    assert parts(address, aliases={"webcal": "https"}).geturl() == "https://a.example/x.ics?k=1"
    with pytest.raises(NotFetched, match="address"):
        parts(address)


@pytest.mark.parametrize(
    "ip",
    [
        *("127.0.0.1", "10.0.0.1", "172.16.9.9", "192.168.1.1", "169.254.169.254", "0.1.2.3"),
        *("100.64.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "fec0::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "2001::1"),
        *("2001:db8::1", "::127.0.0.1", "nonsense"),
    ],
)
def test_what_lies_inside_is_known(ip):
    assert is_outside(ip) is False


@pytest.mark.parametrize("ip", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_what_lies_outside_is_known(ip):
    assert is_outside(ip) is True
