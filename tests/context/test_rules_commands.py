"""Commands: only what no file of the repository defines is a finding."""

from __future__ import annotations

import time

import pytest

from tests.support.analysing import findings

PROJECT = {
    "package.json": '{"name": "shop", "scripts": {"build": "x", "test:unit": "x"}}',
    "web/package.json": '{"name": "@shop/web", "scripts": {"dev": "x"}}',
    "web/src/a.ts": "",
    "turbo.json": '{"tasks": {"docs#build": {}, "gen": {}}}',
    "Makefile": (
        "include build/common.mk\n-include .env\n"
        "IMAGE := registry.example.com/x:latest\nOBJECTS = app lib\n.PHONY: test\nVERSION := 1\n"
        "test lint: deps\n\tgo test\nout/app: main.go\n$(OBJECTS): x\ndeploy-%:\n\tx\n"
    ),
    "build/common.mk": "html:\n\tx\n",
    "docs/Makefile": "all:\n\tx\n",
    "justfile": (
        "set shell := ['bash']\nimport 'more.just'\nmod web\n"
        "fmt arg='x':\n  x\n@check: fmt\n  x\nalias c := check\n"
    ),
    "more.just": "ship:\n  x\n",
    "Taskfile.yml": (
        "version: '3'\nincludes:\n  docs: ./docs\ntasks:\n  build: x\n"
        "  lint:\n    aliases: [l]\n    cmds: [x]\n  'gen:*': x\n"
    ),
    "composer.json": '{"scripts": {"check": "x"}}',
    "deno.jsonc": '{\n  // tasks\n  "tasks": {"fetch": "x",},\n}',
    "mise.toml": "[tasks.bundle]\nrun = 'x'\nalias = 'b'\n",
    "mise/tasks/db/reset.sh": "",
    "noxfile.py": (
        "import nox\n@nox.session(python=['3.12'])\ndef tests(session): ...\n"
        "@nox.session(name='type-check')\ndef types(session): ...\n"
    ),
    "tox.ini": "[tox]\nenvlist = py{311,312}-django{4,5}, docs\n[testenv:lint]\ncommands = x\n",
    "tasks.py": "from invoke import task\n@task\ndef build_docs(c): ...\n",
    "pyproject.toml": (
        "[project]\nname = 'shop'\nscripts = {shop = 'shop:main'}\n"
        "[tool.poe.tasks]\nlint = 'x'\n[tool.hatch.envs.docs.scripts]\nserve = 'x'\n"
        "[tool.pdm.scripts]\nstart = 'x'\n"
    ),
    "shop/__init__.py": "",
    "shop/worker.py": "",
    "Cargo.toml": ("[workspace]\nmembers = ['crates/*']\n[workspace.dependencies]\nserde = '1'\n"),
    "crates/core/Cargo.toml": (
        '[package]\nname = "shop-core"\n[features]\nfast = []\n[[bin]]\nname = "till"\n'
    ),
    "crates/core/src/bin/audit.rs": "",
    "crates/core/examples/demo/main.rs": "",
    "crates/core/tests/flows.rs": "",
    "crates/.cargo/config.toml": "",
    "web2/package.json": '{"name": "docs", "scripts": {"spell": "x"}}',
    "settings.gradle.kts": 'include(":app", ":lib:data")\nincludeBuild("build-logic")\n',
    "compose.yaml": "services:\n  db: {image: x}\n  api: {image: y}\n",
}


def unknown(text, files=PROJECT, path="CLAUDE.md"):
    return [finding.subject for finding in findings("unknown_command", text, files, path)]


