"""`ccm-gitops rules`: what is checked, and why."""

from __future__ import annotations

from pathlib import Path

import click

from ccm_gitops.cli import complete
from ccm_gitops.cli.common import is_unknown, json_option, print_json
from ccm_gitops.cli.groups import Group


@click.group(cls=Group)
def rules() -> None:
    """What is checked, and why."""


@rules.command("list")
@json_option
def list_(as_json: bool) -> int:
    """Every rule with its severity and one line on it."""
    from ccm_gitops.context.rules import RULES

    rows = [
        (rule.id, "off" if rule.opt_in else rule.severity, rule.summary) for rule in RULES.values()
    ]
    if as_json:
        names = ("id", "severity", "summary")
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        from ccm_gitops.report.layout import table

        click.echo(table(["rule", "severity", "what"], rows))
    return 0


@rules.command()
@click.argument("rule", metavar="RULE", shell_complete=complete.rules)
@json_option
def show(rule: str, as_json: bool) -> int:
    """What one rule looks for, why, and an example."""
    from ccm_gitops.context.rules import RULES

    if rule not in RULES:
        raise is_unknown("rule", rule, tuple(RULES))
    found = RULES[rule]
    page = _page(rule)
    if as_json:
        print_json({"id": rule, "severity": found.severity, "summary": found.summary, "page": page})
    else:
        click.echo(page)
    return 0


def _page(rule: str) -> str:
    """The rule's part of docs/rules.md, which lies in the package once it is installed."""
    from ccm_gitops.context.document import parse

    package = Path(__file__).resolve().parent.parent
    installed, checkout = package / "docs" / "rules.md", package.parent / "docs" / "rules.md"
    document = parse((installed if installed.is_file() else checkout).read_text(encoding="utf-8"))
    [section] = [part for part in document.root.walk() if part.title == rule]
    return document.slice(section.start_line, section.end_line).strip()
