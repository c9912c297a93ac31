"""From the entries under `projects` to projects: paths, globs, URLs; a failing entry is a value."""

from __future__ import annotations

import glob
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from ccm_gitops.config.model import Config
from ccm_gitops.config.sources import GithubSource, GitlabSource, GlobSource, PathSource, RepoSource
from ccm_gitops.gitrepo.repository import is_repository
from ccm_gitops.projects.model import Discovery, Project, SourceProblem
from ccm_gitops.projects.organisation import find_repositories


def find_projects(
    config: Config, machine: str, *, home: Path, environ: Mapping[str, str]
) -> Discovery:
    """Every project that this machine has: the named ones, then what globs match and owners have.

    `environ` holds tokens, `~` stands for `home`. A folder that an entry names is not found again
    by a glob.
    """
    sources = [source for source in config.projects if source.machine in (None, machine)]
    globs = [source for source in sources if isinstance(source, GlobSource)]
    found = [
        _named(source, config.folder, home)
        for source in sources
        if isinstance(source, PathSource | RepoSource)
    ]
    projects = [entry for entry in found if isinstance(entry, Project)]
    problems = [entry for entry in found if isinstance(entry, SourceProblem)]

    globbed: dict[Path, GlobSource] = {}
    for source in globs:
        paths = _repositories(source.glob, config.folder, home)
        if not paths:
            problems.append(SourceProblem(source.glob, "no git repository matches", is_named=False))
        globbed |= {path: source for path in paths if path not in globbed}
    named = {project.path for project in projects}
    # Ids of other machines' projects are taken too: state and webhooks are shared.
    taken = {s.id for s in config.projects if isinstance(s, PathSource | RepoSource)}
    ids = _ids(sorted(path for path in globbed if path not in named), taken)
    projects += [
        Project(id=id, path=path, machine=globbed[path].machine) for path, id in ids.items()
    ]
    used = taken | set(ids.values())
    for owner in sources:
        if isinstance(owner, GithubSource | GitlabSource):
            for entry in find_repositories(owner, used, environ):
                if isinstance(entry, Project):
                    projects.append(entry)
                else:
                    problems.append(entry)
    return Discovery(tuple(projects), tuple(problems))


def select(projects: Iterable[Project], patterns: Sequence[str] | None) -> tuple[Project, ...]:
    """The projects whose id `matches` the patterns."""
    return tuple(project for project in projects if matches(project.id, patterns))


def matches(id: str, patterns: Sequence[str] | None) -> bool:
    """True when an id is one of the patterns, or fits one as a glob; None fits every id."""
    return patterns is None or any(fnmatchcase(id, pattern) for pattern in patterns)


def _named(source: PathSource | RepoSource, folder: Path, home: Path) -> Project | SourceProblem:
    match source:
        case PathSource():
            path = Path(_absolute(str(source.path), folder, home)).resolve()
            if not path.is_dir():
                return SourceProblem(source.id, f"there is no folder {path}")
            return Project(
                id=source.id,
                path=path,
                branch=source.branch,
                token=source.token,
                machine=source.machine,
            )
        case RepoSource():
            return Project(
                id=source.id,
                repo=source.repo,
                branch=source.branch,
                token=source.token,
                machine=source.machine,
            )


def _repositories(pattern: str, folder: Path, home: Path) -> list[Path]:
    found = glob.glob(_absolute(pattern, Path(glob.escape(str(folder))), home), recursive=True)
    return sorted({Path(path).resolve() for path in found if is_repository(Path(path))})


def _absolute(path: str, folder: Path, home: Path) -> str:
    if path == "~" or path.startswith("~/"):
        return str(home / path[2:])
    return str(folder / path)


def _ids(paths: Sequence[Path], taken: Collection[str]) -> dict[Path, str]:
    """An id for each path, from its folder's name; its parent's goes in front when two agree."""
    names = Counter(_id_form(path.name) for path in paths)
    ids: dict[Path, str] = {}
    used = set(taken)
    for path in paths:
        id = _id_form(path.name)
        if names[id] > 1 or id in used:
            id = _id_form(f"{path.parent.name}-{path.name}")
        candidates = (id, *(f"{id}-{number}" for number in range(2, len(paths) + len(taken) + 2)))
        ids[path] = next(candidate for candidate in candidates if candidate not in used)
        used.add(ids[path])
    return ids


def _id_form(name: str) -> str:
    """A name as an id, `[a-z0-9][a-z0-9-]*`."""
    return re.sub(r"[^a-z0-9]+", "-", name.removesuffix(".git").lower()).strip("-") or "project"
