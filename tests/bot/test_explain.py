"""The door by which staff ask how a message is read: behind the secret, outside any conversation, nothing logged."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any, Optional

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from tests.bot.test_web_channel import SECRET, Door

DECISION = {"turn": {"outcome": "answered"}, "by": "procedure"}


class Agent:
    """A made-up Rasa agent: the model's reading is told, what it is asked is kept."""

    def __init__(self) -> None:
        self.domain = Domain.from_dict({"intents": ["ask_fee"], "actions": ["action_answer"], "entities": ["place"]})
        self.action_endpoint = self
        self.read: list[str] = []
        self.trackers: list[DialogueStateTracker] = []
        self.calls: list[dict[str, Any]] = []
        self.answer: Any = {"events": [], "responses": [{"custom": DECISION}]}
        self.fault: Optional[Exception] = None

    def is_ready(self) -> bool:
        return True

    async def parse_message(self, text: str) -> dict[str, Any]:
        self.read.append(text)
        if self.fault:
            raise self.fault
        ranking = [{"name": "ask_fee", "confidence": 0.8}, *({"name": f"i{at}", "confidence": 0.01} for at in range(9))]
        return {
            "text": "làm khai sinh hết bao nhiêu",
            "understood": "làm khai sinh hết bao nhiêu",
            "intent": ranking[0],
            "intent_ranking": ranking,
            "entities": [{"entity": "place", "role": "ward", "value": "Tân Định", "start": 0, "end": 3}],
            "sentence_vector": "AAAA",
            "about_procedures": 2.197,
        }

    def predict_next_with_tracker(self, tracker: DialogueStateTracker) -> dict[str, Any]:
        self.trackers.append(tracker)
        scores = [{"action": "action_listen", "score": 0.0}, {"action": "action_answer", "score": 1.0}]
        return {"scores": scores, "policy": "RulePolicy"}

    async def request(self, **kwargs: Any) -> Any:
        self.calls.append(kwargs["json"])
        return self.answer


@pytest.fixture
def agent() -> Agent:
    return Agent()


@pytest.fixture
async def door(agent: Agent, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    monkeypatch.setattr("sanic.Sanic.test_mode", True)
    door = Door()
    door.app.ctx.agent = agent
    await door.app._startup()
    yield door
    await door.client.aclose()


async def ask(door: Door, body: Any, secret: str = SECRET) -> Any:
    return await door.client.post("/webhooks/web/explain", json=body, headers={"X-Motcua-Secret": secret})


async def test_a_message_is_told_in_its_stages_with_the_decision(door: Door, agent: Agent) -> None:
    answer = await ask(door, {"text": "lam  khai sinh het bn"})
    assert answer.status_code == 200
    told = answer.json()
    assert told["text"] == "lam  khai sinh het bn"
    assert told["normal"] == "lam khai sinh het bn"
    assert told["written"] == "lam khai sinh het bao nhiêu"
    assert told["understood"] == "làm khai sinh hết bao nhiêu"
    assert told["words"] == ["làm", "khai sinh", "hết", "bao nhiêu"]
    assert [intent["name"] for intent in told["intents"]][:2] == ["ask_fee", "i0"]
    assert len(told["intents"]) == 6
    assert told["entities"] == [{"entity": "place", "role": "ward", "value": "Tân Định"}]
    assert (told["action"], told["policy"], told["decision"]) == ("action_answer", "RulePolicy", DECISION)
    assert told["about"] == 2.197
    assert "sentence_vector" not in told


async def test_the_rules_and_the_actions_are_asked_as_at_the_start_of_a_conversation(door: Door, agent: Agent) -> None:
    await ask(door, {"text": "x"})
    (tracker,), (call,) = agent.trackers, agent.calls
    assert tracker.latest_message is not None
    assert tracker.latest_message.intent["name"] == "ask_fee"
    assert tracker.latest_action_name == "action_listen"
    assert call["next_action"] == "action_explain"
    assert call["tracker"]["followup_action"] == "action_answer"
    assert call["tracker"]["slots"] == {}
    assert call["tracker"]["latest_message"]["sentence_vector"] == "AAAA"
    assert door.heard == []  # no turn was run


async def test_a_way_to_ask_is_tried_by_the_actions_and_no_turn_is_run(door: Door, agent: Agent) -> None:
    async def send(body: Any, secret: str = SECRET) -> Any:
        return await door.client.post("/webhooks/web/try", json=body, headers={"X-Motcua-Secret": secret})

    told = await send({"code": "9.000001", "way": "làm thẻ chim"})
    assert (told.status_code, told.json()) == (200, DECISION)
    (call,) = agent.calls
    assert (call["next_action"], call["tracker"]["followup_action"]) == ("action_try", "9.000001")
    assert call["tracker"]["latest_message"]["text"] == "làm thẻ chim"
    assert (await send({"code": "9.000001", "way": "x"}, "wrong")).status_code == 403
    odd: tuple[Any, ...] = (
        {}, {"code": 1, "way": "x"}, {"code": "9.000001", "way": ""}, {"code": "9.1", "way": "x" * 2_001}, [],
    )  # fmt: skip
    for body in odd:
        assert (await send(body)).status_code == 400
    assert door.heard == []


async def test_personal_numbers_are_masked_and_payloads_stay_text_as_in_a_turn(door: Door, agent: Agent) -> None:
    told = (await ask(door, {"text": "/danger số căn cước của em là 079203001234"})).json()
    assert agent.read[0].startswith("danger")
    assert "079203001234" not in agent.read[0] + str(told)


@pytest.mark.parametrize("secret", ["", "wrong", SECRET.upper()])
async def test_nobody_asks_without_the_secret(door: Door, agent: Agent, secret: str) -> None:
    assert (await ask(door, {"text": "x"}, secret)).status_code == 403
    assert agent.read == []


@pytest.mark.parametrize("body", [None, [], {}, {"text": 5}, {"text": None}, {"button": "chon:2"}])
async def test_strange_bodies_are_refused(door: Door, agent: Agent, body: Any) -> None:
    assert (await ask(door, body)).status_code == 400
    assert agent.read == []


@pytest.mark.parametrize("text", ["", "  ", "/", "\u200b"])
async def test_a_message_of_nothing_is_explained_as_a_turn_reads_it(door: Door, agent: Agent, text: str) -> None:
    assert (await ask(door, {"text": text})).status_code == 200
    assert agent.read == ["…"]


async def test_before_the_model_is_ready_nothing_is_explained(door: Door) -> None:
    for agent in (None, SimpleNamespace(is_ready=lambda: False)):
        door.app.ctx.agent = agent
        assert (await ask(door, {"text": "x"})).status_code == 503


@pytest.mark.parametrize("answer", [None, {}, {"responses": []}, {"responses": [{"text": "x"}]}])
async def test_actions_that_tell_nothing_leave_the_decision_open(door: Door, agent: Agent, answer: Any) -> None:
    agent.answer = answer
    told = await ask(door, {"text": "x"})
    assert (told.status_code, told.json()["decision"]) == (200, None)


async def test_what_breaks_is_logged_without_its_text(
    door: Door, agent: Agent, caplog: pytest.LogCaptureFixture
) -> None:
    agent.fault = RuntimeError("broke on bí mật của tôi")
    with caplog.at_level(logging.DEBUG):
        assert (await ask(door, {"text": "bí mật của tôi"})).status_code == 502
    assert "telling staff failed: RuntimeError" in caplog.text
    assert "bí mật" not in caplog.text
