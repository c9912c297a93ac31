"""The HTTP client against real servers: what arrives, what is refused, what never shows."""

from __future__ import annotations

import ipaddress
import logging
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ccm_gitops.errors import HttpError
from ccm_gitops.http import Request, Response, send
from ccm_gitops.http.addresses import may_call
from ccm_gitops.secrets import Secret
from tests.support.receiver import Answer, Receiver, refusing_port

CERTIFICATE = Path(__file__).parent / "support" / "tls" / "localhost.pem"
SECRET = "T0PS3CRET"


def post(url: str, *, timeout: float = 2.0, allow_private: bool = True, **more) -> Response:
    request = Request(method="POST", url=Secret(url), body=b"{}", headers={"X-Key": Secret(SECRET)})
    return send(request, timeout=timeout, allow_private=allow_private, **more)


PUBLIC = ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::"]
OWN = ["127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "100.64.0.1", "fd00::1"]
OWN_IN_DISGUISE = ["::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"]
NOBODYS = [
    "169.254.169.254",
    "::ffff:169.254.169.254",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::a9fe:a9fe",
    "2002:a9fe:a9fe::",
    "fe80::1",
    "fe80::1%1",
    "fec0::1",
    "0.0.0.0",
    "::",
    "224.0.0.1",
    "224.0.1.1",
    "ff0e::1",
    "240.0.0.1",
    "255.255.255.255",
    "198.18.0.1",
    "2001::1",
]


@pytest.mark.parametrize("text", NOBODYS)
def test_an_address_that_is_neither_public_nor_ones_own_is_never_called(text):
    address = ipaddress.ip_address(text)
    assert not may_call(address, allow_private=False)
    assert not may_call(address, allow_private=True)


@pytest.mark.parametrize("text", OWN + OWN_IN_DISGUISE)
def test_ones_own_address_is_called_only_where_that_is_asked_for(text):
    address = ipaddress.ip_address(text)
    assert not may_call(address, allow_private=False)
    assert may_call(address, allow_private=True)


@pytest.mark.parametrize("text", PUBLIC)
def test_a_public_address_may_be_called(text):
    assert may_call(ipaddress.ip_address(text), allow_private=False)


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "[::ffff:127.0.0.1]"]
)
def test_a_private_receiver_is_not_called_under_any_spelling_of_its_address(host):
    with Receiver() as receiver, pytest.raises(HttpError, match="not a public one") as caught:
        post(f"http://{host}:{receiver.port}/{SECRET}", allow_private=False)
    assert receiver.received == []
    assert not caught.value.temporary


@pytest.mark.parametrize(
    "url",
    ["ftp://example.com/x", "file:///etc/passwd", "example.com", "", "http://", "http://[::1"],
)
def test_what_is_no_web_address_is_refused_for_good(url):
    with pytest.raises(HttpError, match="URL") as caught:
        post(url)
    assert not caught.value.temporary


def test_a_request_arrives_whole_with_the_name_as_host():
    with Receiver(Answer(201, {"X-Reply": "yes"}, b"made")) as receiver:
        response = post(f"http://localhost:{receiver.port}/hook?a=1&b=%20")
    (seen,) = receiver.received
    assert (seen.method, seen.path, seen.body) == ("POST", "/hook?a=1&b=%20", b"{}")
    assert seen.headers["host"] == f"localhost:{receiver.port}"
    assert seen.headers["x-key"] == SECRET
    assert seen.headers["user-agent"].startswith("ccm-gitops/")
    assert (response.status, response.body, response.complete) == (201, b"made", True)
    assert response.headers["x-reply"] == "yes"


def test_a_user_in_the_url_becomes_basic_authentication():
    with Receiver() as receiver:
        post(f"http://me:pa%20ss@127.0.0.1:{receiver.port}/")
    assert receiver.received[0].headers["authorization"] == "Basic bWU6cGEgc3M="


