"""`ccm-gitops rules`: what is checked, and why."""

from __future__ import annotations

import click

from ccm_gitops.cli.common import json_option, print_json
from ccm_gitops.errors import UsageError


@click.group()
def rules() -> None:
    """What is checked, and why."""


@rules.command("list")
@json_option
def list_(as_json: bool) -> int:
    """Every rule with its severity and one line on it."""
    from ccm_gitops.context.rules import RULES

    rows = [(rule.id, rule.severity, rule.summary) for rule in RULES.values()]
    if as_json:
        names = ("id", "severity", "summary")
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        from ccm_gitops.report.table import table

        click.echo(table(["rule", "severity", "what"], rows))
    return 0


@rules.command()
@click.argument("rule", metavar="RULE")
@json_option
def show(rule: str, as_json: bool) -> int:
    """What one rule looks for, and where its page is."""
    from ccm_gitops.context.rules import RULES

    if rule not in RULES:
        raise UsageError(f"there is no rule {rule}; the rules are: {', '.join(RULES)}")
    found = RULES[rule]
    if as_json:
        print_json({"id": found.id, "severity": found.severity, "summary": found.summary})
    else:
        click.echo(
            f"{found.id} ({found.severity})\n\n{found.summary}\n\nSee docs/rules.md#{found.id}"
        )
    return 0
