"""A repository elsewhere, by its URL: list its refs, fetch one, push one with a lease."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from ccm_gitops.errors import GitError, RefMovedError, RepositoryError
from ccm_gitops.gitrepo.command import Network, Output, Place, git, workshop
from ccm_gitops.gitrepo.objects import ObjectStore
from ccm_gitops.secrets import Secret, redact

# The other side of a remote that is a folder runs on this machine, as us: its hooks, filters and
# programs are switched off as those of any target are, and a checked-out branch is left alone.
_SERVER = (
    "git -c core.hooksPath=/dev/null -c core.fsmonitor=false -c core.alternateRefsCommand=:"
    " -c receive.autogc=false -c receive.denyCurrentBranch=refuse -c safe.directory='*'"
)


@dataclass(frozen=True)
class Listing:
    """What a repository offers: the branch its HEAD names, and full ref name → id."""

    default_branch: str | None
    refs: Mapping[str, str]


@dataclass(frozen=True)
class Remote:
    """A URL, the store that objects go to and come from, and a token for HTTPS."""

    url: str
    store: ObjectStore
    token: Secret | None = None

    def __str__(self) -> str:
        return redact(self.url)

    def ref(self, name: str) -> str | None:
        """The id that a branch (`refs/heads/…`) stands at there; None when it does not exist."""
        return list_remote(self.url, self.token).refs.get(name)

    def fetch(self, name: str, into: str, place: Place, *, depth: int) -> None:
        """Fetch the last `depth` commits of a ref into the ref `into` of a repository of ours."""
        options = ("--quiet", "--no-tags", "--no-write-fetch-head", f"--depth={depth}")
        _run(place, self.url, self.token, ("fetch", *options), f"+{name}:{into}")

    def move_ref(self, name: str, new: str | None, old: str | None) -> None:
        """Push `new` (None: its end) to a branch that must be at `old` (None: must not exist).

        Raises RefMovedError when it is elsewhere, GitError when the other side refuses.
        """
        lease = f"--force-with-lease={name}:{old or ''}"
        options = ("--quiet", "--no-verify", "--no-signed", "--no-follow-tags", lease)
        with self.store.workshop() as place:
            try:
                _run(place, self.url, self.token, ("push", *options), f"{new or ''}:{name}")
            except GitError as error:
                if "stale info" not in str(error) and self.ref(name) == old:
                    raise
                raise RefMovedError(
                    f"{name} of {self} is not at {old or 'nothing'}: it moved meanwhile"
                ) from error


def list_remote(url: str, token: Secret | None) -> Listing:
    """Ask a repository for its branches; raises GitError when it cannot be reached."""
    with workshop() as place:
        lines = _run(place, url, token, ("ls-remote", "--symref"), "HEAD", "refs/heads/*").text
    default, refs = None, {}
    for line in lines.splitlines():
        value, _, name = line.partition("\t")
        if name == "HEAD" and value.startswith("ref: refs/heads/"):
            default = value.removeprefix("ref: refs/heads/")
        elif name.startswith("refs/heads/"):
            refs[name] = value
    return Listing(default, refs)


def protocol(url: str) -> str:
    """`https`, `ssh` or `file`; raises RepositoryError for any other URL, such as `ext::…`."""
    if url.startswith(("https://", "ssh://", "file://")):
        return url.partition(":")[0]
    if url.startswith("/"):
        return "file"
    if re.match(r"(\w[\w.+-]*@)?\w[\w.-]*:(?!:|//)", url, re.ASCII):
        return "ssh"
    raise RepositoryError(
        f"{redact(url)}: give an https://, ssh:// or file:// URL, host:path, or an absolute path"
    )


def _run(
    place: Place, url: str, token: Secret | None, command: tuple[str, ...], *refs: str
) -> Output:
    scheme = protocol(url)
    if scheme == "file":
        side = "receive-pack" if command[0] == "push" else "upload-pack"
        command = (*command, f"--{side}={_SERVER} {side}")
    network = Network(
        protocol=scheme,
        settings=_authorization(url, token),
        secrets=(token,) if token else (),
    )
    return git(place, *command, "--", url, *refs, network=network)


def _authorization(url: str, token: Secret | None) -> Mapping[str, str]:
    """The setting that sends the token, as a password, to the URL's own host only."""
    if token is None or protocol(url) != "https":
        return {}
    parts = urlsplit(url)
    host = f"https://{parts.netloc.rpartition('@')[2]}/"
    credentials = base64.b64encode(f"x-access-token:{token.reveal()}".encode()).decode()
    return {f"http.{host}.extraHeader": f"Authorization: Basic {credentials}"}
