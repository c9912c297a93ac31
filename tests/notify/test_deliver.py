"""One message to one real receiver: what arrives, how answers are judged, what never shows."""

from __future__ import annotations

import base64
import json
import logging
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from standardwebhooks import Webhook as Signer
from standardwebhooks import WebhookVerificationError

from ccm_gitops.clock import Clock
from ccm_gitops.notify.deliver import deliver
from ccm_gitops.notify.formatters import FORMATTERS
from tests.notify.samples import NOW, entry, webhook
from tests.support.receiver import Answer, Received, Receiver, refusing_port

CERTIFICATE = Path(__file__).parents[1] / "support" / "tls" / "localhost.pem"
TOKEN = "S3CR3T-T0KEN/x+y=="


def post(address, *, timeout=2.0, value="", now=NOW, **hook):
    environ = {"HOOK_URL": address, "SIGN": value}
    clock = Clock(now=lambda: now, elapsed=lambda: 0.0)
    return deliver(entry(), webhook(**hook), environ, clock, timeout=timeout)


@pytest.mark.parametrize("provider", sorted(FORMATTERS.keys() - {"apprise"}))
def test_every_provider_gets_its_body_and_an_id_to_dedupe_by(provider):
    with Receiver() as receiver:
        attempt = post(f"{receiver.url}/in", type=provider)
    (seen,) = receiver.received
    assert (attempt.status, attempt.code) == ("delivered", 200)
    assert seen.json() == FORMATTERS[provider].render(entry().event, {})
    assert seen.headers["content-type"] == "application/json"
    assert seen.headers["webhook-id"] == "evt_1"
    assert "webhook-signature" not in seen.headers


def test_discord_is_asked_to_answer_after_it_has_tried():
    with Receiver() as receiver:
        post(f"{receiver.url}/in", type="discord")
        post(f"{receiver.url}/in?thread_id=7", type="discord")
    assert [seen.path for seen in receiver.received] == [
        "/in?wait=true",
        "/in?thread_id=7&wait=true",
    ]


def test_a_line_break_after_a_copied_url_does_no_harm():
    with Receiver() as receiver:
        assert post(f"{receiver.url}/in\n").status == "delivered"


def _expected(key: bytes, seen: Received) -> str:
    """The signature by the public library of the standard."""
    return Signer(key).sign(seen.headers["webhook-id"], NOW, seen.body.decode())


KEY = bytes(range(24))


@pytest.mark.parametrize("provider", ["n8n", "generic"])
@pytest.mark.parametrize(
    ("value", "key"),
    [(f"whsec_{base64.b64encode(KEY).decode()}", KEY), ("a plain secret", b"a plain secret")],
    ids=["in base64", "as it is"],
)
def test_a_signature_is_what_the_receiver_computes(provider, value, key):
    with Receiver() as receiver:
        post(receiver.url, type=provider, secret=("${SIGN}",), value=value)
    (seen,) = receiver.received
    assert seen.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert seen.headers["webhook-signature"] == _expected(key, seen)


def test_while_a_secret_is_changed_the_old_and_the_new_one_sign():
    with Receiver() as receiver:
        post(receiver.url, secret=("${SIGN}", "old"), value="new")
    (seen,) = receiver.received
    signatures = seen.headers["webhook-signature"].split()
    assert signatures == [_expected(key, seen) for key in (b"new", b"old")]


def test_the_public_library_of_the_standard_accepts_what_was_sent_and_nothing_else():
    with Receiver() as receiver:
        post(receiver.url, secret=("${SIGN}", "old"), value="new", now=datetime.now(UTC))
    (seen,) = receiver.received
    for key in (b"new", b"old"):
        assert Signer(key).verify(seen.body, dict(seen.headers)) == seen.json()
        with pytest.raises(WebhookVerificationError):
            Signer(key).verify(seen.body + b" ", dict(seen.headers))
    with pytest.raises(WebhookVerificationError):
        Signer(b"another").verify(seen.body, dict(seen.headers))


def test_headers_are_filled_from_the_environment_and_override_a_url_s_credentials():
    with Receiver() as receiver:
        url = receiver.url.replace("//", "//me:pw@")
        post(url, headers={"Authorization": "Bearer ${SIGN}", "X-Team": "a"}, value="abc\n")
    (seen,) = receiver.received
    assert (seen.headers["authorization"], seen.headers["x-team"]) == ("Bearer abc", "a")


def test_a_header_that_cannot_be_sent_is_given_up_without_being_shown():
    attempt = post("http://127.0.0.1:1/", headers={"X-Key": "${SIGN}"}, value="S3CR\n3T é")
    assert attempt.status == "dead"
    assert "3T" not in (attempt.reason or "")


