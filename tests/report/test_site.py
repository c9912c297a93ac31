"""The static site: whole, self-contained, safe whatever the texts are, and readable."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from ccm_gitops.report.html import charts
from ccm_gitops.report.html.badge import score_badge
from ccm_gitops.report.html.site import Live, asset, render_page, render_site, slug
from ccm_gitops.report.model import Dashboard
from ccm_gitops.report.projects import Point
from tests.support.histories import NOW, dashboard, line, result

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&"
VOID = {"meta", "link", "img", "input", "br", "hr"}


@dataclass
class Page(HTMLParser):
    """A page as a browser would see it: its elements, its texts, and what is left open."""

    text: str
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    open: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.text)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)

    def named(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture
def board(tmp_path: Path) -> Dashboard:
    """A dashboard whose every text is hostile."""
    saved = result(
        "api",
        tokens_saved=9,
        path=HOSTILE,
        file=HOSTILE,
        branch=HOSTILE,
        commit=HOSTILE,
        pull_request="javascript:alert(3)",
        error=HOSTILE,
    )
    history = [
        line("daily", NOW - timedelta(days=1), projects=(result("api", 50), result("web", 90))),
        line("daily", NOW, task_name=HOSTILE, status="failed", error=HOSTILE, projects=(saved,)),
    ]
    task = {"id": "daily", "name": HOSTILE, "description": HOSTILE, "type": "analyze"}
    hook = {"id": "ops", "name": HOSTILE, "type": "generic", "url": "${CCM_PLACE}/secret"}
    return dashboard(
        tmp_path, history, tasks=[{**task, "schedule": {"cron": "0 9 * * *"}}], webhooks=[hook]
    )


def pages(board: Dashboard) -> dict[str, str]:
    return {p: str(c) for p, c in render_site(board).items() if p.endswith(".html")}


def test_hostile_texts_are_shown_and_do_nothing(board):
    for path, text in pages(board).items():
        page = Page(text)
        assert [set(script) for script in page.named("script")] == [{"src"}]
        assert [image for image in page.named("img") if image["src"] == "x"] == []
        handlers = [
            name for _, attributes in page.elements for name in attributes if name[:2] == "on"
        ]
        assert handlers == [], path
        assert not any(a["href"].startswith("javascript:") for a in page.named("a"))
    assert HOSTILE in "".join(Page(pages(board)["index.html"]).words)
    assert HOSTILE in "".join(Page(pages(board)["projects/api.html"]).words)


def test_no_page_needs_what_its_policy_forbids(board):
    for text in pages(board).values():
        page = Page(text)
        policy = next(m["content"] for m in page.named("meta") if "http-equiv" in m)
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert page.named("style") == []
        assert not any("style" in attributes for _, attributes in page.elements)
    assert b"url(" not in asset("assets/site.css")
    assert b"@import" not in asset("assets/site.css")


def test_every_link_of_the_site_leads_to_one_of_its_files(board):
    site = set(render_site(board))
    for path, text in pages(board).items():
        page = Page(text)
        linked = [a["href"] for tag in ("a", "link") for a in page.named(tag)]
        sources = [a["src"] for tag in ("script", "img") for a in page.named(tag)]
        for address in [*linked, *sources]:
            place = address.partition("#")[0]
            target = PurePosixPath(path).parent / place if place else PurePosixPath(path)
            assert re.sub(r"^[^/]+/\.\./", "", str(target)) in site, (path, address)


def test_tables_have_captions_headers_and_landmarks(board):
    for text in pages(board).values():
        page = Page(text)
        assert len(page.named("table")) == len(page.named("caption"))
        assert all("scope" in head for head in page.named("th"))
        assert (len(page.named("main")), len(page.named("h1"))) == (1, 1)
        assert page.named("html")[0]["lang"] == "en"
        ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
        assert len(ids) == len(set(ids))
        svgs = [svg for svg in page.named("svg") if "aria-hidden" not in svg]
        assert all(svg.get("aria-label") for svg in svgs)


def test_no_address_of_a_webhook_is_on_any_page(board):
    assert not any("CCM_PLACE" in text or "/secret" in text for text in pages(board).values())


def test_only_a_live_page_has_buttons_that_change_something(board):
    static = Page(render_page(board, "index.html"))
    assert not any("data-action" in button for button in static.named("button"))
    live = Live(scripts=("live.js",), styles=("live.css",), body=Markup("<dialog></dialog>"))
    page = Page(render_page(board, "index.html", live))
    actions = {button["data-action"] for button in page.named("button") if "data-action" in button}
    assert actions == {"new-task", "add-webhook", "run", "edit", "disable", "retry", "test"}
    assert [script["src"] for script in page.named("script")] == ["assets/site.js", "live.js"]
    assert page.named("dialog")


@pytest.mark.parametrize(
    "path", ["nothing.html", "projects/none.html", "../index.html", "assets/x"]
)
def test_there_are_no_other_pages(board, path):
    with pytest.raises(KeyError):
        render_page(board, path)
    with pytest.raises(KeyError):
        asset(path)


def test_a_name_that_is_no_id_cannot_leave_the_site():
    assert re.fullmatch(r"x-[0-9a-f]{16}", slug("../../etc/passwd"))
    assert slug("payments-api") == "payments-api"


def test_an_empty_dashboard_says_so(tmp_path):
    text = "".join(Page(pages(dashboard(tmp_path))["index.html"]).words)
    for words in (
        "Not running",
        "no tasks yet",
        "Nothing has run yet",
        "No project",
        "Nobody is told",
    ):
        assert words in text


def test_the_list_says_how_many_executions_it_leaves_out(tmp_path):
    history = [line("daily", NOW - timedelta(minutes=i)) for i in range(502)]
    text = render_page(dashboard(tmp_path, history), "executions.html")
    assert "The 500 newest of 502" in text


@pytest.mark.parametrize(("score", "colour"), [(None, "5c5f62"), (0, "b3261e"), (100, "1f7a4d")])
def test_a_badge_is_well_formed_and_says_the_score(score, colour):
    badge = score_badge(score)
    root = ElementTree.fromstring(badge)
    said = "not measured" if score is None else f"{score}/100"
    assert root.attrib["aria-label"] == f"context: {said}"
    assert f"#{colour}" in badge


def course(count: int) -> list[Point]:
    return [
        Point(at=NOW + timedelta(days=i), score=(i * 37) % 101, tokens=i * 10, issues=i)
        for i in range(count)
    ]


@pytest.mark.parametrize("count", [2, 3, 90, 1_000])
def test_a_course_is_drawn_within_its_box_and_bounded(count):
    for drawn, width, height in (
        (charts.sparkline(course(count)), 96, 24),
        (charts.trend(course(count), "score"), 600, 120),
        (charts.trend(course(count), "tokens"), 600, 120),
    ):
        assert len(drawn) < 8_000
        circles = [c.attrib for c in ElementTree.fromstring(drawn).iter("circle")]
        assert all(0 <= float(c["cx"]) <= width and 0 <= float(c["cy"]) <= height for c in circles)
        # The last point is where the last measure is: at the right.
        assert max(float(c["cx"]) for c in circles) == width - (2 if width == 96 else 6)


def test_one_measure_is_no_course():
    assert charts.sparkline(course(1)) == ""
    assert charts.trend(course(1), "score") == ""


def test_higher_scores_stand_higher():
    low, high = (
        Point(at=NOW + timedelta(days=day), score=score, tokens=1, issues=0)
        for day, score in ((0, 10), (1, 90))
    )
    path = ElementTree.fromstring(charts.sparkline([low, high])).find("path")
    assert path is not None
    (_, y1), (_, y2) = (pair.split() for pair in path.attrib["d"].removeprefix("M").split("L"))
    assert float(y1) > float(y2)
