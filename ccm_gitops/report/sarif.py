"""SARIF 2.1.0, which code scanning services and editors read."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ccm_gitops import __version__

if TYPE_CHECKING:
    from ccm_gitops.context.analysis import Analysis
    from ccm_gitops.context.rules.model import Finding, Rule

_LEVELS = {"high": "error", "medium": "warning", "low": "note", "info": "note"}
_RANKS = {"high": 90.0, "medium": 60.0, "low": 30.0, "info": 10.0}
_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def analyses(items: Sequence[tuple[str, Analysis]], rules: Mapping[str, Rule]) -> dict[str, Any]:
    """One run with a result a finding; `rules` are all that were checked.

    Format: OASIS SARIF 2.1.0. A fingerprint holds what stays when lines above a finding move: the
    file, the rule, the section and the subject, with a number where several would be equal.
    """
    index = {id: number for number, id in enumerate(rules)}
    seen: Counter[str] = Counter()
    results = [
        _result(_uri(path, analysis.file), issue, index, seen)
        for path, analysis in items
        for issue in analysis.issues
    ]
    driver = {
        "name": "ccm-gitops",
        "version": __version__,
        "rules": list(map(_rule, rules.values())),
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"SRCROOT": {"description": {"text": "where analyze was started"}}},
        "results": results,
        "properties": {"tokenizers": sorted({analysis.tokenizer for _, analysis in items})},
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.summary},
        "help": {"text": f"ccm-gitops rules show {rule.id}"},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(
    uri: str, issue: Finding, index: Mapping[str, int], seen: Counter[str]
) -> dict[str, Any]:
    key = "\0".join((uri, issue.rule, issue.section, issue.subject))
    seen[key] += 1
    print_ = hashlib.sha256(f"{key}\0{seen[key]}".encode("utf-8", "replace")).hexdigest()
    region = {
        "startLine": issue.line,
        "startColumn": issue.column,
        "endLine": max(issue.line, issue.end_line),
    }
    place = {"artifactLocation": {"uri": uri, "uriBaseId": "SRCROOT"}, "region": region}
    return {
        "ruleId": issue.rule,
        "ruleIndex": index[issue.rule],
        "level": _LEVELS[issue.severity],
        "rank": _RANKS[issue.severity],
        "message": {"text": f"{issue.message}. Suggestion: {issue.suggestion}."},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {"ccmFinding/v1": print_},
        "properties": {
            "confidence": issue.confidence,
            "estimatedSavings": issue.estimated_savings,
            "section": issue.section,
            "subject": issue.subject,
        },
    }


def _uri(path: str, file: str) -> str:
    """The file as a relative URI; a folder elsewhere on this machine keeps its path."""
    whole = f"{path.replace(chr(92), '/').rstrip('/')}/{file}"
    while whole.startswith("./"):
        whole = whole.removeprefix("./")
    return quote(whole)