def test_ones_own_authority_is_trusted_where_it_is_named():
    with Receiver(certificate=CERTIFICATE) as receiver:
        assert post(receiver.url).status == "retry"
        assert post(receiver.url, ca_file=CERTIFICATE).status == "delivered"


def test_slack_is_not_signed():
    with Receiver() as receiver:
        post(receiver.url, type="slack", secret=("${SIGN}",), value="abc")
    assert "webhook-signature" not in receiver.received[0].headers


def test_apprise_hands_title_and_text_to_the_service_that_its_url_names():
    with Receiver() as receiver:
        attempt = post(receiver.url.replace("http:", "json:") + "/in", type="apprise")
    (seen,) = receiver.received
    message = FORMATTERS["apprise"].render(entry().event, {})
    assert attempt.status == "delivered"
    assert {name: seen.json()[name] for name in ("title", "type")} == {
        "title": message["title"],
        "type": message["type"],
    }
    assert seen.json()["message"] == message["body"]


def test_apprise_tries_again_what_a_service_refuses_and_shows_no_secret():
    with Receiver(Answer(500)) as receiver:
        address = receiver.url.replace("http://", "json://me:hidden-password@")
        attempt = post(f"{address}/{TOKEN}", type="apprise")
    assert attempt.status == "retry"
    assert attempt.reason
    assert "500" in attempt.reason
    assert "S3CR3T" not in attempt.reason
    assert "hidden" not in attempt.reason


def test_a_url_that_apprise_cannot_read_is_given_up():
    attempt = post("nothing://at-all", type="apprise")
    assert (attempt.status, attempt.reason) == (
        "dead",
        "the URL names no service that Apprise knows",
    )


@pytest.mark.parametrize(
    ("hook", "reason"),
    [
        ({"url": "${NOWHERE}"}, "the environment variable NOWHERE is not set"),
        ({"secret": ("${NOWHERE}",)}, "the environment variable NOWHERE is not set"),
        ({"headers": {"X-Key": "${NOWHERE}"}}, "the environment variable NOWHERE is not set"),
        ({"secret": ("whsec_???",)}, "the secret is no base64 after whsec_"),
    ],
)
def test_what_is_missing_here_blocks_by_name(hook, reason):
    attempt = post("http://127.0.0.1:1/", **hook)
    assert (attempt.status, attempt.reason) == ("blocked", reason)


def test_a_private_receiver_is_not_called_unless_asked_for():
    with Receiver() as receiver:
        attempt = post(receiver.url, allow_private=False)
    assert receiver.received == []
    assert attempt.status == "dead"
    assert attempt.reason == (
        "http://127.0.0.1: its address is not a public one; "
        "if it is your own, set allow_private: true (--allow-private)"
    )


FINAL = {
    301: "redirects are not followed",
    302: "redirects are not followed",
    400: "invalid_blocks",
    401: "check the credentials",
    403: "check the URL",
    404: "check the URL",
    410: "remove the webhook",
}


@pytest.mark.parametrize("code", FINAL)
def test_a_refusal_is_final_and_says_why(code):
    with Receiver(Answer(code, {"Location": "http://127.0.0.1:1/"}, b"invalid_blocks")) as receiver:
        attempt = post(receiver.url)
    assert (attempt.status, attempt.code) == ("dead", code)
    assert attempt.reason is not None
    assert attempt.reason.startswith(f"answered {code}: ")
    assert FINAL[code] in attempt.reason
    assert "invalid_blocks" in attempt.reason


@pytest.mark.parametrize("code", [408, 425, 429, 500, 502, 503, 504])
def test_a_busy_or_broken_receiver_is_tried_again(code):
    with Receiver(Answer(code)) as receiver:
        attempt = post(receiver.url)
    assert (attempt.status, attempt.code, attempt.retry_after) == ("retry", code, None)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("3", 3.0),
        ("0.35", 0.35),
        (format_datetime(NOW + timedelta(seconds=90), usegmt=True), 90.0),
        (format_datetime(NOW - timedelta(seconds=90), usegmt=True), 0.0),
        ("-5", 0.0),
        ("1e300", 259200.0),
        ("nan", None),
        ("soon", None),
        ("", None),
    ],
)
def test_the_pause_that_a_receiver_asks_for_is_read(header, seconds):
    with Receiver(Answer(429, {"Retry-After": header})) as receiver:
        assert post(receiver.url).retry_after == seconds


