"""Attacks, tried and refused."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time

import httpx
import pytest

from tests.support.served import TOKEN

RUN = "/api/scheduler/tasks/daily/run"
STATUS = "/api/scheduler/status"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer wrong"},
        {"authorization": f"Basic {TOKEN}"},
        {"authorization": TOKEN},
    ],
)
def test_no_write_without_the_token(server, headers):
    answer = server.anyone.post(RUN, headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "[evil]", ""]
)
def test_a_name_that_is_not_ours_is_refused(server, host):
    assert server.client.get(STATUS, headers={"host": host}).status_code in (400, 421)


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:1"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
def test_pages_of_other_origins_are_refused(server, headers):
    assert server.client.post(RUN, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/api/context/analyze?projectId=../../etc",
        "/api/context/archives?projectId=/etc",
        "/api/scheduler/executions/..%2f..%2fetc%2fpasswd",
        "/..%2f..%2fetc/passwd",
    ],
)
def test_paths_lead_nowhere(server, path):
    assert server.client.get(path).status_code == 404


def _raw(port: int, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=15) as connection:
        connection.sendall(data)
        answer = b""
        while part := connection.recv(65536):
            answer += part
        return answer


def test_a_body_that_says_it_is_huge_is_refused_before_it_comes(server):
    head = f"POST {RUN} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {TOKEN}\r\n"
    answer = _raw(server.port, f"{head}Content-Length: 1073741824\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 413")


def test_a_stream_without_an_end_is_cut(server):
    sent = 0

    def stream():
        nonlocal sent
        while sent < 2**30:
            sent += 2**16
            yield b"x" * 2**16

    # The connection may be closed on us: refused as well.
    with contextlib.suppress(httpx.TransportError):
        assert server.client.post(RUN, content=stream()).status_code == 413
    assert sent < 2**27


def test_a_head_that_trickles_in_is_cut_while_others_are_served(server):
    begun = time.monotonic()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as slow:
        slow.sendall(b"GET /api/context/rules HTTP/1.1\r\nX-A: 1")
        assert server.anyone.get("/api/context/rules").status_code == 200
        assert slow.recv(100) == b""
    assert time.monotonic() - begun < 8


def test_a_thousand_requests_at_once_are_all_answered(server):
    request = b"GET /api/context/rules HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

    async def ask() -> int:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(request)
        head = await reader.readline()
        writer.close()
        return int(head.split()[1])

    async def ask_all() -> list[int]:
        return await asyncio.gather(*(ask() for _ in range(1000)))

    codes = set(asyncio.run(ask_all()))
    assert 200 in codes
    assert codes <= {200, 429, 503}


def test_answers_tell_browsers_to_do_nothing_with_them(server):
    time.sleep(0.2)
    headers = server.anyone.get("/api/context/rules").headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_on_another_address_reading_needs_the_token_too(exposed):
    assert exposed.anyone.get(STATUS).status_code == 401
    assert exposed.client.get(STATUS).status_code == 200
