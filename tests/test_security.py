"""docs/security.md names a test for each point, and each of them exists."""

from __future__ import annotations

import ast
import re

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
    assert len(named) > 40
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).exists()
        or name not in {node.name for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8")))
                        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))}
    ]  # fmt: skip
    assert not missing


def test_every_point_names_its_test() -> None:
    rows = [line for line in PAGE.splitlines() if re.match(r"\| (?:\d|–)", line)]
    assert len(rows) > 40
    assert not [row for row in rows if not re.search(r"`tests/[\w/]+\.py::test_\w+` \|$", row)]
