"""General questions in the conversation: answered where they fit better than any procedure."""

from __future__ import annotations

import pytest

from actions.faq_talk import FaqTalk
from actions.knowledge_base import KnowledgeBase
from actions.memory import Memory, Message
from answers.outcome import Aspect, Outcome
from answers.reply import LIMIT, SourceLine
from knowledge.faqs import read_faqs
from tests.actions.conftest import Talk


@pytest.fixture(scope="module")
def faqs(knowledge: KnowledgeBase) -> FaqTalk:
    return FaqTalk(knowledge)


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("vneid mức 2 là gì vậy", "VNeID mức 2 là gì"),
        ("tai khoan dinh danh muc 2 la gi", "VNeID mức 2 là gì"),
        ("hồ sơ trễ hẹn thì sao ạ", "Hồ sơ trễ hẹn"),
        ("quận đâu rồi, giờ nộp ở đâu", "Quận, huyện đâu rồi"),
        ("dịch vụ công toàn trình là gì vậy bạn", "toàn trình"),
        ("sổ hộ khẩu giấy còn giá trị không", "Sổ hộ khẩu"),
    ],
)
def test_a_general_question_gets_its_answer_with_a_dated_source(faqs: FaqTalk, text: str, heading: str) -> None:
    turn = faqs.answer(Message(text, "ask_procedure"), Memory())
    assert turn is not None
    assert heading in turn.reply.text()
    assert (turn.record.outcome, turn.record.aspect, turn.record.answer) == (Outcome.ANSWERED, None, None)
    source = turn.reply.blocks[-1]
    assert isinstance(source, SourceLine)
    assert "kiểm ngày 24/11/2026" in source.text


@pytest.mark.parametrize(
    "text",
    [
        "làm vneid mức 2 cần giấy tờ gì",
        "làm hộ chiếu bao nhiêu tiền",
        "đăng ký khai sinh nộp ở đâu",
        "xin giấy độc thân",
        "đổi căn cước hết hạn",
        "tự đăng ký vneid mức 1",
        "hôm nay trời đẹp quá",
        "",
    ],
)
def test_what_a_procedure_answers_is_left_to_it(faqs: FaqTalk, text: str) -> None:
    assert faqs.answer(Message(text, "ask_procedure"), Memory()) is None


def test_a_bare_question_in_a_conversation_goes_on_about_its_procedure(faqs: FaqTalk) -> None:
    question = Message("cách nộp hồ sơ qua mạng ạ", "ask_how_to_file")
    assert faqs.answer(question, Memory()) is not None
    assert faqs.answer(question, Memory().about("1.001456", Aspect.WHICH)) is None


def test_the_next_procedures_are_a_tap_away_and_the_conversation_keeps_its_thread(faqs: FaqTalk) -> None:
    memory = Memory().about("1.001456", Aspect.FEE)
    turn = faqs.answer(Message("vneid mức 2 là gì"), memory)
    assert turn is not None
    assert [button.payload for button in turn.reply.buttons] == ["thu-tuc:3.000228"]
    assert (turn.memory.procedure, turn.memory.aspect) == ("1.001456", Aspect.FEE)


def test_codes_are_left_to_those_who_know_them(faqs: FaqTalk) -> None:
    entities = {"procedure_code": ("3.000228",)}
    assert faqs.answer(Message("vneid mức 2 là gì", "ask_procedure", {}, entities), Memory()) is None


def test_every_answer_of_ours_fits_a_reply_and_its_procedures_exist(knowledge: KnowledgeBase) -> None:
    for faq in read_faqs().faqs:
        assert set(faq.codes) <= set(knowledge.procedures(faq.codes))
        assert len(faq.question) + len(faq.answer) + len(faq.source.name) + 40 <= LIMIT, faq.name


def test_the_dialogue_answers_whatever_the_classifier_takes_it_for(talk: Talk) -> None:
    for intent, action in (("ask_procedure", "action_answer"), ("chitchat", "action_small_talk")):
        assert "công an xác thực" in talk("vneid mức 2 là gì", intent, action).reply.text()
    assert "bị lừa" in talk("vneid mức 2 là gì", "scam", "action_warn").reply.text()