@pytest.mark.parametrize(
    "command",
    [
        *("npm run build", "pnpm test:unit", "bun run test:unit", "yarn run eslint", "npm ci"),
        *("cd web && npm run dev -- --port 1", "npm --prefix web run dev", "yarn --cwd web dev"),
        *("pnpm --filter @shop/web dev", "pnpm -F web run dev", "npm -w @shop/web run dev"),
        *("pnpm --filter '@shop/*' dev", "pnpm --filter @shop/web... dev"),
        *("npm run dev --workspace=web", "yarn workspace @shop/web dev", "pnpm -C web dev"),
        *("bun run index.ts", "pnpm add x@npm:y", "yarn x:y/z", "pnpm -r run gone --if-present"),
        *("npm run <script>", "npm run test:*", "pnpm test:<part>", "npm run", "pnpm tsc"),
        *("turbo run build gen", "npx turbo run gen --filter=web", "turbo prune"),
        *("make html", "make test VERSION=1", "make -j 4 lint", "make app", "make deploy-eu"),
        *("make -C docs all", "make -f other.mk gone", "make VERSION=2", "make web/src/a.ts"),
        *("make <target>", "make sure", "cd docs && make all", "(cd docs; make all) && make test"),
        *("just fmt", "just check", "just c", "just ship", "just web start", "just --list"),
        *("task build", "task l", "task gen:api", "task docs:gone", "task lint -- gone"),
        *("composer run check", "composer install", "deno task fetch", "deno task build"),
        *("mise run bundle", "mise run b", "mise run db:reset", "mise install"),
        *("nox -s tests", "nox -s tests-3.12 type-check", "nox", "nox -s 'tests(x=1)'"),
        *("tox -e py312-django5", "tox -e lint,docs", "tox run -e py313", "tox"),
        *("inv build-docs", "invoke build_docs", "inv --list"),
        *("uv run pytest", "uv run shop", "poetry run poe lint", "pdm run start", "poe lint"),
        *("hatch run docs:serve", "hatch run gone", "hatch run hatch-test:x", "uv run a.py"),
        *("python -m shop.worker", "python -m http.server", "uvicorn shop.worker:app --reload"),
        *("cargo test -p shop-core", "cargo test -p serde", "cargo run --bin till"),
        *("cargo run --bin audit", "cargo run --example demo", "cargo test --test flows"),
        *("cargo build --features fast", "cargo run --bin shop_core", "cargo fmt --all"),
        *("cargo lint", "./gradlew :build-logic:convention:check", "cargo test --test '*'"),
        *("docker compose -f monitoring.yml up grafana", "pnpm --filter docs run spell"),
        *("./gradlew :app:test", "./gradlew :lib:data:check", "gradle build", "./gradlew test"),
        *("docker compose up -d db", "docker compose exec -u root api sh -c x", "docker ps"),
        *("docker compose logs -f --tail 10 db api", "docker compose -f x.yml up"),
        *("cd ../other && make gone", "cd ~/x && npm run gone", "cd gone && make gone"),
        *("git clone https://example.com/x && cd x && make gone", "pushd web; npm run dev; popd"),
        *("echo make gone", "# make gone", "grep 'npm run gone' x", "$(make gone)"),
    ],
)
def test_what_is_defined_or_is_no_name_is_no_finding(command):
    assert unknown(f"# T\n\n```bash\n{command}\n```\n") == []
    assert unknown(f"# T\n\nRun `{command}` first.\n") == []


