"""Connections that go to checked addresses only and end at a deadline."""

from __future__ import annotations

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from ccm_gitops.errors import HttpError
from ccm_gitops.http.addresses import may_call


class GuardedNetwork(httpcore.NetworkBackend):
    """Opens connections for one exchange of so many seconds; `place` is how errors call it."""

    def __init__(self, place: str, *, seconds: float, allow_private: bool) -> None:
        self._place = place
        self._deadline = time.monotonic() + seconds
        self._allow_private = allow_private
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Resolve once, check, connect to what was checked: no second answer of the name counts.

        Raises HttpError when the name does not resolve or no address of it may be called.
        """
        addresses = self._checked(host, port)
        for following in range(len(addresses) - 1, -1, -1):
            address = addresses[-1 - following]
            # Each address gets its share: one that swallows packets leaves time for the next.
            share = _left(self._deadline) / (following + 1)
            try:
                stream = self._sockets.connect_tcp(
                    address, port, share, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not following:
                    raise
            else:
                return _Stream(stream, self._deadline)
        raise AssertionError("there is at least one address")

    def _checked(self, host: str, port: int) -> list[str]:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            message = f"{self._place}: the name cannot be resolved"
            raise HttpError(message, temporary=True) from None
        allowed = [
            address
            for address in dict.fromkeys(str(entry[4][0]) for entry in found)
            if may_call(ipaddress.ip_address(address), allow_private=self._allow_private)
        ]
        if not allowed:
            hint = (
                ""
                if self._allow_private
                else "; if it is your own, set allow_private: true (--allow-private)"
            )
            message = f"{self._place}: its address is not a public one{hint}"
            raise HttpError(message, temporary=False)
        return allowed


class _Stream(httpcore.NetworkStream):
    """A connection whose every step ends at the deadline: a slow drip wins no time."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(self._deadline))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(self._deadline))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, _left(self._deadline))
        return _Stream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore.TimeoutException
    return left
