"""Events become turns: pseudonymous, masked, timed, each once."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.turns import Assembler, person_of, turn_of
from answers.outcome import Aspect, Outcome
from tests.analytics.support import BIRTH, NOON, WEDDING, events, turns_of

ANSWERED: dict[str, Any] = {
    "outcome": "answered", "aspect": "documents", "answer": BIRTH, "codes": [BIRTH, WEDDING], "options": [],
    "confidence": 0.91, "intent": "ask_documents",
}  # fmt: skip


def test_a_turn_tells_what_was_asked_and_how_it_ended() -> None:
    (turn,) = turns_of(*events("tg:1", "khai sinh cần gì", ms=80, **ANSWERED))
    assert (turn.outcome, turn.aspect, turn.answer) == (Outcome.ANSWERED, Aspect.DOCUMENTS, BIRTH)
    assert (turn.codes, turn.intent, turn.confidence) == ((BIRTH, WEDDING), "ask_documents", 0.91)
    assert (turn.at, turn.ms, turn.channel) == (NOON, 80, "telegram")
    assert turn.text == turn.understood == "khai sinh cần gì"


def test_nobody_can_be_told_from_a_turn() -> None:
    (turn,) = turns_of(*events("tg:700000001", "em là 0912345678, khai sinh cần gì", **ANSWERED))
    told = json.dumps(vars(turn), default=str)
    assert "700000001" not in told
    assert "0912345678" not in told
    assert "khai sinh cần gì" in turn.text


def test_a_person_stays_the_same_and_another_secret_makes_another(monkeypatch: pytest.MonkeyPatch) -> None:
    before = person_of("tg:1")
    assert before == person_of("tg:1") != person_of("tg:2")
    monkeypatch.setenv("MOTCUA_PSEUDONYM_SECRET", "another-secret-for-tests-only")
    assert person_of("tg:1") != before


def test_a_tap_keeps_no_text() -> None:
    parsed = {"intent": {"name": "ask_fee"}}
    (turn,) = turns_of(*events("tg:1", '/ask_fee{"procedure_code": "1.001193"}', parsed=parsed, **ANSWERED))
    assert turn.text == turn.understood == ""


def test_mixed_senders_are_kept_apart() -> None:
    one, other = events("tg:1", "một", **ANSWERED), events("tg:2", "hai", **{**ANSWERED, "answer": WEDDING})
    mixed = [event for pair in zip(one, other, strict=True) for event in pair]
    assert [(turn.text, turn.answer) for turn in turns_of(*mixed)] == [("một", BIRTH), ("hai", WEDDING)]


def test_a_message_that_no_action_answered_is_a_failed_turn() -> None:
    said, acted, listens = events("tg:1", "câu hỏi")
    for ends in ([listens], [acted, acted], events("tg:1", "câu sau", **ANSWERED)):
        first = turns_of(said, *ends)[0]
        assert (first.text, first.outcome, first.ms) == ("câu hỏi", Outcome.FAILED, None)


def test_one_message_is_one_turn_whatever_else_is_told() -> None:
    said, acted, answered, listens = events("tg:1", "câu hỏi", **ANSWERED)
    slots = {"sender_id": "tg:1", "event": "slot", "name": "procedure", "value": BIRTH}
    plain = {"sender_id": "tg:1", "event": "bot", "metadata": {}}
    assert len(turns_of(said, slots, acted, plain, answered, slots, listens, acted, answered)) == 1


def test_the_same_message_has_the_same_key() -> None:
    again = [turns_of(*events("tg:1", "x", message="42", **ANSWERED))[0].key for _ in range(2)]
    other = turns_of(*events("tg:2", "x", message="42", **ANSWERED))[0].key
    assert again[0] == again[1] != other


def test_commands_that_try_or_measure_are_not_people() -> None:
    assert turns_of(*events("terminal-1", "thử", channel="web", **ANSWERED)) == []
    assert turns_of(*events("eval-1", "đo", channel="web", **ANSWERED)) == []
    assert len(turns_of(*events("web-1", "hỏi", channel="web", **ANSWERED))) == 1


def test_a_ward_is_told_as_it_is_called_today() -> None:
    text = "phường tân hưng quận 7 làm khai sinh ở đâu"
    entities = [{"entity": "place", "value": "Quận 7"}]
    (turn,) = turns_of(*events("tg:1", text, parsed={"understood": text, "entities": entities}, **ANSWERED))
    assert turn.place == "Phường Tân Hưng"
    (nowhere,) = turns_of(*events("tg:1", "khai sinh ở đâu", **ANSWERED))
    assert nowhere.place is None


def test_what_is_odd_is_left_out_not_believed() -> None:
    odd: dict[str, Any] = {
        "outcome": "won",
        "aspect": 7,
        "answer": 3,
        "codes": "1.001193",
        "options": [1, "x"],
        "confidence": "high",
    }
    (turn,) = turns_of(*events("tg:1", "x", **odd))
    assert (turn.outcome, turn.aspect, turn.answer, turn.codes) == (Outcome.FAILED, None, None, ())
    assert (turn.options, turn.confidence) == (("x",), None)


texts = st.text(alphabet="a/ạ1 {", max_size=9)
anything: st.SearchStrategy[Any] = st.sampled_from(
    [None, True, 0.5, -1, "x", "/x", [], ["x", 1], {}, {"name": 3}, {"name": "x"}, [{}]]
)


@given(
    st.lists(
        st.fixed_dictionaries(
            {"event": st.sampled_from(["user", "bot", "action", "slot", 3, None])},
            optional={
                "sender_id": st.sampled_from(["a", "b", None]),
                "timestamp": st.none() | st.floats(0, 4e9),
                "name": st.sampled_from(["action_listen", "action_answer", None]),
                "text": st.none() | texts,
                "metadata": st.none() | st.dictionaries(st.sampled_from(["turn", "received"]), anything),
                "parse_data": st.none() | st.dictionaries(st.sampled_from(["understood", "intent", "x"]), anything),
                "input_channel": st.none() | texts.map(lambda text: text * 5),
            },
        ),
        max_size=12,
    )
)
def test_no_event_is_too_odd(told: list[dict[str, object]]) -> None:
    assembler = Assembler()
    for event in told:
        ended = assembler.feed(event)
        if ended is not None:
            turn = turn_of(ended)
            assert turn is None or len(turn.channel) <= 20
