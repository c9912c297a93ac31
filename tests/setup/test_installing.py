"""`init`, `install` and `uninstall` through the installed command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from ccm_gitops import __version__
from ccm_gitops.config.find import NAMES
from tests.support.command import PROGRAM, Ran, ccm
from tests.support.repos import git, make_repo

ROOT = Path(__file__).parents[2]
CONFIG = """\
version: 1
projects: [{id: api, path: api, token: "${CCM_TOKEN}"}]
webhooks: [{id: chat, type: slack, url: "${CHAT_URL}"}]
tasks: [{id: look, type: analyze, schedule: manual}]
"""

# Stands in for the user's crontab, so that no test touches a real one: keeps it in a file.
CRONTAB = """\
#!/bin/sh
table="$HOME/table"
if [ "$1" = -l ]; then
    [ -f "$table" ] || { echo "no crontab for tester" >&2; exit 1; }
    cat "$table"
else
    cat "$1" > "$table"
fi
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    make_repo(tmp_path / "api", {"CLAUDE.md": b"# Api\n\nRun `make test`.\n"})
    return tmp_path


def with_crontab(place: Path, *arguments: str) -> Ran:
    tools = place / "tools"
    tools.mkdir(exist_ok=True)
    (tools / "crontab").write_text(CRONTAB)
    (tools / "crontab").chmod(0o755)
    return ccm(*arguments, cwd=place, env={"PATH": f"{tools}:{os.environ['PATH']}"})


def test_init_writes_a_valid_configuration_of_what_stands_around_it(place: Path) -> None:
    ran = ccm("init", cwd=place)
    assert ran.code == 0
    assert ran.out == "wrote schedules.yaml\nwrote schema/schedules.schema.json\n"
    document = yaml.safe_load((place / "schedules.yaml").read_text())
    assert document["projects"] == [{"id": "api", "path": "api"}]
    assert ccm("validate", cwd=place).out == "schedules.yaml: valid\n"
    due = ccm("run", "--task", "weekly-optimize", "--force", "--dry-run", "--json", cwd=place)
    assert [one["status"] for one in due.json["executions"]] == ["completed"]


def test_init_where_nothing_is_still_makes_a_valid_configuration(tmp_path: Path) -> None:
    ran = ccm("init", cwd=tmp_path)
    assert "name your repositories in schedules.yaml, under `projects`" in ran.err
    assert ccm("validate", cwd=tmp_path).code == 0


def test_init_overwrites_only_when_forced(place: Path) -> None:
    (place / "schedules.yaml").write_text("mine\n")
    ran = ccm("init", cwd=place)
    assert ran.code == 2
    assert "schedules.yaml: already there; --force overwrites" in ran.err
    assert (place / "schedules.yaml").read_text() == "mine\n"
    assert not (place / "schema").exists()
    assert ccm("init", "--force", cwd=place).code == 0
    assert ccm("validate", cwd=place).code == 0


@pytest.mark.parametrize(
    "url",
    [
        "git@github.com:acme/api.git",
        "ssh://git@github.com/acme/api",
        "https://me:hidden@github.com/acme/api.git",
    ],
    ids=["scp form", "ssh", "https with credentials"],
)
def test_init_for_github_actions_names_the_repository_by_its_url(place: Path, url: str) -> None:
    repo = place / "api"
    git(repo, "remote", "add", "origin", url)
    assert ccm("init", "--github-actions", cwd=repo).code == 0
    document = yaml.safe_load((repo / "schedules.yaml").read_text())
    assert document["projects"] == [
        {"id": "api", "repo": "https://github.com/acme/api.git", "token": "${GITHUB_TOKEN}"}
    ]
    assert document["settings"]["state"]["branch"] == "ccm-state"
    workflow = yaml.safe_load((repo / ".github/workflows/ccm-gitops.yml").read_text())
    assert workflow["jobs"]["run"]["steps"][-1]["env"] == {"GITHUB_TOKEN": "${{ github.token }}"}
    assert ccm("validate", cwd=repo).code == 0


