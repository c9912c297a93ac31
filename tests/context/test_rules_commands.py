"""Commands: only what no file of the repository defines is a finding."""

from __future__ import annotations

import pytest

from tests.support.analysing import findings

FILES = {
    "package.json": '{"scripts": {"build": "x", "test:unit": "x"}}',
    "web/package.json": '{"scripts": {"dev": "x"}}',
    "Makefile": ".PHONY: test\nVERSION := 1\ntest lint: deps\n\tgo test\nout/app: main.go\n",
    "justfile": "set shell := ['bash']\nfmt arg='x':\n  x\n@check: fmt\n  x\nalias c := check\n",
}


MORE = {
    "package.json": '{"scripts": {"build": "x"}}',
    "Makefile": "include build/common.mk\nall:\n",
    "build/common.mk": "html:\n\tx\n",
    "Taskfile.yml": "version: '3'\ntasks:\n  build: x\n  lint:\n    aliases: [l]\n    cmds: [x]\n",
    "composer.json": '{"scripts": {"check": "x"}}',
    "deno.jsonc": '{\n  // tasks\n  "tasks": {"dev": "x",},\n}',
    "crates/core/Cargo.toml": '[package]\nname = "shop-core"\n',
    "Cargo.toml": "[workspace]\nmembers = ['crates/*']\n",
}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("`make html`", id="in a file that is included"),
        pytest.param("`task build`, `task l`", id="a task and an alias"),
        pytest.param("`composer run check`, `composer install`", id="composer"),
        pytest.param("`deno task dev`, `deno task build`", id="deno reads package.json too"),
        pytest.param("`cargo test -p shop-core`", id="a crate"),
        pytest.param("`yarn tsc`, `bun test`, `pnpm build`", id="programs, and what is there"),
    ],
)
def test_other_runners_know_their_own(text):
    assert unknown(text, MORE) == []


@pytest.mark.parametrize(
    "text",
    [
        *("make gone", "task gone", "composer run gone", "deno task gone"),
        *("cargo test -p gone", "npm test", "pnpm dev", "yarn lint", "bun run dev"),
    ],
)
def test_other_runners_miss_what_is_not_there(text):
    assert unknown(f"```bash\n{text}\n```\n", MORE) == [text]


def unknown(text, files=FILES):
    return [finding.subject for finding in findings("unknown_command", text, files)]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("```bash\nnpm run build\n```", id="it is there"),
        pytest.param("```bash\ncd web && npm run dev -- --port 1\n```", id="in another folder"),
        pytest.param("`pnpm --filter web run dev`", id="with options"),
        pytest.param("`npm run <script>`", id="a placeholder"),
        pytest.param("`npm run test:*`", id="a pattern"),
        pytest.param("`npm install`, `npm ci`", id="npm's own"),
        pytest.param("`yarn run eslint`", id="yarn runs programs too"),
        pytest.param("`pnpm test:unit`, `bun run test:unit`", id="it is there, without run"),
        pytest.param("`pnpm add x@npm:y`, `yarn x:y/z`", id="a colon of something else"),
        pytest.param("`pnpm test:<part>`, `yarn test:*`", id="a pattern without run"),
        pytest.param("`make lint`", id="the second of two targets"),
        pytest.param("```\nmake test VERBOSE=1\n```", id="with a variable"),
        pytest.param("`make -C docs html`", id="in another folder, by option"),
        pytest.param("`make VERSION=2`", id="a variable alone"),
        pytest.param("`make sure`", id="a phrase"),
        pytest.param("```\nYou can make it fast\n```", id="a sentence in a fence"),
        pytest.param("`just fmt`, `just check`, `just c`", id="recipes and an alias"),
        pytest.param("npm run gone", id="plain words"),
        pytest.param("`npm run gone` was removed.", id="told to be gone"),
    ],
)
def test_no_finding(text):
    assert unknown(f"# T\n\n{text}\n") == []


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("```bash\n$ npm run gone\n```", "npm run gone"),
        ("`pnpm run gone`", "pnpm run gone"),
        ("`pnpm test:gone`", "pnpm test:gone"),
        ("```\ncd x && yarn run test:gone\n```", "yarn run test:gone"),
        ("```\nmake gone  # builds\n```", "make gone"),
        ("```\ncd x && make gone\n```", "make gone"),
        ("`make gone`", "make gone"),
        ("`just gone`", "just gone"),
    ],
)
def test_a_finding(text, subject):
    assert unknown(f"# T\n\n{text}\n") == [subject]


@pytest.mark.parametrize(
    ("text", "files"),
    [
        pytest.param("`npm run gone`", {}, id="no package.json"),
        pytest.param("`npm run gone`", {"package.json": "{"}, id="one that cannot be read"),
        pytest.param("`npm run gone`", {"package.json": "[" * 99_999}, id="one that is hostile"),
        pytest.param("`make gone`", {"Makefile": ""}, id="one that defines nothing"),
        pytest.param("`task gone`", {"Taskfile.yml": "includes: {a: b}"}, id="includes of tasks"),
        pytest.param("`make gone`", {"Makefile": "%: Makefile\n\tx\n"}, id="a pattern rule"),
        pytest.param("`make gone`", {"Makefile": "include other\n"}, id="an include"),
        pytest.param("`just gone`", {"justfile": "import 'x'\n"}, id="an import"),
    ],
)
def test_what_cannot_be_told_is_no_finding(text, files):
    assert unknown(text, files) == []
