"""Commands of messaging channels carry an intent and no words; they aren't taken for an empty message."""

from __future__ import annotations

import pytest

from actions.dialogue import Dialogue
from actions.memory import Memory, Message
from answers.phrasing import say


@pytest.mark.parametrize(
    ("text", "intent", "action"),
    [
        ("/greet", "greet", "action_small_talk"),
        ("/ask_capabilities", "ask_capabilities", "action_small_talk"),
        ("/ask_person", "ask_person", "action_person"),
        ("/start_over", "start_over", "action_start_over"),
    ],
)
def test_a_command_is_answered(text: str, intent: str, action: str, dialogue: Dialogue) -> None:
    message = Message.from_tracker({"text": text, "intent": {"name": intent}})
    assert dialogue.respond(action, message, Memory()).reply.text() != say("empty")


def test_a_message_of_nothing_is_still_asked_back(dialogue: Dialogue) -> None:
    message = Message.from_tracker({"text": "…", "understood": "…", "intent": {"name": "greet"}})
    assert dialogue.respond("action_small_talk", message, Memory()).reply.text() == say("empty")
