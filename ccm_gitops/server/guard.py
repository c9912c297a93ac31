"""The gate before every route: names, origins, the token, how often, how much, and how slowly."""

from __future__ import annotations

import asyncio
import math
from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ccm_gitops.server.access import Policy, Refusal
from ccm_gitops.server.limits import Buckets
from ccm_gitops.server.problems import answer

LOGIN = "/scheduler/login"

_BODY_WITHIN = 10.0  # seconds, for the whole body
_HEADERS = {
    b"cache-control": b"no-store",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
}


@dataclass
class Guard:
    """Lets through what may pass. `requests` limits all, `attempts` those without the token."""

    app: ASGIApp
    policy: Policy
    requests: Buckets
    attempts: Buckets
    max_body: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        closing = _with_headers(send)
        headers = Headers(scope=scope)
        client = (scope.get("client") or ("unknown", 0))[0]
        refused, wait = self._refusal(scope, headers, client)
        if refused is None:
            try:
                body = await asyncio.wait_for(self._body(headers, receive), _BODY_WITHIN)
            except TimeoutError:
                refused = Refusal(408, "the body came too slowly")
            else:
                refused = body if isinstance(body, Refusal) else None
        if refused:
            await _refuse(refused, wait)(scope, receive, closing)
            return
        assert isinstance(body, bytes)
        await self.app(scope, _replay(body, receive), closing)

    def _refusal(self, scope: Scope, headers: Headers, client: str) -> tuple[Refusal | None, float]:
        if wait := self.requests.wait(client):
            return Refusal(429, "too many requests; wait a moment"), wait
        refused = self.policy.objection(scope["method"], scope["scheme"], headers)
        if refused and refused.status == 401 and scope["path"] == LOGIN:
            wait = self.attempts.wait(client) if scope["method"] == "POST" else 0.0
            return (Refusal(429, "too many tries"), wait) if wait else (None, 0.0)
        if refused and refused.status == 401 and (wait := self.attempts.wait(client)):
            return Refusal(429, "too many requests without the token"), wait
        return refused, 0.0

    async def _body(self, headers: Headers, receive: Receive) -> bytes | Refusal:
        """The body, never more of it than is allowed."""
        too_long = Refusal(413, f"the body is longer than {self.max_body} bytes")
        announced = headers.get("content-length", "0")
        if not announced.isdigit() or int(announced) > self.max_body:
            return too_long
        body = b""
        more = True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                break
            body += message.get("body", b"")
            more = message.get("more_body", False)
            if len(body) > self.max_body:
                return too_long
        return body


def _refuse(refused: Refusal, wait: float) -> JSONResponse:
    headers = {"connection": "close"} if refused.status in (408, 413) else {}
    if refused.status == 401:
        headers["www-authenticate"] = "Bearer"
    if wait:
        headers["retry-after"] = str(math.ceil(wait))
    return answer(refused.status, refused.detail, headers=headers)


def _replay(body: bytes, receive: Receive) -> Receive:
    """The body that was read, then whatever the connection says."""
    read = False

    async def next_message() -> Message:
        nonlocal read
        if read:
            return await receive()
        read = True
        return {"type": "http.request", "body": body, "more_body": False}

    return next_message


def _with_headers(send: Send) -> Send:
    async def sending(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.start":
            known = {name for name, _ in message.get("headers", [])}
            added = [item for item in _HEADERS.items() if item[0] not in known]
            message = {**message, "headers": [*message.get("headers", []), *added]}
        await send(message)

    return sending
