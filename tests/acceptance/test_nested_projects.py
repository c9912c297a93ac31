"""A context file of a project within a repository, through the installed command."""

from __future__ import annotations

from tests.context.test_nearby import API, PATHS
from tests.support.repos import commit_files, git
from tests.support.sandbox import Sandbox

PATH, DOCUMENT = "packages/app/CLAUDE.md", "packages/app/docs/agents/api-endpoints.md"
TEXT = API.replace("the tea number 7 ", "the [tea](src/all.md#teas) number 7 ")
TIDY = {"id": "tidy", "name": "Tidy", "type": "optimize", "schedule": {"interval": "7d"}}


def test_what_moves_stays_in_the_folder_of_the_project_and_comes_back(sandbox: Sandbox):
    sandbox.demo_repo("shop")
    repo = sandbox.root / "shop"
    files = {"package.json": "{}\n", "src/all.md": "# Teas\n", **PATHS}
    own = {f"packages/app/{path}": text for path, text in files.items()}
    commit_files(repo, {**own, PATH: TEXT})
    sandbox.configure(projects=[{"path": "shop"}], tasks=[TIDY], settings={"context_files": [PATH]})
    assert sandbox.ccm("run").code == 0
    git(repo, "switch", "--quiet", "ccm/tidy")
    changed = git(repo, "diff", "main", "--name-only").split()
    assert [path for path in changed if not path.startswith(".claude/archives/")] == [
        PATH,
        DOCUMENT,
    ]
    assert "> Moved to `docs/agents/api-endpoints.md`" in (repo / PATH).read_text()
    document = (repo / DOCUMENT).read_text()
    assert "the [tea](../../src/all.md#teas) number 7 " in document
    checked = sandbox.ccm("verify", "shop", "ccm/tidy")
    assert (checked.code, checked.err) == (0, "")
    sandbox.ccm("archives", "restore", "--all", "--yes", "--path", "shop")
    assert git(repo, "diff", "main", "--stat") == ""