def test_proxies_of_the_environment_are_not_used(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with Receiver() as receiver:
        assert post(receiver.url).status == 200


def test_a_redirect_is_an_answer_and_is_not_followed():
    with Receiver() as target, Receiver(Answer(302, {"Location": target.url})) as receiver:
        assert post(receiver.url).status == 302
    assert target.received == []


def test_a_certificate_is_checked_against_the_name_although_the_address_is_called():
    with Receiver(certificate=CERTIFICATE) as receiver:
        assert post(receiver.url, ca_file=CERTIFICATE).status == 200
        with pytest.raises(HttpError, match="certificate is not trusted"):
            post(receiver.url)
        with pytest.raises(HttpError, match="certificate is not trusted"):
            post(receiver.url.replace("localhost", "127.0.0.1"), ca_file=CERTIFICATE)
    assert len(receiver.received) == 1


def test_a_file_that_holds_no_certificates_is_named(tmp_path):
    with pytest.raises(HttpError, match=r"own\.pem: cannot be read as certificates"):
        post("https://localhost/", ca_file=tmp_path / "own.pem")


def test_a_huge_body_is_cut_and_said_to_be():
    with Receiver(Answer(body=b"x" * 1_000_000)) as receiver:
        response = post(receiver.url, max_bytes=1000)
    assert (response.body, response.complete) == (b"x" * 1000, False)


def test_a_body_that_drips_ends_at_the_deadline_and_its_status_counts():
    with Receiver(Answer(drip=0.1, body=b"x" * 1000)) as receiver:
        begun = time.monotonic()
        response = post(receiver.url, timeout=0.4)
    assert (response.status, response.complete) == (200, False)
    assert time.monotonic() - begun < 1.5


SILENT = {
    "hangs": Answer(delay=30),
    "drips its head": Answer(drip=0.1, drip_head=True),
    "resets": Answer(reset=True),
    "speaks nonsense": Answer(headers={"Bad Name\x00": "1"}),
}


@pytest.mark.parametrize("answer", SILENT.values(), ids=SILENT)
def test_a_server_without_an_answer_is_given_up_in_time(answer):
    begun = time.monotonic()
    with Receiver(answer) as receiver, pytest.raises(HttpError) as caught:
        post(receiver.url, timeout=0.4)
    assert caught.value.temporary
    assert time.monotonic() - begun < 1.5


def _failing_urls(stack: Receiver, closed: int) -> dict[str, str]:
    return {
        "refused": f"http://127.0.0.1:{closed}/{SECRET}",
        "broken": f"{stack.url}/{SECRET}?sig={SECRET}",
        "no TLS": f"https://me:{SECRET}@127.0.0.1:{stack.port}/{SECRET}",
        "unresolved": f"http://no-such-host.invalid/{SECRET}",
        "line break": f"http://127.0.0.1/{SECRET}\n{SECRET}",
        "bad port": f"http://127.0.0.1:{SECRET}/",
        "no scheme": f"127.0.0.1/{SECRET}",
    }


def test_no_failure_shows_more_of_the_url_than_scheme_and_host(caplog, capfd):
    caplog.set_level(logging.DEBUG)
    with Receiver(Answer(reset=True)) as receiver, refusing_port() as closed:
        for name, url in _failing_urls(receiver, closed).items():
            with pytest.raises(HttpError) as caught:
                post(url)
            logging.getLogger("test").error("%s", name, exc_info=caught.value)
    output = "".join(capfd.readouterr())
    assert "refused" in caplog.text  # the log was really taken
    assert SECRET not in caplog.text + output


def test_no_answer_is_logged_with_the_url_that_it_echoes(caplog):
    caplog.set_level(logging.DEBUG)
    with Receiver(lambda request: Answer(302, {"Location": request.path})) as receiver:
        assert SECRET in post(f"{receiver.url}/{SECRET}").headers["location"]
    assert SECRET not in caplog.text


def test_the_client_is_imported_without_its_libraries():
    code = "import ccm_gitops.http, sys; sys.exit('httpx' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_a_header_that_cannot_be_sent_is_refused_for_good():
    request = Request(method="POST", url=Secret("http://127.0.0.1/"), headers={"X": "ü"})
    with pytest.raises(HttpError, match="a header holds") as caught:
        send(request, timeout=1, allow_private=True)
    assert not caught.value.temporary
    with Receiver() as receiver, pytest.raises(HttpError, match="in this form") as caught:
        split = Request(method="POST", url=Secret(receiver.url), headers={"X": "a\r\nb: c"})
        send(split, timeout=1, allow_private=True)
    assert receiver.received == []
    assert not caught.value.temporary
