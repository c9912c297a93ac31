"""Which forge a repository is on, where its interface is, and which token goes there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from ccm_gitops.errors import ForgeError
from ccm_gitops.forges import Place, connect
from ccm_gitops.forges.address import host_and_path
from ccm_gitops.secrets import Secret

COMMIT = "a" * 40


def link(url: str, environ: Mapping[str, str] = {}, **place: Any) -> str:
    fields: dict[str, Any] = {"kind": None, "api_url": None, "is_declared": True, **place}
    return connect(Place(url=url, **fields), Secret("t"), environ).link(COMMIT, "CLAUDE.md", (3, 9))


GITHUB_JOB = {
    "GITHUB_SERVER_URL": "https://h.example",
    "GITHUB_API_URL": "https://h.example/api/v3",
}
GITLAB_JOB = {"CI_SERVER_URL": "https://h.example", "CI_API_V4_URL": "https://h.example/api/v4"}
HUB = "acme/web/blob/" + COMMIT + "/CLAUDE.md?plain=1#L3-L9"
LAB = "-/blob/" + COMMIT + "/CLAUDE.md?plain=1#L3-9"


@pytest.mark.parametrize(
    ("url", "given", "expected"),
    [
        ("https://github.com/acme/web.git", {}, f"https://github.com/{HUB}"),
        ("git@github.com:acme/web.git", {"is_declared": False}, f"https://github.com/{HUB}"),
        ("https://gitlab.com/a/b/c/web", {}, f"https://gitlab.com/a/b/c/web/{LAB}"),
        ("ssh://git@gitlab.com:22/a/web.git", {}, f"https://gitlab.com/a/web/{LAB}"),
        ("https://h.example/acme/web", {"environ": GITHUB_JOB}, f"https://h.example/{HUB}"),
        ("https://h.example/a/web", {"environ": GITLAB_JOB}, f"https://h.example/a/web/{LAB}"),
        ("https://h.example/acme/web", {"kind": "github"}, f"https://h.example/{HUB}"),
        ("https://h.example/a/web", {"kind": "gitlab"}, f"https://h.example/a/web/{LAB}"),
        (
            "git@h.example:a/web.git",
            {"api_url": "https://api.example/api/v4/", "is_declared": False},
            f"https://api.example/a/web/{LAB}",
        ),
        (
            "https://h.example/lab/a/web.git",
            {"api_url": "https://h.example/lab/api/v4"},
            f"https://h.example/lab/a/web/{LAB}",
        ),
        (
            "file:///srv/git/acme/web.git",
            {"api_url": "http://127.0.0.1:1"},
            f"http://127.0.0.1:1/{HUB}",
        ),
    ],
)
def test_the_address_tells_the_forge(url: str, given: dict[str, Any], expected: str):
    assert link(url, **given) == expected


@pytest.mark.parametrize(
    ("url", "given", "why"),
    [
        ("https://h.example/a/b", {}, "h.example is no forge that is known; set publish.forge"),
        ("/srv/a/b", {"kind": "gitlab"}, "a folder is no forge that may be sent a token"),
        # The remote of a checkout is that repository's own word.
        (
            "https://h.example/a/b",
            {"kind": "gitlab", "is_declared": False},
            "h.example is no forge",
        ),
        ("https://github.com/web", {}, "does not end with an owner and a name"),
    ],
)
def test_no_host_gets_the_token_that_nobody_named(url: str, given: dict[str, Any], why: str):
    with pytest.raises(ForgeError, match=why):
        link(url, **given)


def test_without_a_token_the_variable_to_set_is_named():
    for host, variable in (("github.com", "GITHUB_TOKEN"), ("gitlab.com", "GITLAB_TOKEN")):
        place = Place(url=f"https://{host}/a/b", kind=None, api_url=None, is_declared=True)
        with pytest.raises(ForgeError, match=rf"set publish\.token or \${variable}"):
            connect(place, None, {"OTHER_TOKEN": "t"})
        connect(place, None, {variable: "t"})


@pytest.mark.parametrize(
    "url", ["https://h.example/", "h:web", "", "https://h.example/a/b?c=d e/.."]
)
def test_an_address_without_a_name_is_refused(url: str):
    if url.endswith("/.."):
        assert host_and_path(url) == ("h.example", "a/b")
        return
    with pytest.raises(ForgeError):
        host_and_path(url)
