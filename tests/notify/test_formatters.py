"""Every provider × event against a golden file, the documented examples, and the limits.

`WRITE_GOLDEN=1 pytest tests/notify/test_formatters.py` writes the golden files anew.
"""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ccm_gitops.announce import run_page
from ccm_gitops.notify.events import Metrics
from ccm_gitops.notify.formatters import FORMATTERS
from ccm_gitops.notify.summary import Line
from tests.notify.samples import DOCUMENTED, EVENTS

GOLDEN = Path(__file__).parent / "golden"
CONFIG = {"details_url": "http://ccm.local/scheduler"}


def render(provider, event, config=CONFIG):
    return FORMATTERS[provider].render(event, config)


@pytest.mark.parametrize("kind", EVENTS)
@pytest.mark.parametrize("provider", FORMATTERS)
def test_a_message_is_its_golden_file(provider, kind):
    path = GOLDEN / f"{provider}-{kind}.json"
    text = json.dumps(render(provider, EVENTS[kind]), indent=2, ensure_ascii=False) + "\n"
    if os.environ.get("WRITE_GOLDEN"):
        path.write_text(text)
    assert text == path.read_text()


def test_there_is_no_golden_file_without_a_message():
    expected = {f"{provider}-{kind}.json" for provider in FORMATTERS for kind in EVENTS}
    assert {path.name for path in GOLDEN.iterdir()} == expected


def test_slack_is_the_documented_example():
    def field(text):
        return {"type": "mrkdwn", "text": text}

    context = field("8 issues found | <http://ccm.local/scheduler|View Details>")
    assert render("slack", DOCUMENTED) == {
        "text": "✅ Context Optimization Complete: Daily Context Analysis completed.",
        "blocks": [
            {
                "type": "header",
                "text": {"type": "plain_text", "text": "✅ Context Optimization Complete"},
            },
            {
                "type": "section",
                "fields": [
                    field("*Task:*\nDaily Context Analysis"),
                    field("*Duration:*\n1.2 seconds"),
                    field("*Projects:*\n5 analyzed"),
                    field("*Tokens Saved:*\n12,450"),
                ],
            },
            {"type": "context", "elements": [context]},
        ],
    }


def test_discord_is_the_documented_example():
    def field(name, value):
        return {"name": name, "value": value, "inline": True}

    assert render("discord", DOCUMENTED, {}) == {
        "embeds": [
            {
                "title": "✅ Context Optimization Complete",
                "color": 5763719,
                "fields": [
                    field("Task", "Daily Context Analysis"),
                    field("Duration", "1.2 seconds"),
                    field("Projects", "5 analyzed"),
                    field("Tokens Saved", "12,450"),
                ],
                "footer": {"text": "8 issues found"},
                "timestamp": "2026-01-19T09:00:00.000Z",
            }
        ],
        "allowed_mentions": {"parse": []},
    }


METRICS = {"projectsProcessed": 5, "issuesFound": 8, "tokensSaved": 12450}


def test_n8n_is_the_documented_example():
    assert render("n8n", DOCUMENTED) == {
        "event": "task_completed",
        "timestamp": "2026-01-19T09:00:00.000Z",
        "task": {"id": "clxyz123", "name": "Daily Context Analysis", "type": "analyze"},
        "execution": {"id": "exec456", "status": "completed", "durationMs": 1200},
        "metrics": METRICS,
    }


def test_generic_is_the_documented_form():
    assert render("generic", DOCUMENTED) == {
        "event": "task_completed",
        "timestamp": "2026-01-19T09:00:00.000Z",
        "task": {"id": "clxyz123", "name": "Daily Context Analysis", "taskType": "analyze"},
        "execution": {"id": "exec456", "status": "completed", "duration": 1200},
        "metrics": METRICS,
        "message": "Daily Context Analysis completed.",
    }


@pytest.mark.parametrize("provider", FORMATTERS)
def test_a_missing_figure_leaves_its_field_out(provider):
    bare = replace(DOCUMENTED, metrics=Metrics(), duration_ms=None)
    text = json.dumps(render(provider, bare, {}))
    for absent in ("Duration", "duration", "Projects", "Tokens", "issues", "Score", "null"):
        assert absent not in text


