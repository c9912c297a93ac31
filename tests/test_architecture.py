"""The house: who imports whom, what start-up loads, and that registries and documents agree."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ccm_gitops.cli import COMMANDS

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "ccm_gitops"
FLOORS = (
    {"errors"},
    {"files", "clock", "durations", "globs", "sizes"},
    {"process", "secrets"},
    {"gitrepo", "http", "schedule"},
    {"config", "context", "execution", "forges"},
    {"state", "projects"},
    {"tasks", "publish", "notify", "setup"},
    {"runner", "plan", "planning", "judging", "ledger", "survey", "dispatch", "executor", "work"}
    | {"workspace", "announce", "audit", "provenance", "sending", "runtime", "overview"}
    | {"upcoming", "timetable", "ordering", "resuming", "renewal"}
    | {"sharding", "pausing", "measuring", "inspection", "job", "proposing", "allowance", "report"},
    {"server"},
    {"cli"},
)
FLOOR = {room: number for number, floor in enumerate(FLOORS) for room in floor}
# The runner and its parts are one room in several modules; report reads their models.
ONE_ROOM = FLOORS[7]
MODULES = sorted(
    path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE or path.stem[0] != "_"
)


def imports(path: Path) -> Iterator[str]:
    """The rooms that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module]
            if node.module == "ccm_gitops":
                names = [f"ccm_gitops.{alias.name}" for alias in node.names]
        yield from (name.split(".")[1] for name in names if name.startswith("ccm_gitops."))


def room(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_go_down_only(path):
    here = room(path)
    for other in set(imports(path)) - {here, "__version__"}:
        is_family = {here, other} <= ONE_ROOM
        assert FLOOR[other] < FLOOR[here] or is_family, f"{here} may not import {other}"


def test_nothing_below_the_command_line_imports_click():
    users = {room(path) for path in MODULES if "click" in path.read_text() and _imports_click(path)}
    assert users == {"cli"}


def _imports_click(path: Path) -> bool:
    return any(
        alias.name == "click"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import)
        for alias in node.names
    )


def loaded(code: str) -> set[str]:
    """The modules that are loaded after `code` ran in a fresh interpreter."""
    script = f"{code}\nimport sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_help_loads_nothing_but_click():
    heavy = {"yaml", "jsonschema", "cronsim", "httpx", "git", "markdown_it"}
    assert not heavy & loaded("import ccm_gitops.cli")


def test_a_run_with_nothing_due_loads_neither_http_nor_git_nor_markdown(sandbox):
    sandbox.configure(tasks=[{"id": "a", "name": "A", "type": "analyze", "schedule": "manual"}])
    code = (
        f"import os, sys; os.chdir({str(sandbox.root)!r}); os.environ['HOME'] = os.curdir\n"
        "sys.argv = ['ccm-gitops', 'run']\n"
        "from ccm_gitops.cli import cli; cli.main(standalone_mode=False)"
    )
    heavy = {"httpx", "httpcore", "git", "markdown_it", "subprocess"}
    assert not heavy & loaded(code)
    judging = {"yaml", "jsonschema"}  # a file that was found valid is not judged again
    assert not judging & loaded(code)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_is_in_the_readme_and_has_help(command, sandbox):
    assert f"`{command}" in (ROOT / "README.md").read_text()
    ran = sandbox.ccm(command, "--help")
    assert ran.code == 0
    assert "Usage: ccm-gitops" in ran.out


def test_every_dependency_says_why_it_is_there():
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    listed = [line for line in lines if line.startswith('    "') and line.endswith(",")]
    dependencies = [line for line in lines if line.startswith('    "') and "#" in line]
    assert len(dependencies) > 10
    assert all("::" in line or line.strip() == '"Environment :: Console",' for line in listed)
