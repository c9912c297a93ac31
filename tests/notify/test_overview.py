"""What is shown of a webhook, and the samples that it can be sent."""

from __future__ import annotations

import json
from typing import get_args

import pytest

from ccm_gitops.config.model import EventKind
from ccm_gitops.notify.deliver import rendered
from ccm_gitops.notify.formatters import FORMATTERS
from ccm_gitops.notify.overview import shown_url
from ccm_gitops.notify.sample import sample
from tests.notify.samples import NOW, webhook

TOKEN = "T0PS3CRET"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("${HOOK_URL}", "${HOOK_URL}"),
        (f"${{HOOK_URL:-https://example.com/{TOKEN}}}", "${HOOK_URL:-***}"),
        (f"https://example.com/in/{TOKEN}", "https://example.com/***"),
        (f"https://user:{TOKEN}@example.com:8443/in", "https://example.com:8443/***"),
        (f"https://{TOKEN}$@example.com?a", "https://example.com/***"),
        (f"https://{TOKEN}@x@example.com/a", "***"),
        (f"https://example.com?key={TOKEN}", "https://example.com/***"),
        ("https://example.com/${TOKEN}", "https://example.com/***"),
        (f"https://${{HOST}}/{TOKEN}", "***"),
        (f"${{A}}{TOKEN}", "***"),
        (TOKEN, "***"),
    ],
)
def test_an_address_is_shown_only_as_far_as_it_is_no_secret(url, shown):
    assert shown_url(url) == shown


@pytest.mark.parametrize("kind", get_args(EventKind))
@pytest.mark.parametrize("provider", FORMATTERS)
def test_every_event_has_a_sample_that_says_so(kind, provider):
    message = sample("hook", kind, NOW)
    assert message.event.kind == kind
    assert message.event.id.startswith("test-")
    assert message.event.execution_id.startswith("test-")
    text = json.dumps(rendered(message, webhook(type=provider)))
    assert "Sample from ccm-gitops" in text
