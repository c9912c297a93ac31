"""Moved text near the code that it speaks of, where a task asks for it."""

from __future__ import annotations

import re

import pytest

from ccm_gitops.context.loading import load
from ccm_gitops.context.optimize import Wishes, optimize_all
from ccm_gitops.context.optimize.nearby import project_of
from ccm_gitops.context.restoring import put_back, read_archives
from tests.support.contexts import NOW, optimized
from tests.support.trees import DictTree

PATHS = dict.fromkeys(("src/api/users.py", "src/api/teas.py", "src/web/shelf.ts", "lib/a.py"), "")
ROWS = "".join(f"| `/teas/{n}` | the tea number {n} as the shelf has it |\n" for n in range(40))
PARTS = "".join(f"Part {n} does what part {n} has to.\n\n" for n in range(160))


def text_about(*names: str) -> str:
    told = " and ".join(f"`{name}`" for name in names)
    table = f"| Endpoint | Answer |\n| --- | --- |\n{ROWS}"
    api = f"## API Endpoints\n\n{table}\nThey are in {told}.\n"
    return f"# App\n\nA shop.\n\n{api}\n## Overview\n\n{PARTS}"


API = text_about("src/api/users.py", "src/api/teas.py")


@pytest.mark.parametrize(
    ("move_to", "text", "target"),
    [
        pytest.param("nested", API, "src/api/CLAUDE.md", id="a context file of the folder"),
        pytest.param("rules", API, ".claude/rules/api-endpoints.md", id="a rule for the folder"),
        pytest.param("docs", API, "docs/agents/api-endpoints.md", id="a document, as a rule"),
        pytest.param(
            "nested",
            text_about("src/api/users.py", "src/web/shelf.ts"),
            "src/CLAUDE.md",
            id="the folder that all have in common",
        ),
        pytest.param(
            "nested",
            text_about("src/api/users.py", "lib/a.py"),
            "docs/agents/api-endpoints.md",
            id="nothing in common but the root",
        ),
        pytest.param(
            "nested",
            text_about("src/api/users.py", "src/gone.py"),
            "docs/agents/api-endpoints.md",
            id="one path alone, the other is gone",
        ),
    ],
)
def test_moved_text_goes_where_it_is_asked_for(move_to, text, target):
    result = optimized(text, others=PATHS, move_to=move_to)
    assert ROWS in result.files[target].decode()
    assert f"`{target}`" in result.files["CLAUDE.md"].decode()
    tree = DictTree({**PATHS, **result.files})
    back = put_back(tree, read_archives(tree, "CLAUDE.md"))
    assert back["CLAUDE.md"] == text.encode()
    assert back[target] is None


def test_a_rule_counts_for_its_folder_and_is_not_loaded_at_the_start():
    result = optimized(API, others=PATHS, move_to="rules")
    rule = result.files[".claude/rules/api-endpoints.md"].decode()
    assert rule.startswith('---\npaths:\n  - "src/api/**"\n---\n\n# API Endpoints\n\n')
    assert result.tokens_saved > 500


def test_somebody_else_s_context_file_is_never_written_to():
    others = {**PATHS, "src/api/CLAUDE.md": "# Mine\n"}
    result = optimized(API, others=others, move_to="nested")
    assert "src/api/CLAUDE.md" not in result.files
    assert "docs/agents/api-endpoints.md" in result.files


def test_text_of_other_agents_is_no_rule():
    result = optimized(API, path="AGENTS.md", others=PATHS, move_to="rules")
    assert "docs/agents/api-endpoints.md" in result.files


@pytest.mark.parametrize("is_link", [False, True], ids=["a copy", "a link"])
def test_text_that_other_agents_have_too_is_no_rule(is_link):
    others = {"AGENTS.md": "CLAUDE.md"} if is_link else {}
    texts = {"CLAUDE.md": API} if is_link else {"CLAUDE.md": API, "AGENTS.md": API}
    tree = DictTree({**PATHS, **texts}, others)
    files = load(tree, ("CLAUDE.md", "AGENTS.md"))
    wishes = Wishes((), "rules")
    first, *_ = optimize_all(files, tree, strategy="moderate", now=NOW, wishes=wishes)
    assert "docs/agents/api-endpoints.md" in first.files


