"""One request over one guarded connection.

httpx builds the request; its transport library, httpcore, carries it, because there every read can
be held to one deadline and every connection to a checked address, and nothing logs the URL.
"""

from __future__ import annotations

import base64
import functools
import logging
import ssl
from dataclasses import dataclass
from pathlib import Path

import httpcore
import httpx

from ccm_gitops import __version__
from ccm_gitops.errors import HttpError
from ccm_gitops.http.client import Request, Response
from ccm_gitops.http.network import GuardedNetwork
from ccm_gitops.secrets import Secret

_BROKEN = (httpcore.NetworkError, httpcore.TimeoutException, httpcore.ProtocolError)

# At debug level it logs the headers of answers, and a redirect often holds the URL's secret.
logging.getLogger("httpcore").setLevel(logging.WARNING)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Seconds for the whole exchange, bytes of the answer's body, and where it may go."""

    timeout: float
    max_bytes: int
    allow_private: bool


def exchange(request: Request, limits: Limits, ca_file: Path | None) -> Response:
    """Send and read once; what `ccm_gitops.http.send` promises."""
    built = _built(request)
    place = f"{built.url.scheme}://{built.url.host}"
    network = GuardedNetwork(place, seconds=limits.timeout, allow_private=limits.allow_private)
    tls = _trust(ca_file) if built.url.scheme == "https" else None
    try:
        with (
            httpcore.ConnectionPool(ssl_context=tls, network_backend=network) as pool,
            pool.stream(
                built.method, _target(built.url), headers=built.headers.raw, content=request.body
            ) as answer,
        ):
            body, complete = _bounded(answer, limits.max_bytes)
            return Response(
                status=answer.status,
                headers=dict(httpx.Headers(answer.headers)),
                body=body,
                complete=complete,
            )
    except _BROKEN as error:
        # Without its cause: the libraries' texts may hold what was sent.
        temporary = not isinstance(error, httpcore.LocalProtocolError)
        raise HttpError(f"{place}: {_reason(error, limits)}", temporary=temporary) from None


def _built(request: Request) -> httpx.Request:
    try:
        url = httpx.URL(request.url.reveal())
        has_place = url.scheme in ("http", "https") and bool(url.host)
    except (httpx.InvalidURL, ValueError):
        raise HttpError("the URL is not valid", temporary=False) from None
    if not has_place:
        raise HttpError("the URL must begin with https:// or http:// and a host", temporary=False)
    headers = {"user-agent": f"ccm-gitops/{__version__}", "accept-encoding": "identity"}
    if url.username or url.password:
        pair = base64.b64encode(f"{url.username}:{url.password}".encode()).decode()
        headers["authorization"] = f"Basic {pair}"
    for name, value in request.headers.items():
        headers[name.lower()] = value.reveal() if isinstance(value, Secret) else value
    try:
        return httpx.Request(request.method, url, headers=headers, content=request.body)
    except UnicodeEncodeError:
        raise HttpError("a header holds a character that none may hold", temporary=False) from None


def _target(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(
        scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
    )


@functools.cache
def _trust(ca_file: Path | None) -> ssl.SSLContext:
    """The authorities that ship with httpx, those of the system, and one's own."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except OSError as error:
            message = f"{ca_file}: cannot be read as certificates ({error.strerror or error})"
            raise HttpError(message, temporary=False) from error
    return context


def _bounded(answer: httpcore.Response, max_bytes: int) -> tuple[bytes, bool]:
    body = b""
    try:
        for chunk in answer.iter_stream():
            body += chunk
            if len(body) > max_bytes:
                return body[:max_bytes], False
    except _BROKEN:
        # The answer itself has come: its status counts.
        return body, False
    return body, True


def _reason(error: Exception, limits: Limits) -> str:
    if isinstance(error, httpcore.TimeoutException):
        return f"no answer within {limits.timeout:g} seconds"
    cause = error.__cause__ or error.__context__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({cause.verify_message})"
    if isinstance(cause, ssl.SSLError):
        return "no secure connection could be made"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror.lower()
    if isinstance(error, httpcore.LocalProtocolError):
        return "the request cannot be sent in this form"
    return "the connection broke before an answer came"
