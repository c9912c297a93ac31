"""The schema: sound in itself, the same as the models, and read alike by both of its readers."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
from jsonschema import Draft202012Validator

from ccm_gitops import durations, sizes
from ccm_gitops.config import model, sources
from ccm_gitops.config.build import Base, build_config
from ccm_gitops.config.explain import explain
from ccm_gitops.config.schema import load_schema
from ccm_gitops.schedule import model as schedules
from tests.config.changes import EXAMPLE

ROOT = Path(__file__).parents[2]
SCHEMA: Any = load_schema()
DEFS = SCHEMA["$defs"]
# Left to whoever uses it: a task's config is closed by its type, SOPS writes what it likes.
OPEN = {"task.config", "sops"}


def parts(node: Any, name: str = "") -> Any:
    """Every subschema with a name that ends in its key."""
    yield name, node
    for key, value in node.get("properties", {}).items():
        yield from parts(value, f"{name}.{key}".lstrip("."))
    for keyword in ("items", "additionalProperties", "propertyNames", "if", "then"):
        if isinstance(node.get(keyword), dict):
            yield from parts(node[keyword], f"{name}[{keyword}]")
    for keyword in ("oneOf", "anyOf", "allOf"):
        for index, branch in enumerate(node.get(keyword, ())):
            yield from parts(branch, f"{name}[{keyword}{index}]")


PARTS = [*parts(SCHEMA), *(part for name, node in DEFS.items() for part in parts(node, name))]


def test_it_is_a_schema_of_2020_12():
    assert SCHEMA["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(SCHEMA)


def test_every_mapping_is_closed_and_every_key_described():
    for name, node in PARTS:
        if node.get("type") == "object" and name not in OPEN:
            assert "additionalProperties" in node, name
        for key, value in node.get("properties", {}).items():
            if "[if]" in name or "[then]" in name:
                continue
            reference = value.get("$ref", "").removeprefix("#/$defs/")
            assert "description" in value or "description" in DEFS[reference], f"{name}.{key}"


def test_every_definition_is_used():
    text = (ROOT / "schema/schedules.schema.json").read_text()
    assert [name for name in DEFS if f'"#/$defs/{name}"' not in text] == []


def test_patterns_are_anchored_and_durations_have_the_form_that_is_parsed():
    patterns = [node["pattern"] for _, node in PARTS if "pattern" in node]
    assert all(pattern.startswith("^") and pattern.endswith("$") for pattern in patterns)
    assert DEFS["duration"]["pattern"] == durations.PATTERN
    assert DEFS["size"]["pattern"] == sizes.PATTERN


@pytest.mark.parametrize(
    ("names", "literal"),
    [
        (DEFS["task"]["properties"]["type"]["enum"], model.TaskType),
        (DEFS["webhook"]["properties"]["type"]["enum"], model.WebhookType),
        (DEFS["event"]["enum"], model.EventKind),
        (DEFS["optimize"]["properties"]["strategy"]["enum"], model.Strategy),
        (DEFS["publish"]["properties"]["mode"]["enum"], model.PublishMode),
        (DEFS["publish"]["properties"]["forge"]["enum"], sources.ForgeName),
        (DEFS["publish"]["properties"]["sign"]["enum"], model.SigningKind),
        (DEFS["threshold"]["properties"]["metric"]["enum"], schedules.Metric),
        (DEFS["threshold"]["properties"]["operator"]["enum"], schedules.Operator),
        (DEFS["settings"]["properties"]["catch_up"]["enum"], schedules.CatchUp),
        (DEFS["timing"]["oneOf"][0]["properties"]["day_match"]["enum"], schedules.DayMatch),
    ],
)
def test_enums_are_those_of_the_models(names, literal):
    assert names == list(get_args(literal))


def resolved(node: Any) -> Any:
    return (
        {**resolved(DEFS[node["$ref"].removeprefix("#/$defs/")]), **node}
        if "$ref" in node
        else node
    )


def filled(data: Any, node: Any) -> Any:
    """The data with each default that the schema tells editors written out."""
    node = resolved(node)
    result = {key: resolved(value) for key, value in node.get("properties", {}).items()}
    defaults = {key: value["default"] for key, value in result.items() if "default" in value}
    return {**defaults, **data}


def test_a_file_that_writes_out_all_defaults_equals_one_that_leaves_all_out():
    cron = {"cron": "0 9 * * *"}
    base: Any = {"id": "a", "schedule": cron, "config": {}}
    kinds = {"analyze": {}, "optimize": {}, "health_check": {}, "custom": {"command": ["x"]}}
    hook = {"id": "h", "type": "slack", "url": "${U}"}
    sources: Any = [
        {"path": "/p"},
        {"glob": "*"},
        {"repo": "h:r"},
        {"github": {"org": "o"}},
        {"gitlab": {"group": "g"}},
    ]
    short = {
        "webhooks": [hook],
        "projects": sources,
        "tasks": [{**base, "type": kind, "config": config} for kind, config in kinds.items()],
    }
    full = {
        "settings": filled({}, DEFS["settings"]),
        "webhooks": [filled(hook, DEFS["webhook"])],
        "projects": [
            filled(source, branch)
            for source, branch in zip(sources, DEFS["project"]["oneOf"], strict=True)
        ],
        "tasks": [
            {
                **filled({**base, "type": kind}, DEFS["task"]),
                "config": filled(config, DEFS[kind]),
                "schedule": filled(cron, DEFS["schedule"]["oneOf"][1]),
                "notify": filled({}, DEFS["notify"]),
                "publish": filled({}, DEFS["publish"]),
            }
            for kind, config in kinds.items()
        ],
    }
    state = full["settings"]["state"]
    assert state == {"path": ".ccm/state.json"}
    assert len(full["settings"]) == 12
    config = full["tasks"][0]["config"]
    config["rules"] = filled({}, DEFS["analyze"]["properties"]["rules"])
    file = Path("/f/s.yaml")
    where = Base(file.parent, Path("/home/ada"))
    assert build_config(full, file, where) == build_config(short, file, where)
    branch = filled({"branch": "b"}, DEFS["state"]["oneOf"][1])
    assert model.BranchState(**branch) == model.BranchState("b")
    author = filled({}, DEFS["settings"]["properties"]["author"])
    assert model.Author(**author) == model.Author()


# What has no default is required, or None in the models.
WITHOUT_DEFAULT = {
    *("action", "section", "content", "older_than", "longer_than", "summary"),
    *(
        "id",
        "name",
        "description",
        "type",
        "url",
        "schedule",
        "path",
        "glob",
        "repo",
        "github",
        "gitlab",
    ),
    *(
        "branch",
        "token",
        "org",
        "group",
        "forge",
        "topic",
        "events",
        "secret",
        "projects",
        "config",
        "version",
    ),
    *(
        "cron",
        "interval",
        "threshold",
        "metric",
        "operator",
        "value",
        "cooldown",
        "rearm",
        "push",
        "sops",
    ),
    *("max_projects", "auto_apply", "min_tokens_saved", "rules", "command", "cwd"),
    *("username", "channel", "details_url", "settings", "notify", "publish", "rate_limit"),
    *(
        "ca_file",
        "quiet_hours",
        "repeat_after",
        "min_change",
        "title",
        "message",
        "price",
        "per_million_tokens",
    ),
    *(
        "limits",
        "per_run",
        "per_hour",
        "api_url",
        "pause_after_failures",
        "memory_limit",
        *("sign", "signing_key"),
        "start",
        "end",
    ),
    *("on", "changed"),
}


def test_every_other_key_tells_editors_its_default():
    without = {
        key
        for name, node in PARTS
        if "[if]" not in name and "[then]" not in name
        for key, value in node.get("properties", {}).items()
        if "default" not in resolved(value)
    }
    assert without == WITHOUT_DEFAULT


def test_the_example_has_the_shape():
    assert explain(EXAMPLE) == ()


def test_a_whole_number_with_a_point_is_whole():
    data = {"version": 1, "settings": {"max_concurrent_tasks": 3.0}}
    assert explain(data) == ()


def test_an_editor_can_show_what_each_choice_means_and_how_each_value_looks():
    for name, node in PARTS:
        if "enum" in node:
            assert len(node["enumDescriptions"]) == len(node["enum"]), name
        for key, value in node.get("properties", {}).items():
            whole = {**DEFS.get(value.get("$ref", "").removeprefix("#/$defs/"), {}), **value}
            is_value = whole.get("type") in ("string", "integer", "number")
            if is_value and "[if]" not in name:
                shown = {"default", "examples", "enum", "const"} & whole.keys()
                assert shown, f"{name}.{key}"
            for example in whole.get("examples", ()):
                assert Draft202012Validator({"$defs": DEFS, **whole}).is_valid(example), example
