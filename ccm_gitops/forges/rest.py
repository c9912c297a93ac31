"""JSON over HTTP with a forge's manners: limits are waited for, failures are sentences."""

from __future__ import annotations

import json
import time
from typing import Any

from ccm_gitops.errors import ForgeError, HttpError
from ccm_gitops.http import Request, Response, send
from ccm_gitops.secrets import Secret, mask

PUBLIC_API = "https://api.github.com"
_TRIES = 3
_TIMEOUT = 30.0
_LONGEST_WAIT = 60.0  # seconds; what takes longer is left to the next try of the task
_MAX_BYTES = 8 * 1024 * 1024
_LIMITED = (403, 429)


class Rest:
    """One interface at `api_url`; the token goes there and nowhere else.

    Without one the forge shows what is public.
    """

    def __init__(self, api_url: str, token: Secret | None) -> None:
        self.api_url = api_url.rstrip("/")
        self._secrets = (token,) if token else ()
        bearer = Secret(f"Bearer {token.reveal()}") if token else None
        self._authorization = {"Authorization": bearer} if bearer else {}
        # Whoever names a server of their own means it, wherever it stands.
        self._allow_private = self.api_url != PUBLIC_API

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Ask and read the answer; raises ForgeError when the forge refuses or stays silent."""
        request = Request(
            method=method,
            url=Secret(self.api_url + path),
            headers={
                **self._authorization,
                "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28",
                "Content-Type": "application/json",
            },
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

    Source: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
    """
    headers = answer.headers
    if answer.status in _LIMITED:
        if headers.get("retry-after", "").isdigit():
            return float(headers["retry-after"])
        if headers.get("x-ratelimit-remaining") == "0":
            reset = headers.get("x-ratelimit-reset", "")
            return max(0.0, float(reset) - now) + 1 if reset.isdigit() else _LONGEST_WAIT
        if answer.status == 429 or "secondary rate limit" in _said(answer):
            return _LONGEST_WAIT
    # A server's fault may have come after the work was done: only questions are repeated.
    return 1.0 if answer.status >= 500 and may_repeat else None


def _said(answer: Response) -> str:
    try:
        document = json.loads(answer.body)
        errors = [error.get("message") or error.get("code") for error in document.get("errors", ())]
        said = "; ".join(filter(None, (document.get("message"), *errors)))
    except (ValueError, AttributeError, TypeError):
        said = ""
    return said[:300] or "it gave no reason"