def test_a_success_counts_although_its_body_drips_or_is_huge():
    with Receiver([Answer(drip=0.2), Answer(body=b"x" * 2_000_000)]) as receiver:
        assert post(receiver.url, timeout=0.3).status == "delivered"
        assert post(receiver.url).status == "delivered"


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("slack", b"ok"),
        ("slack", b'{"ok":true}'),
        ("slack", b"<html>no Slack, but well</html>"),
        ("discord", b'{"id": "1", "message": "x", "code": 5}'),
        ("discord", b""),
        ("teams", b"1"),
        ("generic", b"invalid_payload"),
        ("n8n", b'{"message": "Workflow was started"}'),
    ],
)
def test_a_success_is_one_whatever_else_is_in_its_body(provider, body):
    with Receiver(Answer(200, body=body)) as receiver:
        assert post(receiver.url, type=provider).status == "delivered"


BUSY_DISCORD = b'{"message": "You are being rate limited.", "retry_after": 0.35}'
BUSY_TEAMS = b"Webhook message delivery failed with error: HTTP error 429"


@pytest.mark.parametrize(
    ("provider", "body", "status", "said"),
    [
        ("slack", b"invalid_payload\n", "dead", "invalid_payload"),
        ("slack", b'{"ok": false, "error": "no_service"}', "dead", "no_service"),
        ("slack", b"rate_limited", "retry", "rate_limited"),
        ("discord", b'{"message": "Unknown Webhook", "code": 10015}', "dead", "Unknown Webhook"),
        ("discord", BUSY_DISCORD, "retry", "You are being rate limited."),
        ("teams", BUSY_TEAMS, "retry", BUSY_TEAMS.decode()),
    ],
)
def test_a_success_with_an_error_in_its_body_is_none(provider, body, status, said):
    with Receiver(Answer(200, body=body)) as receiver:
        attempt = post(receiver.url, type=provider)
    assert (attempt.status, attempt.reason) == (status, f"answered 200, but says: {said}")
    assert attempt.retry_after == (0.35 if body == BUSY_DISCORD else None)


def test_an_error_in_a_success_shows_no_secret():
    def echo(seen) -> Answer:
        return Answer(body=b'{"ok": false, "error": "%s"}' % seen.path.encode())

    with Receiver(echo) as receiver:
        attempt = post(f"{receiver.url}/{TOKEN}", type="slack")
    assert attempt.status == "dead"
    assert "S3CR3T" not in (attempt.reason or "")


def test_a_receivers_words_are_shown_short():
    with Receiver(Answer(400, body=b"no\n" * 5000)) as receiver:
        reason = post(receiver.url).reason
    assert reason is not None
    assert len(reason) < 250
    assert reason.endswith("…")


def _echo(request) -> Answer:
    return Answer(403, {"Location": request.path}, f"bad token in {request.path}".encode())


LEAKS = {
    "answers 500 and echoes": lambda _: Answer(500, body=f"POST /{TOKEN} failed".encode()),
    "refuses and echoes": _echo,
    "echoes the credentials": lambda r: Answer(400, body=repr(r.headers).encode()),
    "redirects": lambda r: Answer(302, {"Location": r.path}, r.path.encode()),
    "asks for time": Answer(429, {"Retry-After": "0.5"}),
    "hangs": Answer(delay=30),
    "resets": Answer(reset=True),
    "drips its head": Answer(drip=0.1, drip_head=True),
    "speaks nonsense": Answer(headers={"Bad\x00": "1"}),
    "takes it": Answer(),
}


@pytest.mark.parametrize("script", LEAKS.values(), ids=LEAKS)
def test_no_secret_shows_when_the_receiver(script, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    with Receiver(script) as receiver:
        url = f"http://me:{TOKEN[:10]}@127.0.0.1:{receiver.port}/{TOKEN}?sig={TOKEN}"
        headers = {"Authorization": "Bearer ${SIGN}", "X-Key": "${SIGN}"}
        attempt = post(url, timeout=0.3, secret=("${SIGN}",), value=TOKEN, headers=headers)
    assert len(receiver.received) == 1
    _assert_no_leak(attempt, caplog, capfd)


SHAPES = [
    "http://127.0.0.1:{port}/{t}",
    "https://no.invalid/{t}",
    "http://[{t}",
    "http://127.0.0.1:{t}/",
    "ftp://x/{t}",
    "{t}",
    "http://127.0.0.1/\n{t}",
]


@pytest.mark.parametrize("shape", SHAPES)
def test_no_secret_shows_when_there_is_nobody_at(shape, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    with refusing_port() as port:
        attempt = post(shape.format(port=port, t=TOKEN), secret=("${SIGN}",), value=TOKEN)
    assert attempt.status in ("retry", "dead")
    _assert_no_leak(attempt, caplog, capfd)


def _assert_no_leak(attempt, caplog, capfd):
    shown = json.dumps(asdict(attempt)) + repr(attempt) + caplog.text + "".join(capfd.readouterr())
    assert "S3CR3T" not in shown
    assert "T0KEN" not in shown
