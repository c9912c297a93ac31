"""The one sender: an entry of the outbox becomes a request, its answer becomes an Attempt."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import unquote

from ccm_gitops.clock import Clock
from ccm_gitops.config.model import Webhook
from ccm_gitops.errors import HttpError, SecretError
from ccm_gitops.http import Request, Response, send
from ccm_gitops.notify.formatters import FORMATTERS, Formatter
from ccm_gitops.notify.outbox import MAX_AGE, Attempt, OutboxEntry
from ccm_gitops.notify.signature import sign
from ccm_gitops.notify.wording import clip, one_line
from ccm_gitops.secrets import Secret, mask, resolve

_TIMEOUT = 15.0
_BUSY = frozenset({408, 425, 429})
_REMEDIES = {
    401: "check the credentials",
    403: "check the URL and its rights",
    404: "check the URL: the receiver does not know it",
    410: "the receiver is gone for good; remove the webhook",
}
_SHOWN = 200  # characters of a receiver's own words
_TELLING = 8  # a part of a URL at least so long may be its secret


def deliver(
    entry: OutboxEntry,
    webhook: Webhook,
    environ: Mapping[str, str],
    clock: Clock,
    *,
    timeout: float = _TIMEOUT,
) -> Attempt:
    """Send one message once, within `timeout` seconds. Failures are Attempts, never raised.

    No reason holds more of the URL than its scheme and host, whatever the receiver answers.
    """
    formatter = FORMATTERS.get(webhook.type)
    if formatter is None:
        return Attempt(status="dead", reason=f"messages for {webhook.type} cannot be made yet")
    try:
        secrets = _resolved(webhook, environ)
        request = _request(entry, webhook, formatter, secrets, clock.now())
        response = send(request, timeout=timeout, allow_private=webhook.allow_private)
    except SecretError as error:
        return Attempt(status="blocked", reason=str(error))
    except HttpError as error:
        return Attempt(status="retry" if error.temporary else "dead", reason=str(error))
    return _judged(response, secrets, clock.now())


def _resolved(webhook: Webhook, environ: Mapping[str, str]) -> dict[str, Secret]:
    templates = {"url": webhook.url, "secret": webhook.secret}
    found = {name: resolve(text, environ) for name, text in templates.items() if text is not None}
    # A line break at the end is what copying a secret most often adds.
    return {name: Secret(secret.reveal().strip()) for name, secret in found.items()}


def _request(
    entry: OutboxEntry,
    webhook: Webhook,
    formatter: Formatter,
    secrets: Mapping[str, Secret],
    now: datetime,
) -> Request:
    body = json.dumps(formatter.render(entry.event, webhook.config)).encode()
    seconds = int(now.timestamp())
    headers = {
        "content-type": "application/json",
        "webhook-id": entry.event.id,
        "webhook-timestamp": str(seconds),
    }
    if formatter.signs and "secret" in secrets:
        headers["webhook-signature"] = sign(secrets["secret"], entry.event.id, seconds, body)
    url = _with_query(secrets["url"], formatter.query)
    return Request(method="POST", url=url, headers=headers, body=body)


def _with_query(url: Secret, query: str | None) -> Secret:
    if query is None:
        return url
    address = url.reveal().partition("#")[0]
    return Secret(f"{address}{'&' if '?' in address else '?'}{query}")


def _judged(response: Response, secrets: Mapping[str, Secret], now: datetime) -> Attempt:
    code = response.status
    if 200 <= code < 300:
        return Attempt(status="delivered", code=code)
    words = one_line(response.body.decode(errors="replace"))
    parts = [f"answered {code}", _REMEDIES.get(code), clip(mask(words, _parts(secrets)), _SHOWN)]
    if 300 <= code < 400:
        parts[1] = "redirects are not followed: give the final URL"
    reason = ": ".join(part for part in parts if part)
    if code in _BUSY or code >= 500:
        asked = _retry_after(response.headers, now)
        return Attempt(status="retry", code=code, reason=reason, retry_after=asked)
    return Attempt(status="dead", code=code, reason=reason)


def _parts(secrets: Mapping[str, Secret]) -> Iterator[Secret]:
    """Each secret, and each telling part of the URL: receivers echo what they were asked for."""
    yield from secrets.values()
    address = secrets["url"].reveal().partition("://")[2]
    credentials, at, _ = address.partition("/")[0].rpartition("@")
    for part in re.split(r"[/?&=#:@]+", f"{credentials}{at}{address.partition('/')[2]}"):
        for form in {part, unquote(part)}:
            if len(form) >= _TELLING:
                yield Secret(form)


def _retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds, whole or not, or an HTTP date; None where there is neither."""
    text = headers.get("retry-after", "")
    try:
        seconds = float(text)
    except ValueError:
        try:
            moment = parsedate_to_datetime(text)
        except ValueError:
            return None
        # The date of a header without a zone is in UTC by the standard.
        seconds = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        seconds -= now.timestamp()
    if math.isnan(seconds):
        return None
    return min(max(seconds, 0.0), MAX_AGE.total_seconds())
