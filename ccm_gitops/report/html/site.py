"""Renders the dashboard's pages, badges and assets; every text is escaped by the templates."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ccm_gitops import __version__
from ccm_gitops.report.html import charts, words
from ccm_gitops.report.html.badge import score_badge
from ccm_gitops.report.model import Dashboard
from ccm_gitops.report.projects import ProjectView, worst_first

_HERE = Path(__file__).parent
ASSETS = ("assets/site.css", "assets/site.js", "assets/icon.svg")
# How many rows pages show; executions beyond them are on a page of their own.
LIMITS = {"RECENT": 12, "SECTIONS": 60, "FINDINGS": 60, "ARCHIVES": 100}
CSP = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'"
)


@dataclass(frozen=True, kw_only=True)
class Live:
    """What a page has on top where a server shows it: its buttons, scripts and dialogs.

    `scripts` and `styles` are addresses, loaded after the page's own; `body` is put before its end.
    """

    scripts: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    body: Markup = field(default_factory=Markup)


def render_site(dashboard: Dashboard) -> dict[str, str | bytes]:
    """Every file of the static site, by its path in it."""
    pages: dict[str, str | bytes] = {
        path: render_page(dashboard, path) for path in page_paths(dashboard)
    }
    badges = {f"badges/{slug(p.id)}.svg": score_badge(p.score) for p in dashboard.projects}
    return {**pages, **badges, **{path: asset(path) for path in ASSETS}}


def page_paths(dashboard: Dashboard) -> Iterator[str]:
    """The paths of the site's HTML pages."""
    yield "index.html"
    yield "executions.html"
    yield from (f"projects/{slug(project.id)}.html" for project in dashboard.projects)


def render_page(dashboard: Dashboard, path: str, live: Live | None = None) -> str:
    """One page by its path in the site; raises KeyError where there is no such page.

    Links are relative, so that the site works from files and below any address.
    """
    is_project = path not in ("index.html", "executions.html")
    return (
        _environment()
        .get_template("project.html" if is_project else path)
        .render(
            d=dashboard,
            p=_project(dashboard, path) if is_project else None,
            live=live,
            root="../" * path.count("/"),
            csp=CSP,
            version=__version__,
            at=words.Words(dashboard.generated_at, dashboard.timezone),
        )
    )


def asset(path: str) -> bytes:
    """A file that pages refer to, by its path in the site; raises KeyError for any other."""
    if path not in ASSETS:
        raise KeyError(path)
    return (_HERE / path).read_bytes()


def slug(id: str) -> str:
    """A project's name in paths: its id, which is fit for it; anything else is digested."""
    if re.fullmatch(r"[a-z0-9][a-z0-9-]*", id):
        return id
    return f"x-{hashlib.sha256(id.encode()).hexdigest()[:16]}"


def _project(dashboard: Dashboard, path: str) -> ProjectView:
    for project in dashboard.projects:
        if path == f"projects/{slug(project.id)}.html":
            return project
    raise KeyError(path)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": words.number,
        "money": words.money,
        "kind": words.kind,
        "took": words.took,
        "slug": slug,
        "grade": words.grade,
        "is_link": words.is_link,
        "worst_first": worst_first,
    }
    environment.globals |= {
        "sparkline": charts.sparkline,
        "trend": charts.trend,
        "executions_chart": charts.executions_chart,
        "savings_chart": charts.savings_chart,
        "section_bar": charts.section_bar,
        "recent_runs": charts.recent_runs,
        "group_of": charts.group_of,
        "GROUPS": charts.GROUPS,
        **LIMITS,
    }
    return environment