@pytest.mark.parametrize("name", NAMES)
def test_init_beside_a_configuration_names_the_command_for_its_workflow(
    place: Path, name: str
) -> None:
    repo = place / "api"
    (repo / name).parent.mkdir(exist_ok=True)
    (repo / name).write_text(CONFIG)
    assert f"{name}: already there" in ccm("init", cwd=repo).err
    ran = ccm("init", "--github-actions", cwd=repo)
    assert ran.code == 2
    assert ran.err.endswith(
        "`ccm-gitops install github-actions` writes the workflow for what is there\n"
    )
    assert [path for path in repo.rglob("*.y*ml") if ".git/" not in str(path)] == [repo / name]


def test_init_for_github_actions_wants_the_repositorys_top_folder(place: Path) -> None:
    assert "run it in" not in ccm("init", "--github-actions", cwd=place).err
    (place / "api" / "sub").mkdir()
    ran = ccm("init", "--github-actions", cwd=place / "api" / "sub")
    assert ran.code == 2
    assert f"run it in {place / 'api'}" in ran.err


def test_the_crontab_gets_one_line_and_gives_it_back(place: Path) -> None:
    (place / "schedules.yaml").write_text(CONFIG)
    (place / "table").write_text("0 1 * * * backup\n")
    ran = with_crontab(place, "install", "cron")
    assert ran.code == 0
    assert "CCM_TOKEN, CHAT_URL must be set for the runner" in ran.err
    with_crontab(place, "install", "cron", "--every", "1h")
    config = place / "schedules.yaml"
    added = f"0 * * * * {PROGRAM} run --quiet --config {config} # ccm-gitops {config}\n"
    assert (place / "table").read_text() == f"0 1 * * * backup\n{added}"
    assert with_crontab(place, "uninstall", "cron").code == 0
    assert (place / "table").read_text() == "0 1 * * * backup\n"
    assert "has no line" in with_crontab(place, "uninstall", "cron").out


def test_printing_the_crontab_line_changes_nothing(place: Path) -> None:
    (place / "schedules.yaml").write_text(CONFIG)
    ran = with_crontab(place, "install", "cron", "--print")
    assert ran.out.startswith("*/15 * * * * ")
    assert not (place / "table").exists()


def test_the_crontabs_command_does_its_job_in_a_bare_environment(place: Path) -> None:
    (place / "schedules.yaml").write_text(
        CONFIG.replace("schedule: manual", "schedule: {interval: 1h}")
    )
    (place / "env").write_text("CHAT_URL='http://127.0.0.1:9/'\nCCM_TOKEN=x\n")
    printed = ccm("install", "cron", "--print", "--env-file", "env", cwd=place).out
    command = printed.split(" ", 5)[5].replace("\\%", "%")
    bare = {"HOME": str(place), "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"}
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd="/", env=bare, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    state = json.loads((place / ".ccm" / "state.json").read_text())
    assert "look" in state["tasks"]


