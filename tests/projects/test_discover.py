from __future__ import annotations

from pathlib import Path

import pytest

from ccm_gitops.config.model import Config, FileState, Settings
from ccm_gitops.config.sources import GlobSource, PathSource, ProjectSource, RepoSource
from ccm_gitops.errors import GitError, SecretError
from ccm_gitops.gitrepo.clone import Clone
from ccm_gitops.gitrepo.repository import Repository
from ccm_gitops.projects.discover import find_projects, select
from ccm_gitops.projects.model import Discovery, Project
from ccm_gitops.projects.opening import open_project
from tests.support.repos import make_bare, make_repo


def _find(root: Path, *sources: ProjectSource, machine: str = "laptop") -> Discovery:
    config = Config(
        path=root / "schedules.yaml",
        settings=Settings(state=FileState(root / "state.json")),
        projects=sources,
    )
    return find_projects(config, machine, home=root / "home", environ={})


def _ids(found: Discovery) -> list[str]:
    return [project.id for project in found.projects]


def test_a_configuration_without_projects_has_none(tmp_path: Path):
    assert _find(tmp_path) == Discovery((), ())


def test_paths_and_urls_keep_what_was_said_of_them(tmp_path: Path):
    folder = tmp_path / "api"
    folder.mkdir()
    found = _find(
        tmp_path,
        PathSource(id="api", path=Path("api"), branch="main"),
        RepoSource(id="web", repo="https://example.org/web.git", token="${T}", machine="laptop"),
    )
    assert found.problems == ()
    assert found.projects == (
        Project(id="api", path=folder, branch="main"),
        Project(id="web", repo="https://example.org/web.git", token="${T}", machine="laptop"),
    )


def test_a_source_of_another_machine_is_passed_over(tmp_path: Path):
    found = _find(tmp_path, PathSource(id="api", path=Path("none"), machine="server"))
    assert found == Discovery((), ())


def test_a_source_that_fails_is_named_and_the_others_go_on(tmp_path: Path):
    make_repo(tmp_path / "web")
    found = _find(
        tmp_path,
        PathSource(id="api", path=Path("none")),
        GlobSource(glob="no/*"),
        PathSource(id="web", path=Path("web")),
    )
    assert _ids(found) == ["web"]
    assert [str(problem) for problem in found.problems] == [
        f"api: there is no folder {tmp_path}/none",
        "no/*: no git repository matches",
    ]


def test_a_glob_finds_repositories_only_each_once_and_names_them_by_folder(tmp_path: Path):
    home = tmp_path / "home"
    first = make_repo(home / "Projects/My API")
    bare = make_bare(home / "Projects/web.git", make_repo(tmp_path / "seed", {"a": "a"}))
    (home / "Projects/notes").mkdir()
    (home / "Projects/link").symlink_to(first)
    found = _find(
        tmp_path, GlobSource(glob="~/Projects/*"), GlobSource(glob=str(home / "Projects/**"))
    )
    assert found.projects == (Project(id="my-api", path=first), Project(id="web", path=bare))
    assert found.problems == ()


def test_a_folder_that_an_entry_names_is_not_found_again(tmp_path: Path):
    root = make_repo(tmp_path / "work/api")
    found = _find(tmp_path, GlobSource(glob="work/*"), PathSource(id="the-api", path=root))
    assert _ids(found) == ["the-api"]


def test_ids_made_from_equal_names_differ_and_do_not_depend_on_the_order(tmp_path: Path):
    for name in ("a/api", "b/api", "b/x/api", "c/x/api", "d/web"):
        make_repo(tmp_path / "work" / name)
    sources = (GlobSource(glob="work/*/*"), GlobSource(glob="work/*/x/*"))
    expected = {
        "a/api": "a-api",
        "b/api": "b-api",
        "b/x/api": "x-api",
        "c/x/api": "x-api-2",
        "d/web": "d-web",
    }
    taken = RepoSource(id="web", repo="https://example.org/web", machine="server")
    for order in (sources, sources[::-1]):
        found = _find(tmp_path, *order, taken)
        assert {str(project.path): project.id for project in found.projects} == {
            f"{tmp_path}/work/{name}": id for name, id in expected.items()
        }


@pytest.mark.parametrize(
    ("patterns", "ids"),
    [
        (None, ["api", "api-web", "docs"]),
        ((), []),
        (("api",), ["api"]),
        (("api*",), ["api", "api-web"]),
        (("docs", "api"), ["api", "docs"]),
        (("none", "API"), []),
    ],
)
def test_select(patterns: tuple[str, ...] | None, ids: list[str]):
    projects = [Project(id=id, path=Path("/")) for id in ("api", "api-web", "docs")]
    assert [project.id for project in select(projects, patterns)] == ids


def test_a_project_is_opened_where_it_is_or_as_a_clone(tmp_path: Path):
    root = make_repo(tmp_path / "r", {"a": "a"})
    local = open_project(Project(id="r", path=root), cache=tmp_path / "cache", environ={})
    assert isinstance(local, Repository)
    remote = Project(id="r", repo=f"file://{root}", token="${T}")
    clone = open_project(remote, cache=tmp_path / "cache", environ={"T": "x"})
    assert isinstance(clone, Clone)
    assert clone.base(None) == local.base(None)
    with pytest.raises(SecretError, match="T is not set"):
        open_project(remote, cache=tmp_path / "cache", environ={})
    with pytest.raises(GitError, match="not the top folder"):
        open_project(Project(id="x", path=tmp_path), cache=tmp_path / "cache", environ={})


def test_the_place_of_a_project_shows_no_password():
    assert Project(id="r", repo="https://a:pw@host/x.git").place == "https://***@host/x.git"
