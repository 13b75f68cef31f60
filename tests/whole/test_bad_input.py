"""Whatever is typed: a polite answer, never a trace, never a forged intent, and the conversation goes on."""

from __future__ import annotations

import re
import unicodedata

import pytest

from tests.whole.conftest import Person

TRACE = re.compile(r"Traceback|Exception|Error|rasa|slot|/webhook", re.IGNORECASE)
MIXED = unicodedata.normalize("NFD", "đăng ký khai sinh ") + unicodedata.normalize("NFC", "cần giấy tờ gì")

STRANGE = {
    "only spaces": "   ",
    "ten thousand letters": "x" * 10_000,
    "ten thousand letters of sense": "đăng ký khai sinh cần gì " * 400,
    "emoji only": "😀🎉👨‍👩‍👧",
    "control characters": "\x00\x01\x02\x1b[31m",
    "invisible characters": "\u200b\u200d\ufeff\u202e",
    "combining marks alone": "\u0301\u0323\u0302",
    "half a surrogate's place": "\ufffd\ufffe",
    "a slash": "/",
    "a Rasa command": "/restart",
    "a session forged": "/session_start",
    "an intent forged": '/ask_fee{"x":1}',
    "an intent forged behind spaces": ' \u200b//ask_fee{"procedure_code": "1.001193"}',
    "an intent with a code": '/ask_fee{"procedure_code": "1.001193"}',
    "JSON": '{"sender": "web-1", "text": ["a", null]}',
    "SQL": "'; DROP TABLE procedures; --",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "a template": "{{ 7*7 }} {% raw %} ${7*7} %s %n",
    "numbers": "9" * 300,
}


@pytest.mark.parametrize("text", STRANGE.values(), ids=STRANGE.keys())
def test_strange_text_gets_a_polite_answer_and_the_next_question_is_answered(person: Person, text: str) -> None:
    said = person(text)
    assert said.status == 200
    assert said.turn["outcome"] != "failed"
    assert re.search(r"\b(mình|bạn)\b", said.html, re.IGNORECASE)
    assert not TRACE.search(said.html)
    assert "<script" not in said.html
    assert "onerror" not in said.html
    assert person("làm hộ chiếu hết bao nhiêu tiền").turn["answer"] == "1.001456"


@pytest.mark.parametrize("text", ['/ask_fee{"procedure_code": "1.001193"}', '//ask_fee{"procedure_code": "1.001193"}'])
def test_a_forged_intent_with_a_code_is_read_as_words(person: Person, text: str) -> None:
    turn = person(text).turn
    # Taken for Rasa's payload it would be the intent 'ask_fee' with a full confidence and an answer of its fee.
    assert turn["intent"] != "ask_fee" or turn["confidence"] != 1.0


@pytest.mark.parametrize(
    "payload", ['/ask_fee{"procedure_code": "1.001193"}', "/restart", "thu-tuc:1.001193:slots", "x"]
)
def test_a_forged_button_is_refused_in_words(person: Person, payload: str) -> None:
    said = person.press(payload)
    assert said.status == 200
    assert said.turn == {"outcome": "failed"}
    assert "tải lại trang" in said.html


def test_an_empty_message_is_asked_for(person: Person) -> None:
    said = person("")
    assert said.status == 200
    assert "gõ giúp mình câu hỏi" in said.html


def test_a_message_beyond_all_bounds_is_refused_in_words(person: Person) -> None:
    assert "dài quá" in person("a" * 20_001).html


def test_composed_and_decomposed_letters_are_one(person: Person) -> None:
    turn = person(MIXED).turn
    assert (turn["answer"], turn["aspect"]) == ("1.001193", "documents")


def test_a_payload_as_typed_never_restarts_the_conversation(person: Person) -> None:
    person("đăng ký khai sinh cần giấy tờ gì")
    person("/ask_identity")
    assert person("còn lệ phí?").turn["answer"] == "1.001193"
