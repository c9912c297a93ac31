"""A request, its answer, and the function between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ccm_gitops.secrets import Secret

_MAX_BYTES = 64 * 1024


@dataclass(frozen=True, kw_only=True)
class Request:
    """What to send; a user and password in the URL become basic authentication."""

    method: str
    url: Secret
    headers: Mapping[str, str | Secret] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True, kw_only=True)
class Response:
    """An answer; header names in lower case. `complete` is false where the body was cut."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    complete: bool = True


def send(
    request: Request,
    *,
    timeout: float,
    allow_private: bool = False,
    ca_file: Path | None = None,
    max_bytes: int = _MAX_BYTES,
) -> Response:
    """Send once and read the answer, in `timeout` seconds from name to last byte.

    Redirects are answers like any other, proxies of the environment are not used. Of the body at
    most `max_bytes` are read; what has come when the time ends or the line breaks is kept.
    Raises HttpError when there is no answer or the address may not be called (see `addresses`);
    no text of it holds more of the URL than scheme and host.
    """
    # The libraries cost 80 ms of start-up, which a run without messages need not pay.
    from ccm_gitops.http.wire import Limits, exchange  # noqa: PLC0415

    limits = Limits(timeout=timeout, max_bytes=max_bytes, allow_private=allow_private)
    return exchange(request, limits, ca_file)
