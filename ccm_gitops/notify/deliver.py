"""The one sender: an entry of the outbox becomes a request, its answer becomes an Attempt."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote

from ccm_gitops.clock import Clock
from ccm_gitops.config.model import Webhook
from ccm_gitops.errors import HttpError, SecretError
from ccm_gitops.http import Request, Response, send
from ccm_gitops.notify.answers import refusal
from ccm_gitops.notify.formatters import FORMATTERS, Formatter
from ccm_gitops.notify.library import send_by_library
from ccm_gitops.notify.outbox import MAX_AGE, Attempt, OutboxEntry
from ccm_gitops.notify.own_words import in_own_words
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
    formatter = FORMATTERS[webhook.type]
    try:
        secrets = _resolved(webhook, environ)
        if formatter.by_library:
            return _by_library(rendered(entry, webhook), secrets)
        request = _request(entry, webhook, formatter, secrets, clock.now())
        response = send(
            request,
            timeout=timeout,
            allow_private=webhook.allow_private,
            ca_file=webhook.ca_file,
        )
    except SecretError as error:
        return Attempt(status="blocked", reason=str(error))
    except HttpError as error:
        return Attempt(status="retry" if error.temporary else "dead", reason=str(error))
    if 200 <= response.status < 300:
        return _taken(response, webhook, secrets)
    return _judged(response, secrets, clock.now())


def rendered(entry: OutboxEntry, webhook: Webhook) -> dict[str, Any]:
    """The body that would be sent."""
    event = in_own_words(entry.event, webhook.config)
    return FORMATTERS[webhook.type].render(event, webhook.config)


@dataclass(frozen=True)
class _Secrets:
    """What a webhook's templates hold in this environment."""

    url: Secret
    signing: tuple[Secret, ...]
    headers: Mapping[str, Secret]


def _resolved(webhook: Webhook, environ: Mapping[str, str]) -> _Secrets:
    def value(template: str) -> Secret:
        # A line break at the end is what copying a secret most often adds.
        return Secret(resolve(template, environ).reveal().strip())

    return _Secrets(
        url=value(webhook.url),
        signing=tuple(map(value, webhook.secret)),
        headers={name: value(text) for name, text in webhook.headers.items()},
    )


def _request(
    entry: OutboxEntry,
    webhook: Webhook,
    formatter: Formatter,
    secrets: _Secrets,
    now: datetime,
) -> Request:
    body = json.dumps(rendered(entry, webhook)).encode()
    seconds = int(now.timestamp())
    headers: dict[str, str | Secret] = {
        **secrets.headers,
        "content-type": "application/json",
        "webhook-id": entry.event.id,
        "webhook-timestamp": str(seconds),
    }
    if formatter.signs and secrets.signing:
        signatures = (sign(key, entry.event.id, seconds, body) for key in secrets.signing)
        headers["webhook-signature"] = " ".join(signatures)
    url = _with_query(secrets.url, formatter.query)
    return Request(method="POST", url=url, headers=headers, body=body)


def _by_library(message: Mapping[str, Any], secrets: _Secrets) -> Attempt:
    attempt = send_by_library(secrets.url, message)
    shown = _shown(attempt.reason, secrets) if attempt.reason else None
    return replace(attempt, reason=shown)


def _with_query(url: Secret, query: str | None) -> Secret:
    if query is None:
        return url
    address = url.reveal().partition("#")[0]
    return Secret(f"{address}{'&' if '?' in address else '?'}{query}")


def _judged(response: Response, secrets: _Secrets, now: datetime) -> Attempt:
    code = response.status
    words = _shown(response.body.decode(errors="replace"), secrets)
    parts = [f"answered {code}", _REMEDIES.get(code), words]
    if 300 <= code < 400:
        parts[1] = "redirects are not followed: give the final URL"
    reason = ": ".join(part for part in parts if part)
    if code in _BUSY or code >= 500:
        asked = _retry_after(response.headers, now)
        return Attempt(status="retry", code=code, reason=reason, retry_after=asked)
    return Attempt(status="dead", code=code, reason=reason)


def _taken(response: Response, webhook: Webhook, secrets: _Secrets) -> Attempt:
    code = response.status
    refused = refusal(webhook.type, code, response.body)
    if refused is None:
        return Attempt(status="delivered", code=code)
    return replace(
        refused, reason=f"answered {code}, but says: {_shown(refused.reason or '', secrets)}"
    )


def _shown(words: str, secrets: _Secrets) -> str:
    """A receiver's own words, short and without what it was sent in confidence."""
    return clip(mask(one_line(words), _parts(secrets)), _SHOWN)


def _parts(secrets: _Secrets) -> Iterator[Secret]:
    """Each secret, and each telling part of the URL: receivers echo what they were asked for."""
    yield from (secrets.url, *secrets.signing)
    for header in secrets.headers.values():
        # Of `Bearer abc` the second word alone is the secret.
        yield from (header, *map(Secret, header.reveal().split()[1:]))
    address = secrets.url.reveal().partition("://")[2]
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
