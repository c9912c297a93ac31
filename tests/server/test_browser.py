"""The live pages in a real browser; skipped where there is none."""

from __future__ import annotations

import shutil

import pytest

from tests.support.repos import git
from tests.support.sandbox import Sandbox
from tests.support.served import TOKEN, served

playwright = pytest.importorskip("playwright.sync_api", reason="the extra `browser`")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no browser is installed")

FILE = """\
# Looked after by the platform team
version: 1
settings: {retry_attempts: 0}
projects:
  - {id: api, path: api}
webhooks:
  - {id: local, name: Local n8n, type: generic, url: "URL", allow_private: true}
tasks:
  - {id: daily, name: Daily Analysis, type: analyze, schedule: {cron: "0 9 * * *"}}
  - {id: broken, name: Broken Check, type: custom, schedule: manual, config: {command: ["false"]}}
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory, receiver):
    """A repository of a configuration."""
    sandbox = Sandbox(tmp_path_factory.mktemp("browsed"))
    sandbox.demo_repo("payments-api").rename(sandbox.root / "api")
    git(sandbox.root, "init", "--quiet", "--initial-branch=main")
    git(sandbox.root, "config", "user.name", "Ada")
    git(sandbox.root, "config", "user.email", "ada@example.org")
    (sandbox.root / "schedules.yaml").write_text(FILE.replace("URL", f"{receiver.url}/hook"))
    git(sandbox.root, "add", "schedules.yaml")
    git(sandbox.root, "commit", "--quiet", "--message", "By hand")
    return sandbox


@pytest.fixture(scope="module")
def browser():
    """Chromium."""
    with playwright.sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def server(place):
    """It commits what it changes."""
    with served(place.root, "--commit") as running:
        yield running


@pytest.fixture
def page(server, browser):
    """The dashboard, logged in; a page that reports an error fails its test."""
    page = browser.new_page()
    page.set_default_timeout(8_000)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if "Security" in said.text else None)
    page.goto(f"http://127.0.0.1:{server.port}/scheduler/login")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/index.html")
    yield page
    page.close()
    assert errors == []


def test_a_task_is_created_edited_and_disabled(page, place):
    page.get_by_role("button", name="New task").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Nightly Optimize")
    dialog.get_by_label("Optimize").check()
    dialog.get_by_label("Cron expression").fill("30 2 * * *")
    playwright.expect(dialog.locator("output")).to_have_text("Every day at 02:30, UTC")
    dialog.get_by_label("Strategy").select_option("conservative")
    dialog.get_by_label("Local n8n").check()
    dialog.get_by_role("button", name="Create task").click()
    row = page.get_by_role("row", name="Nightly Optimize")
    playwright.expect(row).to_contain_text("Every day at 02:30")
    assert git(place.root, "log", "-1", "--format=%s") == "Add task nightly-optimize"
    assert (place.root / "schedules.yaml").read_text().startswith("# Looked after")

    row.get_by_role("button", name="Edit").click()
    dialog.get_by_label("Cron expression").fill("0 3 * * *")
    dialog.get_by_role("button", name="Save").click()
    playwright.expect(row).to_contain_text("Every day at 03:00")
    row.get_by_role("button", name="Disable").click()
    playwright.expect(row).to_contain_text("disabled")
    assert git(place.root, "log", "-1", "--format=%s") == "Change task nightly-optimize"


def test_a_run_is_seen_to_end_without_a_reload(page):
    page.evaluate("window.sameDocument = true")
    row = page.get_by_role("row", name="Daily Analysis").first
    row.get_by_role("button", name="Run").click()
    executions = page.get_by_role("table", name="Recent executions")
    playwright.expect(executions).to_contain_text("Daily Analysis")
    assert page.evaluate("window.sameDocument")


def test_a_failure_is_retried(page):
    page.get_by_role("row", name="Broken Check").first.get_by_role("button", name="Run").click()
    executions = page.get_by_role("table", name="Recent executions")
    executions.get_by_role("button", name="Retry").first.click()
    playwright.expect(executions.get_by_role("button", name="Retry")).to_have_count(2)


def test_an_optimisation_is_looked_at_before_it_is_applied(page, place):
    row = page.get_by_role("row", name="Nightly Optimize").first
    row.get_by_role("button", name="Preview").click()
    dialog = page.get_by_role("dialog")
    playwright.expect(dialog.locator("h3").first).to_contain_text("tokens fewer")
    assert dialog.locator("td.gone").count() > 3
    assert dialog.locator("td.new").count() > 3
    assert "ccm/nightly-optimize" not in git(place.root / "api", "branch", "--all")
    dialog.get_by_role("button", name="Apply").click()
    executions = page.get_by_role("table", name="Recent executions")
    playwright.expect(executions).to_contain_text("Nightly Optimize")
    assert "ccm/nightly-optimize" in git(place.root / "api", "branch", "--all")


def test_a_webhook_is_tested(page, receiver):
    before = len(receiver.received)
    page.get_by_role("row", name="Local n8n").get_by_role("button", name="Test").click()
    playwright.expect(page.locator("#said")).to_have_text("delivered")
    assert len(receiver.received) == before + 1


def test_nobody_is_shut_out(page):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    page.get_by_role("button", name="New task").click()
    page.wait_for_selector("#task-dialog[open]")
    found = axe.run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
    page.keyboard.press("Escape")
    found = axe.run(page).response["violations"]
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
