"""JSON over HTTP with a forge's manners: limits are waited for, failures are sentences."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ccm_gitops.errors import ForgeError, HttpError
from ccm_gitops.http import Request, Response, send
from ccm_gitops.secrets import Secret, mask

_TRIES = 3
_TIMEOUT = 30.0
_LONGEST_WAIT = 60.0  # seconds; what takes longer is left to the next try of the task
_MAX_BYTES = 8 * 1024 * 1024
_LIMITED = (403, 429)


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How forges of one kind are spoken to.

    `public` is the interface that everybody can reach, `headers` go with every request, and the
    token goes in `token_header`, behind `token_prefix`.
    """

    public: str
    headers: Mapping[str, str]
    token_header: str
    token_prefix: str = ""


class Rest:
    """One interface at `api_url`; the token goes there and nowhere else.

    Without one the forge shows what is public.
    """

    def __init__(self, dialect: Dialect, api_url: str, token: Secret | None) -> None:
        self.api_url = api_url.rstrip("/")
        self._secrets = (token,) if token else ()
        self._headers: dict[str, str | Secret] = {
            **dialect.headers,
            "Content-Type": "application/json",
        }
        if token:
            self._headers[dialect.token_header] = Secret(dialect.token_prefix + token.reveal())
        # Whoever names a server of their own means it, wherever it stands.
        self._allow_private = self.api_url != dialect.public

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Ask and read the answer; raises ForgeError when the forge refuses or stays silent."""
        request = Request(
            method=method,
            url=Secret(self.api_url + path),
            headers=self._headers,
            body=b"" if body is None else json.dumps(body).encode(),
        )
        for last in (False,) * (_TRIES - 1) + (True,):
            answer = self._send(request)
            if 200 <= answer.status < 300:
                return self._read(answer)
            pause = _pause(answer, time.time(), may_repeat=method == "GET")
            if last or pause is None or pause > _LONGEST_WAIT:
                message = self._complaint(method, path, answer, pause)
                raise ForgeError(message, temporary=answer.status >= 500)
            time.sleep(pause)
        raise AssertionError("the last try returns or raises")

    def _send(self, request: Request) -> Response:
        try:
            return send(
                request,
                timeout=_TIMEOUT,
                allow_private=self._allow_private,
                max_bytes=_MAX_BYTES,
            )
        except HttpError as error:
            message = f"the forge gave no answer: {error}"
            raise ForgeError(message, temporary=error.temporary) from error

    def _read(self, answer: Response) -> Any:
        try:
            return json.loads(answer.body or b"null")
        except ValueError as error:
            raise ForgeError(f"{self.api_url}: the answer is no JSON") from error

    def _complaint(self, method: str, path: str, answer: Response, pause: float | None) -> str:
        if pause is not None and answer.status in _LIMITED:
            return f"{self.api_url}: its rate limit is used up, for {pause:.0f} seconds more"
        said = mask(_said(answer), self._secrets)
        hint = {
            401: "; is the token right and not expired?",
            403: "; may the token write pull requests and contents?",
            404: "; does the repository exist, and may the token see it?",
        }.get(answer.status, "")
        place = path.partition("?")[0]
        return f"{method} {self.api_url}{place} answered {answer.status}: {said}{hint}"


def _pause(answer: Response, now: float, *, may_repeat: bool) -> float | None:
    """Seconds until the same question makes sense again; None where it never does.

    Sources: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api and
    https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/#response-headers
    """
    headers = answer.headers
    if answer.status in _LIMITED:
        if headers.get("retry-after", "").isdigit():
            return float(headers["retry-after"])
        for kind in ("x-ratelimit", "ratelimit"):  # GitHub's, GitLab's
            if headers.get(f"{kind}-remaining") == "0":
                reset = headers.get(f"{kind}-reset", "")
                return max(0.0, float(reset) - now) + 1 if reset.isdigit() else _LONGEST_WAIT
        if answer.status == 429 or "secondary rate limit" in _said(answer):
            return _LONGEST_WAIT
    # A server's fault may have come after the work was done: only questions are repeated.
    return 1.0 if answer.status >= 500 and may_repeat else None


def _said(answer: Response) -> str:
    try:
        document = json.loads(answer.body)
    except ValueError:
        document = None
    return "; ".join(dict.fromkeys(_sentences(document)))[:300] or "it gave no reason"


def _sentences(said: Any) -> Iterator[str]:
    """What an answer says to people: GitHub lists `errors`, GitLab nests them in `message`."""
    if isinstance(said, str):
        yield said
    elif isinstance(said, list):
        for item in said:
            yield from _sentences(item)
    elif isinstance(said, dict):
        keys = ("message", "error", "error_description", "errors")
        known = [said[key] for key in keys if said.get(key)]
        plain = [f"{key} {text}" for key, texts in said.items() for text in _sentences(texts)]
        yield from (text for part in known for text in _sentences(part))
        if not known:
            yield from [said["code"]] if isinstance(said.get("code"), str) else plain
