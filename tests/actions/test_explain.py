"""Why a message is answered as it is: the very turn, with the numbers that it turned on, and nothing written."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.engine import Engine

from actions import actions
from actions.dialogue import Dialogue
from actions.explain import Explainer
from actions.knowledge_base import KnowledgeBase
from actions.memory import Memory, Message
from desk.database import open_desk
from tests.actions.conftest import ranking

BIRTH = "1.001193"
QUESTIONS = (
    ("làm giấy khai sinh cho con cần giấy tờ gì", "ask_documents"),
    ("đổi giấy phép lái xe hết bao nhiêu tiền", "ask_fee"),
    ("sang tên", "ask_procedure"),
    ("phải làm sao đây", "ask_procedure"),
    ("nhà hàng gần đây có món gì ngon", "ask_procedure"),
    ("VNeID mức 2 là gì", "ask_procedure"),
    ("xin giấy xác nhận tình trạng hôn nhân", "ask_procedure"),
    ("đăng ký", "ask_procedure"),
)


@pytest.fixture(scope="module")
def explainer(knowledge: KnowledgeBase) -> Explainer:
    return Explainer(knowledge)


def message(text: str, intent: str, chance: float = 0.9) -> Message:
    return Message(text, intent, ranking(intent, chance))


@pytest.mark.parametrize(("text", "intent"), QUESTIONS)
def test_the_decision_told_is_that_of_a_turn(explainer: Explainer, dialogue: Dialogue, text: str, intent: str) -> None:
    turn = dialogue.respond("action_answer", message(text, intent), Memory())
    told = explainer.explain("action_answer", message(text, intent))
    assert told["turn"] == turn.record.as_json()
    assert told["reply"] == turn.reply.as_json()


@pytest.mark.parametrize(("text", "intent"), QUESTIONS)
def test_a_procedure_is_answered_for_where_all_thresholds_are_passed(
    explainer: Explainer, text: str, intent: str
) -> None:
    told = explainer.explain("action_answer", message(text, intent))
    if told["by"] != "procedure":
        assert told["by"] in ("guide", "faq", "talk"), told["by"]
        return
    passed = {one["name"]: one["passed"] for one in told["searches"][-1]["thresholds"]}
    passed.pop("subject")  # decides how much is asked of the others
    assert all(passed.values()) is (told["turn"]["outcome"] == "answered"), passed


def test_questions_of_every_ending_are_tried(explainer: Explainer) -> None:
    endings = {
        (told["by"], told["turn"]["outcome"])
        for text, intent in QUESTIONS
        if (told := explainer.explain("action_answer", message(text, intent)))
    }
    assert endings >= {
        ("procedure", "answered"), ("procedure", "asked_back"), ("procedure", "not_found"), ("faq", "answered")
    }  # fmt: skip


def test_features_and_measures_add_up(explainer: Explainer) -> None:
    told = explainer.explain("action_answer", message("làm giấy khai sinh cho con cần giấy tờ gì", "ask_documents"))
    (search,) = told["searches"]
    assert search["candidates"][0]["code"] == told["turn"]["answer"] == BIRTH
    assert len(search["candidates"]) == 5
    for candidate in search["candidates"]:
        assert sum(candidate["features"].values()) == pytest.approx(candidate["score"], abs=1e-3)
        sizes = [abs(gave) for gave in candidate["features"].values()]
        assert sizes == sorted(sizes, reverse=True)
    shares = [candidate["share"] for candidate in search["candidates"]]
    assert shares == sorted(shares, reverse=True)
    assert {one["name"] for one in search["fit"]} == {"cover", "name_cosine", "key_cosine", "share"}
    share = next(one for one in search["fit"] if one["name"] == "share")
    assert share["value"] == pytest.approx(shares[0])


def test_a_courtesy_needs_no_search(explainer: Explainer) -> None:
    told = explainer.explain("action_small_talk", message("cảm ơn em nhiều nha", "thank", 0.95))
    assert (told["by"], told["turn"]["outcome"]) == ("talk", "smalltalk")
    assert told["sure"]["name"] == "intent"
    assert told["sure"]["passed"] is True


def test_one_explanation_leaves_nothing_to_the_next(explainer: Explainer) -> None:
    text = message("làm giấy khai sinh cho con cần giấy tờ gì", "ask_documents")
    first = explainer.explain("action_answer", text)
    explainer.explain("action_answer", message("đổi giấy phép lái xe hết bao nhiêu tiền", "ask_fee"))
    assert explainer.explain("action_answer", text) == first


def rows(*engines: Engine) -> dict[str, int]:
    """How many rows each table holds."""
    found: dict[str, int] = {}
    for engine in engines:
        with engine.connect() as connection:
            for name in sa.inspect(connection).get_table_names():
                table = sa.table(name)
                found[f"{engine.url}/{name}"] = connection.execute(
                    sa.select(sa.func.count()).select_from(table)
                ).scalar_one()
    return found


def tracker(text: str, intent: str, action: str) -> Tracker:
    latest = {
        "text": text,
        "intent": {"name": intent, "confidence": 0.9},
        "entities": [],
        "intent_ranking": [{"name": name, "confidence": chance} for name, chance in ranking(intent).items()],
    }
    return Tracker("explain", {}, latest, [], False, action, {}, None)


async def explained(text: str, intent: str, action: str) -> Any:
    """What the action tells, as Rasa would get it."""
    dispatcher = CollectingDispatcher()
    assert await actions.ActionExplain().run(dispatcher, tracker(text, intent, action), {}) == []
    return dispatcher.messages[0]["custom"] if dispatcher.messages else None


async def test_nobody_is_handed_over_or_followed_and_nothing_is_written(
    content_engine: Engine, knowledge: KnowledgeBase, tmp_path: Path
) -> None:
    desk = open_desk(f"sqlite:///{tmp_path}/desk.db")
    actions.use_dialogue(Dialogue(KnowledgeBase(content_engine, knowledge.keeper), desk))
    try:
        before = rows(content_engine, desk.engine)
        assert len(before) > 10
        for text, intent, action in (
            ("cho em gặp cán bộ", "ask_person", "action_person"),
            ("báo cho em khi thủ tục khai sinh đổi", "follow_procedure", "action_follow"),
            ("thôi theo dõi", "stop_following", "action_stop_following"),
            ("làm giấy khai sinh", "ask_procedure", "action_answer"),
        ):
            told = await explained(text, intent, action)
            assert told["reply"]["blocks"], action
        assert rows(content_engine, desk.engine) == before
    finally:
        actions.use_dialogue(None)
        desk.engine.dispose()


async def test_what_breaks_is_told_by_its_kind_alone(dialogue: Dialogue, caplog: pytest.LogCaptureFixture) -> None:
    actions.use_dialogue(dialogue)
    try:
        with caplog.at_level(logging.DEBUG):
            assert await explained("bí mật của tôi", "ask_fee", "action_that_is_not_there") is None
    finally:
        actions.use_dialogue(None)
    assert "explaining failed: KeyError" in caplog.text
    assert "bí mật" not in caplog.text
