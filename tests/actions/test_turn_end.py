"""A turn always ends: Rasa repeats an action that no rule ends, then never answers that sender again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import actions
from actions.dialogue import Dialogue
from actions.memory import FRESH_AFTER


@pytest.fixture(autouse=True)
def _dialogue(dialogue: Dialogue) -> Iterator[None]:
    actions.use_dialogue(dialogue)
    yield
    actions.use_dialogue(None)


async def followed_by(intent: dict[str, Any], **slots: Any) -> list[str]:
    """The actions that an answer asks Rasa to run next."""
    message = {"text": "x", "intent": intent, "entities": [], "intent_ranking": []}
    tracker = Tracker("s", slots, message, [], False, None, {}, "action_listen")
    events = await actions.ActionAnswer().run(CollectingDispatcher(), tracker, {})
    return [str(event["name"]) for event in events if event["event"] == "followup"]


async def test_a_turn_with_an_intent_is_ended_by_its_rule() -> None:
    assert await followed_by({"name": "ask_fee", "confidence": 0.9}) == []


@pytest.mark.parametrize("intent", [{}, {"name": None, "confidence": 0.0}])
async def test_a_turn_without_an_intent_ends_itself(intent: dict[str, Any]) -> None:
    assert await followed_by(intent) == ["action_listen"]


async def test_a_long_session_ends_in_a_fresh_one() -> None:
    assert await followed_by({"name": "ask_fee"}, turns=FRESH_AFTER - 1) == ["action_session_start"]
