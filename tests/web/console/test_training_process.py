"""A training's process beside the page: what it is started with, and that its death is told where it says nothing."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from sqlalchemy.engine import Engine

from analytics import learning
from analytics.database import migrate
from analytics.learning import State, Training
from tests.whole.conftest import wait_until
from web.console.training_process import start

DIES = """#!/bin/sh
echo "started with $*"
exit 9
"""


@pytest.fixture
def begun(engine: Engine) -> int:
    """A training that was written down."""
    migrate(engine)
    with engine.begin() as connection:
        return learning.begin(connection, [], None, "hoa.nguyen")


def python(monkeypatch: pytest.MonkeyPatch, folder: Path, script: str) -> None:
    """Put a script in the place of Python, and the page into a folder of its own."""
    fake = folder / "python"
    fake.write_text(script)
    fake.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(fake))
    monkeypatch.chdir(folder)


def told(engine: Engine, number: int) -> Training:
    """What is written down of it."""
    training = learning.find(engine, number)
    assert training is not None
    return training


def test_a_process_that_dies_without_a_word_is_told_with_its_code(
    engine: Engine, begun: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python(monkeypatch, tmp_path, DIES)
    start(engine, begun)
    wait_until(lambda: told(engine, begun).state is State.FAILED, 20, "its death is told")
    assert "dừng đột ngột (mã 9)" in told(engine, begun).fault
    log = Path("var/log/learning.log").read_text(encoding="utf-8")
    assert log == f"started with -m motcua.learning {begun}\n"


def test_what_the_process_told_itself_stays(
    engine: Engine, begun: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    learning.fail(engine, begun, "Huấn luyện mô hình không xong.")
    python(monkeypatch, tmp_path, DIES)
    start(engine, begun)
    wait_until(lambda: "started" in Path("var/log/learning.log").read_text(encoding="utf-8"), 20, "it ran")
    assert told(engine, begun).fault == "Huấn luyện mô hình không xong."


def test_without_a_programme_the_page_is_told_at_once(
    engine: Engine, begun: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    python(monkeypatch, tmp_path, DIES)
    (tmp_path / "python").unlink()
    with pytest.raises(FileNotFoundError):
        start(engine, begun)