@pytest.mark.parametrize(
    ("path", "manifest", "target", "pointer"),
    [
        pytest.param(
            "packages/app/CLAUDE.md",
            "packages/app/package.json",
            "packages/app/docs/agents/api-endpoints.md",
            "`docs/agents/api-endpoints.md`",
            id="the project's own file",
        ),
        pytest.param(
            "cli/src/daemon/AGENTS.md",
            "cli/go.mod",
            "cli/docs/agents/daemon-api-endpoints.md",
            "`../../docs/agents/daemon-api-endpoints.md`",
            id="a file deeper in a project",
        ),
        pytest.param(
            "web/.claude/CLAUDE.md",
            "web/Web.csproj",
            "web/docs/agents/api-endpoints.md",
            "`../docs/agents/api-endpoints.md`",
            id="the folder of an agent's settings in a project",
        ),
        pytest.param(
            "web/CLAUDE.md",
            "package.json",
            "docs/agents/web-api-endpoints.md",
            "`docs/agents/web-api-endpoints.md` (from the repository root)",
            id="a folder of the one project",
        ),
        pytest.param(
            ".claude/CLAUDE.md",
            ".claude/package.json",
            "docs/agents/api-endpoints.md",
            "`docs/agents/api-endpoints.md`",
            id="the folder of an agent's settings is no project",
        ),
    ],
)
def test_a_project_has_the_documents_of_its_files(path, manifest, target, pointer):
    others = {**PATHS, manifest: ""}
    result = optimized(API, path=path, others=others)
    assert ROWS in result.files[target].decode()
    new = result.files[path].decode()
    line = next(line for line in new.splitlines() if line.startswith("> Moved to "))
    assert "outdated_reference" not in {issue.rule for issue in result.after.issues}
    assert re.match(rf"> Moved to {re.escape(pointer)}[:;]", line)
    tree = DictTree({**others, **result.files})
    assert not optimized(new, path=path, others={**others, **result.files}).files
    back = put_back(tree, read_archives(tree, path))
    assert (back[path], back[target]) == (API.encode(), None)


def test_what_grows_joins_the_document_of_the_root_that_a_pointer_names_and_the_rest_does_not():
    path, target = "packages/app/CLAUDE.md", "docs/agents/app-api-endpoints.md"
    first = optimized(API, path=path, others=PATHS)
    more = f"| Pot | Answer |\n| --- | --- |\n{ROWS.replace('/teas/', '/pots/')}"
    grown, count = re.subn("(> Moved to .*)", rf"\1\n\n{more}", first.files[path].decode())
    grown += f"\n## Pots\n\n{PARTS}"
    own = {"packages/app/package.json": "", f"packages/app/{target}": "# Somebody else's\n"}
    others: dict[str, bytes | str] = {**PATHS, **first.files, **own}
    second = optimized(grown, path=path, others=others)
    new = second.files[path].decode()
    assert more in second.files[target].decode()
    assert count == new.count(target) == 1
    assert f"`{target}` (from the repository root)" in new
    assert "> Moved to `docs/agents/pots.md`" in new
    assert "packages/app/docs/agents/pots.md" in second.files
    after: dict[str, bytes | str] = {**others, **second.files}
    assert not optimized(new, path=path, others=after).files
    ids = {entry.id for _, entry in second.archives}
    tree = DictTree(after)
    back = put_back(tree, read_archives(tree, path, ids))
    assert back[path] == grown.encode()
    assert (back[target] or b"").rstrip() == first.files[target].rstrip()


@pytest.mark.parametrize("name", ["Cargo.toml", "app.fsproj", "build.gradle.kts"])
def test_the_nearest_folder_with_a_manifest_is_the_project(name):
    paths = frozenset({f"a/{name}", f"a/b/c/{name}", "a/b/x.csproj.user", name})
    assert project_of("a/b/AGENTS.md", paths) == "a"
    assert project_of("a/b/c/d/AGENTS.md", paths) == "a/b/c"
    assert project_of("b/AGENTS.md", paths) == ""
