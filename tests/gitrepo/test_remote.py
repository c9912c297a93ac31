from __future__ import annotations

import base64

import pytest

from ccm_gitops.errors import GitError
from ccm_gitops.gitrepo.remote import list_remote, protocol
from ccm_gitops.secrets import Secret
from tests.support.git_server import CERTIFICATE, trust_certificate
from tests.support.receiver import Answer, Receiver


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://github.com/acme/web.git", "https"),
        ("ssh://git@host:22/web.git", "ssh"),
        ("git@github.com:acme/web.git", "ssh"),
        ("host:path", "ssh"),
        ("file:///srv/web.git", "file"),
        ("/srv/web.git", "file"),
    ],
)
def test_the_protocol_of_a_url(url: str, expected: str):
    assert protocol(url) == expected


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c touch% /tmp/x",
        "fd::17",
        "http://github.com/acme/web.git",
        "git://host/x",
        "--upload-pack=touch /tmp/x",
        "-oProxyCommand=x:y",
        "../web.git",
        "web",
        "",
    ],
)
def test_any_other_url_is_refused(url: str):
    with pytest.raises(GitError, match="give an https://"):
        protocol(url)


def test_a_refusal_does_not_show_a_password():
    with pytest.raises(GitError, match=r"http://\*\*\*@host/x"):
        protocol("http://ada:pw@host/x")


def test_the_token_is_sent_as_a_password_and_never_shown(monkeypatch: pytest.MonkeyPatch):
    trust_certificate(monkeypatch)
    token = Secret("t0ken")
    with Receiver(Answer(status=403), certificate=CERTIFICATE) as server:
        with pytest.raises(GitError) as caught:
            list_remote(f"{server.url}/acme/web.git", token)
        sent = [request.headers.get("authorization") for request in server.received]
    expected = base64.b64encode(b"x-access-token:t0ken").decode()
    assert sent == [f"Basic {expected}"]
    assert "403" in str(caught.value)
    assert "t0ken" not in str(caught.value)
    assert expected not in str(caught.value)


def test_the_token_does_not_follow_to_another_host(monkeypatch: pytest.MonkeyPatch):
    trust_certificate(monkeypatch)
    with Receiver(Answer(status=403), certificate=CERTIFICATE) as other:
        # Another port is another host in this respect.
        moved = Answer(status=302, headers={"Location": f"{other.url}/x.git/info/refs"})
        with Receiver(moved, certificate=CERTIFICATE) as server, pytest.raises(GitError):
            list_remote(f"{server.url}/acme/web.git", Secret("t0ken"))
        assert other.received
        assert not any("authorization" in request.headers for request in other.received)
