"""YAML 1.2 core types, positions, and bounds on what a small file can grow into."""

from __future__ import annotations

import math
import time
from pathlib import Path

import pytest
import yaml

from ccm_gitops.config import yaml_core
from ccm_gitops.config.document import MAX_BYTES
from ccm_gitops.config.yaml_core import read_yaml
from ccm_gitops.errors import ConfigError

FILE = Path("s.yaml")


@pytest.fixture(
    params=[getattr(yaml, "CSafeLoader", yaml.SafeLoader), yaml.SafeLoader],
    ids=["libyaml", "PyYAML's own parser"],
    autouse=True,
)
def parser(request, monkeypatch):
    """Both parsers give the same data, positions and refusals."""
    monkeypatch.setattr(yaml_core, "LOADER", request.param)


def data(text: str):
    document, problems = read_yaml(text.encode(), FILE)
    assert problems == ()
    return document.data


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read_yaml(text.encode(), FILE)
    return str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        *("on", "off", "yes", "no", "y", "N", "On", "tRUE", "nUll", "none"),
        *("12:30", "1:2:3", "2026-01-19", "2026-01-19T09:00:00Z", "1_000", "0b11", "0o9", "0xg"),
        *("0 9 * * *", "30s", "1h30m", "1.2.3", "+", ".", "1e", ".e1", "=", "${NAME}", "-.nan"),
    ],
)
def test_text_stays_text(text):
    assert data(f"a: {text}") == {"a": text}


@pytest.mark.parametrize("text", ["true", "12", "1.5", "~", "null", ".inf", "0x1"])
def test_quoted_scalars_are_text(text):
    assert data(f"a: '{text}'\nb: \"{text}\"\nc: |-\n  {text}\n") == dict.fromkeys("abc", text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("~", None), ("null", None), ("NULL", None),
        ("true", True), ("False", False), ("TRUE", True),
        ("12", 12), ("-3", -3), ("+7", 7), ("010", 10), ("0o10", 8), ("0xfF", 255),
        ("1.10", 1.1), (".5", 0.5), ("1.", 1.0), ("1e3", 1000.0), ("-2.5E-1", -0.25),
        (".inf", math.inf), ("-.Inf", -math.inf), ("+.INF", math.inf),
    ],
)  # fmt: skip
def test_core_types(text, value):
    read = data(f"a: {text}")["a"]
    assert read == value
    assert type(read) is type(value)


def test_not_a_number():
    assert math.isnan(data("a: .NaN")["a"])


def test_positions_of_keys_and_values():
    text = "a: 1\nlist:\n  - x\n  - {k: 'ö', l: [v]}\nblock: >-\n  text\n"
    document, _ = read_yaml(text.encode(), FILE)
    assert document.keys == {
        ("a",): (1, 1),
        ("list",): (2, 1),
        ("list", 1, "k"): (4, 6),
        ("list", 1, "l"): (4, 14),
        ("block",): (5, 1),
    }
    values = {path: place for path, place in document.values.items() if "?" not in path}
    assert values == {
        (): (1, 1),
        ("a",): (1, 4),
        ("list",): (3, 3),
        ("list", 0): (3, 5),
        ("list", 1): (4, 5),
        ("list", 1, "k"): (4, 9),
        ("list", 1, "l"): (4, 17),
        ("list", 1, "l", 0): (4, 18),
        ("block",): (5, 8),
    }


def test_a_byte_order_mark_is_no_part_of_the_text():
    document, problems = read_yaml(b"\xef\xbb\xbfa: 1\n", FILE)
    assert (document.data, document.keys[("a",)], problems) == ({"a": 1}, (1, 1), ())


def test_aliases_are_copies():
    read = data("a: &x {k: [1]}\nb: *x\n")
    assert read == {"a": {"k": [1]}, "b": {"k": [1]}}
    assert read["a"]["k"] is not read["b"]["k"]


def test_all_problems_of_a_readable_file_are_collected():
    _, problems = read_yaml(b"a: !x 1\na: 2\n1: b\nc: *none\n", FILE)
    assert [(problem.line, problem.column) for problem in problems] == [
        (1, 4),
        (2, 1),
        (3, 1),
        (4, 4),
    ]


def test_an_alias_bomb_is_refused_at_once():
    text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
    )
    start = time.process_time()
    assert refusal(text).endswith("holds more than 300,000 values, aliases counted")
    assert time.process_time() - start < 5


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_deep_nesting_is_refused(opening):
    assert "is nested deeper than 50 levels" in refusal("a:\n  " + opening * 3000)


def test_depth_by_aliases_is_refused():
    text = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 60))
    assert "is nested deeper than 50 levels" in refusal(text)


def test_fifty_levels_are_read():
    assert data("[" * 50 + "]" * 50)


def test_a_large_file_is_refused_and_one_at_the_limit_is_read():
    filling = "# " + "x" * (MAX_BYTES - 9) + "\na: 1\n"
    assert len(filling) == MAX_BYTES - 1
    assert data(filling) == {"a": 1}
    assert refusal(filling + "##") == "s.yaml: is larger than 2 MiB"
