from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

import pytest
import time_machine
import yaml

from actions.dialogue import Dialogue
from actions.knowledge_base import KnowledgeBase
from actions.memory import Memory, Message
from actions.procedure_talk import Turn
from answers.reply import Reply
from knowledge.database import open_engine
from knowledge.search.build import IndexKeeper
from tests.conftest import ROOT, TODAY
from vietnamese.embedding import SentenceEncoder

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(f"{TODAY}T09:00:00+07:00", tick=False):
        yield


@pytest.fixture(scope="session")
def knowledge(content_database: Path, encoder: SentenceEncoder) -> KnowledgeBase:
    engine = open_engine(f"sqlite:///{content_database}")
    return KnowledgeBase(engine, IndexKeeper(engine, encoder))


@pytest.fixture(scope="session")
def dialogue(knowledge: KnowledgeBase) -> Dialogue:
    return Dialogue(knowledge)


@lru_cache(maxsize=1)
def _intents() -> tuple[str, ...]:
    return tuple(yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))["intents"])


def ranking(intent: str, chance: float = 0.9) -> dict[str, float]:
    """A classifier's ranking: ``chance`` for the intent, the rest spread over all others."""
    others = [name for name in _intents() if name != intent]
    assert len(others) == len(_intents()) - 1, f"no intent {intent} in domain.yml"
    return {intent: chance, **dict.fromkeys(others, (1 - chance) / len(others))}


class Talk:
    """A conversation with the dialogue itself: intents are given, as Rasa would give them."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue
        self.memory = Memory()

    def __call__(
        self,
        text: str,
        intent: str = "ask_procedure",
        action: str = "action_answer",
        chance: float = 0.9,
        **entities: str,
    ) -> Turn:
        values = {kind: (value,) for kind, value in entities.items()}
        message = Message(text, intent, ranking(intent, chance), values)
        turn = self._dialogue.respond(action, message, self.memory)
        self.memory = turn.memory
        return turn


@pytest.fixture
def talk(dialogue: Dialogue) -> Talk:
    return Talk(dialogue)


@pytest.fixture
def golden() -> Callable[[str, Reply], None]:
    """Compare a reply with its golden file; UPDATE_GOLDEN=1 writes it anew."""

    def compare(name: str, reply: Reply) -> None:
        buttons = [f"[{button.title}] {button.payload or button.url}" for button in reply.buttons]
        text = "\n".join([reply.text(), "", *buttons]).rstrip() + "\n"
        path = GOLDEN / f"{name}.txt"
        if os.environ.get("UPDATE_GOLDEN"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"no golden file {path.name}; run with UPDATE_GOLDEN=1 and read it before committing"
        assert text == path.read_text(encoding="utf-8")

    return compare
