"""Statements that the tree, or the file itself, plainly contradicts; only what can be proved."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from ccm_gitops.context.rules.absence import denied_kinds, denied_paths
from ccm_gitops.context.rules.model import Hit, Rule, RuleContext
from ccm_gitops.context.rules.progress import pending_migrations, two_statuses


def _contradicted_claim(context: RuleContext) -> Iterator[Hit]:
    for found in chain(
        denied_kinds(context),
        denied_paths(context),
        pending_migrations(context),
        two_statuses(context),
    ):
        yield Hit(
            line=found.line,
            end_line=found.line,
            column=max(0, context.document.lines[found.line - 1].find(found.said)) + 1,
            subject=found.said,
            message=f"“{found.said}”, but {found.proof}",
            suggestion="say what is so now, or remove the statement",
            confidence=0.9,
        )


RULES = (
    Rule(
        "contradicted_claim",
        "a statement that the tree or the file itself contradicts",
        "medium",
        _contradicted_claim,
    ),
)
