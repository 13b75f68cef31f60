"""Sending questions to an assistant: a made-up one behind a real connection."""

from __future__ import annotations

import contextlib

import httpx
import pytest

from evaluation.items import Expected, Question
from evaluation.run import Assistant, ask, run
from tests.fake_rasa import SECRET, FakeRasa

QUESTION = Question("q1", "làm hộ chiếu", Expected("fee", frozenset({"1.001456"}), False))
BODY = {
    "replies": [{"text": "Phí 200.000 đồng", "tree": {}}, {"text": "Còn gì nữa?"}],
    "turn": {
        "outcome": "answered",
        "answer": "1.001456",
        "codes": ["1.001456", "2"],
        "aspect": "fee",
        "confidence": 0.75,
        "options": [],
    },
}


def _turns(id: str, *texts: str) -> list[Question]:
    return [Question(id, text, QUESTION.expected, turn=number) for number, text in enumerate(texts, 1)]


def test_an_answer_is_what_the_assistant_says_of_its_turn(fake_rasa: FakeRasa) -> None:
    fake_rasa.body = BODY
    answer = ask(fake_rasa.assistant(), "s", QUESTION)
    assert (answer.id, answer.outcome, answer.answer, answer.aspect) == ("q1", "answered", "1.001456", "fee")
    assert (answer.codes, answer.options, answer.confidence) == (["1.001456", "2"], [], 0.75)
    assert answer.replies == ["Phí 200.000 đồng", "Còn gì nữa?"]
    assert answer.ms > 0


@pytest.mark.parametrize("body", [{}, {"turn": None, "replies": []}, {"turn": "x", "replies": "y"}])
def test_an_answer_without_a_record_is_a_failed_turn(fake_rasa: FakeRasa, body: dict[str, object]) -> None:
    fake_rasa.body = body
    answer = ask(fake_rasa.assistant(), "s", QUESTION)
    assert (answer.outcome, answer.answer, answer.codes, answer.replies) == ("failed", None, [], [])


def test_an_assistant_that_breaks_is_a_failed_turn_and_the_next_is_asked(fake_rasa: FakeRasa) -> None:
    fake_rasa.status = 500
    pairs = run(fake_rasa.assistant(), [_turns("d", "một", "hai")])
    assert [answer.outcome for _, answer in pairs] == ["failed", "failed"]
    assert [sent["text"] for sent in fake_rasa.sent] == ["một", "hai"]


def test_each_conversation_has_a_fresh_sender_and_keeps_its_order(fake_rasa: FakeRasa) -> None:
    fake_rasa.body = BODY
    told: list[tuple[int, int]] = []
    conversations = [_turns(f"d{number}", "một", "hai", "ba") for number in range(6)]
    pairs = run(fake_rasa.assistant(), conversations, lambda done, total: told.append((done, total)))
    assert [(question.id, question.turn) for question, _ in pairs] == [
        (f"d{n}", t) for n in range(6) for t in (1, 2, 3)
    ]
    assert all(question.id == answer.id and question.turn == answer.turn for question, answer in pairs)
    by_sender: dict[str, list[str]] = {}
    for sent in fake_rasa.sent:
        by_sender.setdefault(sent["sender"], []).append(sent["text"])
    assert list(by_sender.values()) == [["một", "hai", "ba"]] * 6
    assert told == [(done, 6) for done in range(1, 7)]


def test_readiness_and_the_secret(fake_rasa: FakeRasa) -> None:
    assert fake_rasa.assistant().ready()
    with contextlib.closing(Assistant(fake_rasa.url, "wrong")) as stranger, pytest.raises(httpx.HTTPStatusError):
        stranger.say("s", "x")
    fake_rasa.status = 503
    assert not fake_rasa.assistant().ready()
    fake_rasa.close()
    with contextlib.closing(Assistant(fake_rasa.url, SECRET)) as late:
        assert not late.ready()