@pytest.mark.parametrize(
    ("command", "subject"),
    [
        ("npm run gone", "npm run gone"),
        ("npm run-script gone", "npm run-script gone"),
        ("npm test", "npm test"),
        ("CI=1 npm run gone -- --x", "npm run gone"),
        ("npm i && npm run gone", "npm run gone"),
        ("$ npm run gone", "npm run gone"),
        ("pnpm test:gone", "pnpm test:gone"),
        ("yarn lint", "yarn lint"),
        ("bun run e2e", "bun run e2e"),
        ("cd web && npm run build", "npm run build"),
        ("npm --prefix web run build", "npm --prefix web run build"),
        ("pnpm --filter @shop/web run build", "pnpm --filter @shop/web run build"),
        ("npm run build -w web", "npm run build"),
        ("pnpm --filter=@shpo/web dev", "pnpm --filter=@shpo/web dev"),
        ("pnpm --filter @shop/gone run dev", "pnpm --filter @shop/gone run dev"),
        ("yarn workspace @shop/web test", "yarn workspace @shop/web test"),
        ("pnpm -r run gone", "pnpm -r run gone"),
        ("dotenv -- npm run gone", "npm run gone"),
        ("turbo run gone", "turbo run gone"),
        ("make gone", "make gone"),
        ("sudo make gone", "make gone"),
        ("make lint gone", "make gone"),
        ("make -C docs html", "make -C docs html"),
        ("cd docs && make html", "make html"),
        ("just gone", "just gone"),
        ("task gone", "task gone"),
        ("composer run gone", "composer run gone"),
        ("deno task gone", "deno task gone"),
        ("mise run gone", "mise run gone"),
        ("nox -s gone", "nox -s gone"),
        ("tox -e gone", "tox -e gone"),
        ("inv gone", "inv gone"),
        ("poe gone", "poe gone"),
        ("uv run poe gone", "poe gone"),
        ("pdm run lint:gone", "pdm run lint:gone"),
        ("hatch run gone:serve", "hatch run gone:serve"),
        ("python -m shop.gone", "python -m shop.gone"),
        ("uv run python -m shop.gone", "python -m shop.gone"),
        ("uvicorn shop.gone:app", "uvicorn shop.gone:app"),
        ("cargo test -p gone", "cargo test -p gone"),
        ("cargo run --bin gone", "cargo run --bin gone"),
        ("cargo run --example gone", "cargo run --example gone"),
        ("cargo test --features gone", "cargo test --features gone"),
        ("cargo xtask ci", "cargo xtask"),
        ("./gradlew :gone:test", "./gradlew :gone:test"),
        ("docker compose up -d gone", "docker compose up gone"),
        ("docker compose exec gone sh", "docker compose exec gone"),
    ],
)
def test_what_nothing_defines_is_a_finding(command, subject):
    assert unknown(f"# T\n\n```bash\n{command}\n```\n") == [subject]
    assert unknown(f"# T\n\nRun `{command}` first.\n") == [subject]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("npm run gone", id="plain words"),
        pytest.param("`npm run gone` was removed.", id="told to be gone"),
        pytest.param("There is no `make gone`.", id="there is none"),
        pytest.param("Never run `npm test`; use `npm run build`.", id="not to be run"),
        pytest.param("In your app, run `npm run gone`.", id="of somebody's app"),
        pytest.param("## Examples\n\n```bash\nmake gone\n```", id="an example"),
        pytest.param("For example:\n\n```bash\nmake gone\n```", id="an example, by its lead"),
        pytest.param("```bash\nmake gone  # not yet there\n```", id="by its remark"),
        pytest.param("```bash\n# if it is defined\nmake gone\n```", id="by the line above"),
        pytest.param("```\nmake it work for the user\n```", id="a sentence in a fence"),
        pytest.param("```\nYou can make gone\n```", id="another sentence"),
        pytest.param("```js\nmake gone\n```", id="a fence of something else"),
        pytest.param("```bash\ncat <<EOF\nmake gone\nEOF\n```", id="text that is written"),
        pytest.param("```\n$ ls\nmake gone\n```", id="what a command prints"),
        pytest.param("```bash\ncd web\n\nnpm run dev\n```", id="in the folder of a line above"),
        pytest.param("```bash\ncd web\nnpm run build\n```", id="or at the root"),
        pytest.param("```bash\ncd /srv/x\nmake gone\n```", id="elsewhere, by a line above"),
        pytest.param("```bash\ncd web\nnpm i\ncd docs\nmake all\n```", id="one, then the other"),
    ],
)
def test_what_the_text_around_tells(text):
    assert unknown(f"# T\n\n{text}\n") == []


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("```bash\ncd web\nnpm run gone\n```", "npm run gone"),
        ("```\nmake gone  # builds\n```", "make gone"),
        ("```console\n$ make gone\nok\n```", "make gone"),
        ("```bash\nmake test \\\n  gone\n```", "make gone"),
        ("```bash\ncd web && npm i\nmake gone\n```", "make gone"),
        ("| Command |\n| --- |\n| `make gone` |", "make gone"),
    ],
)
def test_where_a_command_may_stand(text, subject):
    assert unknown(f"# T\n\n{text}\n") == [subject]


def test_a_nested_file_speaks_of_its_own_folder_too():
    assert unknown("`npm run dev`, `cd src && npm run build`\n", path="web/CLAUDE.md") == [
        "npm run build"
    ]


