"""docs/webhooks.md against the program."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any, get_args

import pytest

from ccm_gitops.config.model import EventKind
from ccm_gitops.notify.formatters import FORMATTERS
from ccm_gitops.notify.signature import sign
from ccm_gitops.secrets import Secret

TEXT = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()


def test_every_provider_has_its_heading():
    providers = TEXT.partition("## Providers")[2].partition("\n## ")[0]
    assert re.findall(r"^### (\w+)$", providers, re.MULTILINE) == list(FORMATTERS)


def test_every_event_has_its_row():
    assert re.findall(r"^\| `(\w+)` \|", TEXT, re.MULTILINE) == list(get_args(EventKind))


def test_the_verification_that_is_shown_accepts_ours_and_nothing_else():
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    shown: dict[str, Any] = {}
    exec(code, shown)
    now = int(time.time())
    headers = {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(now),
        "webhook-signature": sign(Secret("key"), "evt_1", now, b"{}"),
    }
    assert shown["is_genuine"](b"key", headers, b"{}")
    assert not shown["is_genuine"](b"key", headers, b"{ }")
    assert not shown["is_genuine"](b"other", headers, b"{}")
    stale = headers | {"webhook-timestamp": str(now - 900)}
    assert not shown["is_genuine"](b"key", stale, b"{}")


@pytest.mark.skipif(not shutil.which("node"), reason="Node.js is not here")
def test_the_verification_in_javascript_accepts_ours_and_nothing_else():
    (code,) = re.findall(r"```javascript\n(.*?)```", TEXT, re.DOTALL)
    now = int(time.time())
    ours = (now, "key", b"{}")
    cases = [ours, (now, "key", b"{ }"), (now, "other", b"{}"), (now - 900, "key", b"{}")]
    calls = []
    for stamp, key, body in cases:
        headers = {
            "webhook-id": "evt_1",
            "webhook-timestamp": str(stamp),
            "webhook-signature": f"v1,short {sign(Secret('key'), 'evt_1', stamp, b'{}')}",
        }
        arguments = f"Buffer.from({json.dumps(key)}), {json.dumps(headers)}"
        calls.append(f"isGenuine({arguments}, Buffer.from({json.dumps(body.decode())}))")
    script = f"{code}\nconsole.log(JSON.stringify([{', '.join(calls)}]))"
    done = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == [True, False, False, False]
