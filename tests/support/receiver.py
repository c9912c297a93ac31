"""A real HTTP server for tests, in a thread: it records what comes and answers by a script."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Received:
    """One request; header names are in lower case, `path` holds the query too."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What to send back: after `delay` seconds, or a reset instead of anything.

    `drip` sends the answer byte by byte, so many seconds apart: the head too with `drip_head`.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b"ok"
    delay: float = 0.0
    reset: bool = False
    drip: float = 0.0
    drip_head: bool = False


Script = Answer | Sequence[Answer] | Callable[[Received], Answer]


class Receiver:
    """Listens on 127.0.0.1 inside a `with` block.

    The script is one answer for all, a list (its last answer repeats), or a function of the
    request. `received` grows in order of arrival. `certificate` (a PEM file with its key) makes
    it speak TLS, as `localhost`.
    """

    def __init__(self, script: Script = Answer(), *, certificate: Path | None = None) -> None:
        self.received: list[Received] = []
        self._script = script
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._tls = certificate is not None
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Receiver:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()  # waits for the requests in work
        self._thread.join()

    @property
    def port(self) -> int:
        """The port that the system chose."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Where it listens, without a final slash."""
        return f"https://localhost:{self.port}" if self._tls else f"http://127.0.0.1:{self.port}"

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *_: object) -> None:
                """Stay silent: tests read standard error."""

            def _serve(self) -> None:
                # A client that gave up is what many tests are about.
                with contextlib.suppress(OSError):
                    receiver._serve(self)
                self.close_connection = True

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve

        return Handler

    def _serve(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("content-length", 0))
        request = Received(
            method=handler.command,
            path=handler.path,
            headers={name.lower(): value for name, value in handler.headers.items()},
            body=handler.rfile.read(length),
        )
        with self._lock:
            self.received.append(request)
            answer = self._answer_to(request, len(self.received) - 1)
        self._closing.wait(answer.delay)
        if answer.reset:
            # A linger time of zero makes the close a reset.
            linger = struct.pack("ii", 1, 0)
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            return
        self._send(handler, answer)

    def _answer_to(self, request: Received, index: int) -> Answer:
        if isinstance(self._script, Answer):
            return self._script
        if callable(self._script):
            return self._script(request)
        return self._script[min(index, len(self._script) - 1)]

    def _send(self, handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        headers = {"Content-Length": str(len(answer.body)), "Connection": "close"} | dict(
            answer.headers
        )
        lines = [f"HTTP/1.1 {answer.status} Scripted", *(f"{k}: {v}" for k, v in headers.items())]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        self._write(handler, head, answer.drip if answer.drip_head else 0.0)
        self._write(handler, answer.body, answer.drip)

    def _write(self, handler: BaseHTTPRequestHandler, data: bytes, pause: float) -> None:
        if not pause:
            handler.wfile.write(data)
            return
        for byte in data:
            if self._closing.wait(pause):
                return
            handler.wfile.write(bytes([byte]))


@contextlib.contextmanager
def refusing_port() -> Any:
    """A port of 127.0.0.1 where nobody listens: bound, so that nobody else gets it."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]