def test_systemds_units_are_written_and_removed_and_foreign_ones_stay(place: Path) -> None:
    (place / "schedules.yaml").write_text(CONFIG)
    units = place / ".config" / "systemd" / "user"
    units.mkdir(parents=True)
    (units / "mine.timer").write_text("[Timer]\n")
    ran = ccm("install", "systemd", "--name", "mine", cwd=place)
    assert ran.code == 2
    assert "not ours" in ran.err
    # Where no systemd of the user runs, the files are written and the failure is said.
    ccm("install", "systemd", "--every", "6h", cwd=place)
    assert "OnCalendar=*-*-* 00/6:00:00\n" in (units / "ccm-gitops.timer").read_text()
    assert ccm("uninstall", "systemd", cwd=place).code == 0
    assert [path.name for path in units.iterdir()] == ["mine.timer"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
@pytest.mark.parametrize("every", ["1m", "15m", "1h", "6h", "1d"])
def test_systemd_finds_nothing_wrong_with_its_units(place: Path, every: str) -> None:
    odd = place / "100% $HOME"
    odd.mkdir()
    (odd / "schedules.yaml").write_text(CONFIG)
    printed = ccm("install", "systemd", "--print", "--every", every, cwd=odd).out
    service, timer = printed.split("# ccm-gitops.timer\n")
    files = {"ccm-gitops.service": service, "ccm-gitops.timer": timer}
    for name, text in files.items():
        (place / name).write_text(text)
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *files], cwd=place, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_the_workflow_hands_each_variable_over_and_is_removed_again(place: Path) -> None:
    repo = place / "api"
    (repo / ".github").mkdir()
    (repo / ".github" / "schedules.yaml").write_text(CONFIG.replace("path: api", "path: .."))
    assert ccm("install", "github-actions", "--source", "./tool", cwd=repo).code == 0
    target = repo / ".github" / "workflows" / "ccm-gitops.yml"
    steps = yaml.safe_load(target.read_text())["jobs"]["run"]["steps"]
    assert steps[-2]["run"] == "pip install --quiet ./tool"
    assert steps[-1]["run"] == "ccm-gitops run --config .github/schedules.yaml"
    assert steps[-1]["env"] == {
        "GITHUB_TOKEN": "${{ github.token }}",
        "CCM_TOKEN": "${{ secrets.CCM_TOKEN }}",
        "CHAT_URL": "${{ secrets.CHAT_URL }}",
    }
    assert ccm("uninstall", "github-actions", cwd=repo).code == 0
    assert not target.exists()


def test_a_workflow_of_somebody_else_is_not_overwritten(place: Path) -> None:
    repo = place / "api"
    (repo / "schedules.yaml").write_text(CONFIG)
    target = repo / ".github" / "workflows" / "ccm-gitops.yml"
    target.parent.mkdir(parents=True)
    target.write_text("name: mine\n")
    assert ccm("install", "github-actions", cwd=repo).code == 2
    assert ccm("uninstall", "github-actions", cwd=repo).code == 0
    assert target.read_text() == "name: mine\n"


@pytest.mark.parametrize("file", ["action.yml", ".github/workflows/run.yml"])
def test_every_action_that_is_used_is_pinned_to_a_commit(file: str) -> None:
    text = (ROOT / file).read_text()
    uses = [line.split("uses:")[1] for line in text.splitlines() if "uses:" in line]
    assert uses
    assert all(len(one.split("@")[1].split()[0]) == 40 for one in uses)


def test_the_reusable_workflow_installs_this_version() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/run.yml").read_text())
    # YAML 1.1 reads the key `on` as true.
    source = workflow[True]["workflow_call"]["inputs"]["source"]["default"]
    assert source == f"ccm-gitops=={__version__}"


def test_the_actions_script_gives_its_outputs_and_exit_code(place: Path) -> None:
    (place / "schedules.yaml").write_text(CONFIG.replace(', token: "${CCM_TOKEN}"', ""))
    tools = place / "temp" / "ccm-gitops"
    tools.mkdir(parents=True)
    (tools / "bin").symlink_to(PROGRAM.parent)
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(place),
        "RUNNER_TEMP": str(place / "temp"),
        "GITHUB_OUTPUT": str(place / "output"),
        "CONFIG": "",
        "TASKS": "look",
        "DRY_RUN": "false",
        "FORCE": "true",
    }
    script = ["bash", str(ROOT / ".github" / "run-action.sh")]
    done = subprocess.run(script, cwd=place, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    outputs = dict(line.split("=", 1) for line in (place / "output").read_text().splitlines())
    assert (outputs["executions"], outputs["failed"], outputs["tokens-saved"]) == ("1", "0", "0")
    assert json.loads(Path(outputs["report"]).read_text())["due"] == ["look"]
    env["TASKS"] = "nothing"
    done = subprocess.run(script, cwd=place, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 2
