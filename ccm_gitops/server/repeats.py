"""Idempotency keys: a POST that is sent again is answered as before, and not done again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ccm_gitops.server.problems import answer

_KEPT = 1_000
_FOR = 24 * 3600.0


@dataclass
class _Answer:
    """What a key was used for; `messages` are empty while the first request is at work."""

    request: str
    at: float
    messages: list[Message] = field(default_factory=list)
    is_over: bool = False


@dataclass
class Repeats:
    """Keeps the answers of the last day, in memory; behind the guard, which has read the body."""

    app: ASGIApp
    elapsed: Callable[[], float]
    _known: dict[str, _Answer] = field(default_factory=dict, init=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        key = Headers(scope=scope).get("idempotency-key") if scope["type"] == "http" else None
        if not key or scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        first = await receive()
        request = hashlib.sha256(f"{scope['path']}\0".encode() + first["body"]).hexdigest()
        known = self._known.get(key)
        if known and self.elapsed() - known.at > _FOR:
            known = None
        if known is None:
            await self._first(key, request, first, (scope, receive, send))
        elif known.request != request:
            refusal = answer(422, "this Idempotency-Key was used for another request")
            await refusal(scope, receive, send)
        elif not known.is_over:
            await answer(409, "the first request with this key is at work")(scope, receive, send)
        else:
            for message in known.messages:
                await send(message)

    async def _first(
        self, key: str, request: str, body: Message, exchange: tuple[Scope, Receive, Send]
    ) -> None:
        scope, receive, send = exchange
        kept = self._known[key] = _Answer(request, self.elapsed())
        pending = [body]

        async def again() -> Message:
            return pending.pop() if pending else await receive()

        async def sending(message: Message) -> None:
            kept.messages.append(message)
            await send(message)

        try:
            await self.app(scope, again, sending)
        finally:
            kept.is_over = True
            # What went wrong on our side may be tried again with the same key.
            if not kept.messages or kept.messages[0]["status"] >= 500:
                self._known.pop(key, None)
        while len(self._known) > _KEPT:
            del self._known[next(iter(self._known))]
