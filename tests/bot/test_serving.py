"""The server loads the model that was chosen, and keeps the one it has where that can't be loaded."""

from __future__ import annotations

import logging
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from rasa.core.agent import Agent

from bot.serving import Follower
from storage.models import serve


class MadeUp:
    """An agent that remembers what it loaded."""

    def __init__(self, name: str) -> None:
        self.processor = SimpleNamespace(model_filename=name)
        self.loaded: list[str] = []

    def load_model(self, path: Any) -> None:
        self.loaded.append(path.name)
        if path.read_text() == "broken":
            raise ValueError("words of somebody")
        self.processor = SimpleNamespace(model_filename=path.name)


def test_a_choice_is_followed_once_and_a_broken_model_changes_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    for name, content in (("a", "fine"), ("b", "fine"), ("c", "broken")):
        (tmp_path / f"motcua-{name}.tar.gz").write_text(content)
    agent = MadeUp("motcua-a.tar.gz")
    follower = Follower(cast(Agent, agent), tmp_path)
    assert not follower.look()  # nobody has chosen: what was started goes on
    serve(tmp_path, "motcua-b")
    assert [follower.look(), follower.look()] == [True, False]
    serve(tmp_path, "motcua-c")
    with caplog.at_level(logging.ERROR):
        assert [follower.look(), follower.look()] == [False, False]
    assert "ValueError" in caplog.text
    assert "somebody" not in caplog.text
    assert follower.loaded == "motcua-b.tar.gz"
    serve(tmp_path, "motcua-a")
    assert follower.look()
    assert agent.loaded == ["motcua-b.tar.gz", "motcua-c.tar.gz", "motcua-a.tar.gz"]
