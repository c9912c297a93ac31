"""The HTTP server below the application: its limits, and its patience with slow clients."""

from __future__ import annotations

import asyncio
import secrets
import time
from dataclasses import dataclass

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from ccm_gitops.server.access import Policy, is_loopback
from ccm_gitops.server.app import make_app
from ccm_gitops.server.guard import Guard
from ccm_gitops.server.limits import Buckets
from ccm_gitops.server.repeats import Repeats
from ccm_gitops.server.site import Site

_HEAD_WITHIN = 5.0  # seconds; uvicorn itself waits for ever
_CONNECTIONS = 1_024  # beyond so many the answer is 503
_MAX_BODY = 64 * 1024
_GRACE = 2  # pages that listen never end by themselves


@dataclass(frozen=True)
class Address:
    """Where to listen, and other names that the server goes by."""

    host: str
    port: int
    names: tuple[str, ...] = ()


def serve(site: Site, address: Address, token: str) -> None:
    """Serve until a signal comes."""
    policy = Policy(
        token=token,
        hosts=frozenset(name.lower() for name in (address.host, *address.names)),
        open_reads=is_loopback(address.host),
        # Cookies know no ports: the name has it.
        cookie=(f"ccm-{address.port}", secrets.token_urlsafe(24)),
    )
    guarded = Guard(
        Repeats(make_app(site, policy), time.monotonic),
        policy,
        requests=Buckets(rate=50, burst=300, elapsed=time.monotonic),
        attempts=Buckets(rate=1 / 6, burst=20, elapsed=time.monotonic),
        max_body=_MAX_BODY,
    )
    uvicorn.run(
        guarded,
        host=address.host,
        port=address.port,
        http=PatientProtocol,
        ws="none",
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=_GRACE,
    )


class PatientProtocol(H11Protocol):
    """Closes a connection whose request's head does not come in time."""

    _limit: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The time begins to run."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """It stops when the head is complete, and begins again with the next one."""
        super().data_received(data)
        is_answering = self.cycle is not None and not self.cycle.response_complete
        if is_answering and self._limit:
            self._limit.cancel()
            self._limit = None
        elif not is_answering and self._limit is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more to wait for."""
        if self._limit:
            self._limit.cancel()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._limit = self.loop.call_later(_HEAD_WITHIN, self.transport.close)