@pytest.mark.parametrize(
    ("command", "files"),
    [
        pytest.param("npm run gone", {}, id="no package.json"),
        pytest.param("npm run gone", {"package.json": "{"}, id="one that cannot be read"),
        pytest.param("npm run gone", {"package.json": "[" * 99_999}, id="one that is hostile"),
        pytest.param("make gone", {"Makefile": ""}, id="one that defines nothing"),
        pytest.param("make gone", {"Makefile": "%: Makefile\n\tx\n"}, id="a pattern rule"),
        pytest.param("make gone", {"Makefile": "a:\ninclude other\n"}, id="an include"),
        pytest.param("make gone", {"Makefile": "a:\n$(UNSET): x\n"}, id="a variable"),
        pytest.param("make gone", {"Makefile": "a:\n$(eval $(call r,x))\n"}, id="rules made up"),
        pytest.param("make gone", {"Makefile": "a:\n", "gone.c": ""}, id="make's own rules"),
        pytest.param("task gone", {"Taskfile.yml": "includes: {a: b}"}, id="includes of tasks"),
        pytest.param("just gone", {"justfile": "a:\nimport 'x'\n"}, id="an import"),
        pytest.param("nox -s gone", {"noxfile.py": "for x in y: nox.session(x)"}, id="sessions"),
        pytest.param("nox -s gone", {"noxfile.py": "def ("}, id="no Python"),
        pytest.param(
            "cargo xtask ci",
            {
                "Cargo.toml": "[package]\nname = 'a'\n",
                ".cargo/config.toml": "[alias]\nxtask = 'x'\n",
            },
            id="an alias of Cargo's",
        ),
        pytest.param("tox -e gone", {"pyproject.toml": "[project]\n"}, id="no tox"),
        pytest.param(
            "cargo run -p gone",
            {"Cargo.toml": "[package]\nname = 'a'\n", ".gitmodules": ""},
            id="crates of another repository",
        ),
        pytest.param(
            "./gradlew :gone:test",
            {"settings.gradle": "include ':a'\nfile('x').eachDir { include it.name }"},
            id="projects that are computed",
        ),
        pytest.param(
            "docker compose up gone",
            {"compose.yaml": "include: [x]\nservices: {a: {}}"},
            id="services of another file",
        ),
        pytest.param("python -m shop.gone", {"tools/shop/a.py": ""}, id="no package"),
    ],
)
def test_what_cannot_be_told_is_no_finding(command, files):
    assert unknown(f"```bash\n{command}\n```\n", files) == []


SOURCES = {f"src/part{number}.py": "" for number in range(10)}


@pytest.mark.parametrize("command", ["npm run dev", "make test", "just fmt"])
def test_a_manifest_that_is_nowhere_is_missed_by_a_project(command):
    (found,) = findings("unknown_command", f"```bash\n{command}\n```\n", SOURCES)
    assert found.message.startswith("the repository has no ")


@pytest.mark.parametrize(
    ("files", "path"),
    [
        pytest.param({"src/a.py": ""}, "CLAUDE.md", id="hardly any source"),
        pytest.param({**SOURCES, "CMakeLists.txt": ""}, "CLAUDE.md", id="a tool writes it"),
        pytest.param({**SOURCES, ".gitmodules": ""}, "CLAUDE.md", id="in another repository"),
        pytest.param(SOURCES, "claude/CLAUDE.md", id="a file for other repositories"),
    ],
)
def test_a_manifest_that_is_nowhere_may_say_nothing(files, path):
    assert unknown("`make test`\n", files, path) == []


@pytest.mark.parametrize(
    ("command", "files"),
    [
        pytest.param("make gone", {"Makefile": "a:\ninclude " + "a/" * 100_000 + "\n"}, id="make"),
        pytest.param("make gone", {"Makefile": "A = " + "$(A)" * 50_000 + "\n$(A):\n"}, id="grows"),
        pytest.param("tox -e gone", {"tox.ini": "[tox]\n" + "a" * 250_000}, id="tox"),
        pytest.param("deno task gone", {"deno.json": "\n" * 250_000 + "{}"}, id="deno"),
        pytest.param("./gradlew :a:b", {"settings.gradle": "/*" * 100_000}, id="gradle"),
        pytest.param("just gone", {"justfile": "a " + "b" * 250_000}, id="just"),
        pytest.param("$(" * 20_000, {}, id="a shell's brackets"),
        pytest.param('"' + "a'" * 100_000, {}, id="a shell's quotes"),
        pytest.param("a \\\n" * 50_000, {}, id="one line on many"),
    ],
)
def test_hostile_manifests_and_lines_cost_little(command, files):
    started = time.process_time()
    unknown(f"```bash\n{command}\n```\n", files)
    assert time.process_time() - started < 3