def test_the_name_that_slack_and_discord_show_comes_from_the_configuration():
    config = {"username": "CCM Bot", "channel": "#alerts"}
    slack = render("slack", DOCUMENTED, config)
    assert (slack["username"], slack["channel"]) == ("CCM Bot", "#alerts")
    assert render("discord", DOCUMENTED, config)["username"] == "CCM Bot"
    assert len(render("discord", DOCUMENTED, {"username": "n" * 99})["username"]) == 80


@pytest.mark.parametrize("name", ["My Discord bot", "clyde"])
def test_a_name_that_discord_refuses_is_not_sent(name):
    assert "username" not in render("discord", DOCUMENTED, {"username": name})


HOSTILE = "<!channel> <@U1> @everyone [x](http://evil.example) *b* & </>"


@pytest.mark.parametrize("kind", EVENTS)
def test_no_text_can_ping_or_link_in_slack(kind):
    text = json.dumps(render("slack", _hostile(EVENTS[kind]), {}))
    assert "evil.example" in text  # it is shown
    assert "<" not in text.replace("<https://example.com/", "")


@pytest.mark.parametrize("kind", EVENTS)
def test_no_text_can_ping_or_link_in_discord(kind):
    message = render("discord", _hostile(EVENTS[kind]), {})
    assert message["allowed_mentions"] == {"parse": []}
    assert "[x](" not in json.dumps(message)
    assert r"\<@U1\>" in message["embeds"][0]["fields"][0]["value"]


@pytest.mark.parametrize("kind", EVENTS)
def test_no_text_can_ping_through_apprise(kind):
    message = render("apprise", _hostile(EVENTS[kind]), {})
    assert "@everyone" not in message["body"]
    assert "<!channel>" not in message["body"]


def _hostile(event):
    lines = tuple(replace(line, project=HOSTILE, text=HOSTILE) for line in event.lines)
    error = HOSTILE if event.error else None
    return replace(event, task_name=HOSTILE, message=HOSTILE, error=error, lines=lines)


def _sizes_hold_in_slack(message):
    header, section, *others = message["blocks"]
    assert len(header["text"]["text"]) <= 150
    assert len(message["blocks"]) <= 50
    assert len(section["fields"]) <= 10
    assert all(1 <= len(field["text"]) <= 2000 for field in section["fields"])
    assert all(1 <= len(block["text"]["text"]) <= 3000 for block in others if "text" in block)


def _sizes_hold_in_discord(message):
    (embed,) = message["embeds"]
    description, footer = embed.get("description", ""), embed.get("footer", {}).get("text", "")
    values = [field["name"] + field["value"] for field in embed["fields"]]
    assert len(embed["title"]) <= 256
    assert len(description) <= 4096
    assert all(len(field["value"]) <= 1024 for field in embed["fields"])
    assert len(embed["title"] + description + footer + "".join(values)) <= 6000


def _sizes_hold_in_teams(message):
    assert len(json.dumps(message, ensure_ascii=False).encode()) <= 28_000


def _sizes_hold_in_apprise(message):
    # What a chat service with short messages takes whole.
    assert len(message["title"]) <= 250
    assert len(message["body"]) <= 4000


SIZES = {
    "slack": _sizes_hold_in_slack,
    "discord": _sizes_hold_in_discord,
    "teams": _sizes_hold_in_teams,
    "n8n": lambda message: None,
    "generic": lambda message: None,
    "apprise": _sizes_hold_in_apprise,
}
nasty = st.text(st.sampled_from("a&<>*[]_`\\|…💥\n"), min_size=1, max_size=60).map(lambda t: t * 60)


@settings(max_examples=40)
@given(nasty, nasty, st.lists(st.builds(Line, project=nasty, text=nasty), max_size=11))
def test_the_limits_of_every_platform_hold(name, error, lines):
    event = replace(DOCUMENTED, task_name=name, message=error, error=error, lines=tuple(lines))
    for provider, sizes_hold in SIZES.items():
        body = json.dumps(render(provider, event, {}))
        sizes_hold(json.loads(body))


def test_every_provider_has_its_sizes_checked():
    assert SIZES.keys() == FORMATTERS.keys()


@pytest.mark.parametrize("provider", FORMATTERS)
def test_a_run_that_has_a_page_is_linked(provider):
    page = run_page(
        {
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_REPOSITORY": "acme/api",
            "GITHUB_RUN_ID": "7",
        }
    )
    event = replace(EVENTS["task_completed"], run_url=page)
    assert page == "https://github.com/acme/api/actions/runs/7"
    assert page in json.dumps(render(provider, event, {}))
    assert run_page({}) is None
