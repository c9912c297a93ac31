"""Prints the workflow that `install github-actions` writes, for the linters."""

from __future__ import annotations

import sys

from ccm_gitops.setup.workflow import SOURCE, workflow

if __name__ == "__main__":
    sys.stdout.write(workflow(SOURCE, "schedules.yaml", ("CCM_TOKEN", "SLACK_WEBHOOK_URL")))
