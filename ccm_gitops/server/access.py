"""Who may ask for what: pure decisions on the head of a request."""

from __future__ import annotations

import hmac
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

_HOST = re.compile(r"(\[(?P<six>[0-9a-f:.]+)\]|(?P<name>[a-z0-9._-]+))(:\d{1,5})?")
_READS = frozenset({"GET", "HEAD", "OPTIONS"})


class Refusal(NamedTuple):
    """The status of the answer, and a sentence."""

    status: int
    detail: str


@dataclass(frozen=True)
class Policy:
    """`hosts` are the names that this server goes by; `open_reads`: reading needs no token.

    `cookie` is the name and the value of the cookie that a browser has once it is logged in.
    """

    token: str
    hosts: frozenset[str]
    open_reads: bool
    cookie: tuple[str, str]

    def objection(self, method: str, scheme: str, headers: Mapping[str, str]) -> Refusal | None:
        """Why a request is refused before it is looked at, or None; header names in lower case."""
        host = headers.get("host", "")
        if not self._is_own(host):
            return Refusal(421, "this server does not go by that name; see --allow-host")
        origin = headers.get("origin")
        if origin is not None and origin != f"{scheme}://{host}":
            return Refusal(403, "requests from pages of another origin are refused")
        if headers.get("sec-fetch-site", "none") in ("cross-site", "same-site"):
            return Refusal(403, "requests from pages of another site are refused")
        is_read = method in _READS
        if self.is_authorized(headers) or (self.open_reads and is_read):
            return None
        # Other servers of this machine are of the same site: a cookie needs the origin beside it.
        if self._is_logged_in(headers) and (is_read or origin is not None):
            return None
        return Refusal(401, "send the token of this server as `Authorization: Bearer TOKEN`")

    def is_authorized(self, headers: Mapping[str, str]) -> bool:
        """Does the request carry the token."""
        scheme, _, given = headers.get("authorization", "").partition(" ")
        return scheme.lower() == "bearer" and self.is_token(given)

    def is_token(self, given: str) -> bool:
        """Is this the token."""
        return hmac.compare_digest(given.strip().encode(), self.token.encode())

    def _is_logged_in(self, headers: Mapping[str, str]) -> bool:
        name, value = self.cookie
        given = [item.strip().partition("=") for item in headers.get("cookie", "").split(";")]
        return any(
            key == name and hmac.compare_digest(text.encode(), value.encode())
            for key, _, text in given
        )

    def _is_own(self, host: str) -> bool:
        """A name of ours, or an address: no foreign page can make its own name an address."""
        found = _HOST.fullmatch(host.lower())
        if not found:
            return False
        name = found["six"] or found["name"]
        if name in self.hosts or name == "localhost":
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


def is_loopback(host: str) -> bool:
    """Is this an address of the machine itself, that no other can reach."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
