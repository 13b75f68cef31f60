"""A life event told with a general question: the procedures in order, and one checklist."""

from __future__ import annotations

import pytest

from actions.knowledge_base import KnowledgeBase
from actions.life_event_talk import LifeEventTalk
from actions.memory import Memory, Message
from actions.procedure_talk import Turn
from answers.outcome import Aspect, Outcome, TurnRecord
from answers.reply import LIMIT, Items, Reply
from knowledge.life_events import read_life_events
from tests.actions.conftest import Talk

EVENTS = read_life_events().events


@pytest.fixture(scope="module")
def events(knowledge: KnowledgeBase) -> LifeEventTalk:
    return LifeEventTalk(knowledge)


@pytest.mark.parametrize(
    ("text", "event"),
    [
        ("mới sinh con cần làm gì", "sinh-con"),
        ("vo em moi sinh can lam nhung thu tuc gi", "sinh-con"),
        ("ba tôi mất phải làm những giấy tờ gì", "nguoi-than-mat"),
        ("em sắp cưới thì cần làm những thủ tục nào ạ", "ket-hon"),
        ("rớt bóp giờ làm gì trước", "mat-giay-to"),
        ("mở quán ăn phải lo những gì vậy ad", "mo-quan-an"),
        ("mới nghỉ việc cần làm thủ tục gì", "nghi-viec"),
        ("chuyển nhà thì phải làm gì", "chuyen-noi-o"),
    ],
)
def test_an_event_with_a_general_question_gets_its_procedures_in_order(
    events: LifeEventTalk, text: str, event: str
) -> None:
    turn = events.answer(Message(text, "ask_procedure"), Memory())
    assert turn is not None
    assert turn.record.outcome is Outcome.ANSWERED
    assert turn.record.codes == EVENTS[event].codes
    assert turn.record.answer == EVENTS[event].codes[0]
    assert turn.memory.options == tuple(EVENTS[event].codes)


@pytest.mark.parametrize(
    "text",
    [
        "mới sinh con",
        "sinh con thì giấy khai sinh cần giấy tờ gì",
        "kết hôn với người nước ngoài cần làm gì",
        "kết hôn cần giấy tờ gì",
        "rớt bóp mất căn cước làm gì",
        "cần làm gì",
        "ba tôi mất sổ đỏ phải làm gì",
        "",
    ],
)
def test_a_question_about_one_thing_is_left_to_the_search(events: LifeEventTalk, text: str) -> None:
    assert events.answer(Message(text, "ask_procedure"), Memory()) is None


def test_deadlines_links_fines_and_the_source_are_told(events: LifeEventTalk) -> None:
    turn = events.answer(Message("ba tôi mất phải làm những giấy tờ gì"), Memory())
    assert turn is not None
    text = turn.reply.text()
    assert "trong 15 ngày kể từ ngày mất" in text
    assert "nộp liên thông một lần" in text
    assert "Nguồn: Cổng Dịch vụ công quốc gia, bản ghi 1.000656" in text
    sold = events.answer(Message("bán xe phải làm gì"), Memory())
    assert sold is not None
    assert "Trễ hạn: quá hạn thì bị phạt" in sold.reply.text()


@pytest.mark.parametrize("name", EVENTS)
def test_every_event_of_ours_fits_a_reply_and_each_step_is_a_published_procedure(
    events: LifeEventTalk, knowledge: KnowledgeBase, name: str
) -> None:
    event = EVENTS[name]
    assert set(event.codes) <= set(knowledge.procedures(event.codes))
    turn = events.answer(Message(f"{event.names[0]} cần làm thủ tục gì"), Memory())
    assert turn is not None
    assert turn.record.codes == event.codes
    assert len(turn.reply.text()) <= LIMIT
    assert len(turn.reply.buttons) <= 6
    shown = next(block for block in turn.reply.blocks if isinstance(block, Items))
    assert len(shown.items) >= min(4, len(event.steps))


@pytest.mark.parametrize("name", EVENTS)
def test_its_button_gathers_the_papers_of_all_steps_once(events: LifeEventTalk, name: str) -> None:
    turn = events.answer(Message(f"{EVENTS[name].names[0]} cần làm thủ tục gì"), Memory())
    assert turn is not None
    payload = turn.reply.buttons[-1].payload or ""
    assert payload.startswith("hoi:")
    papers = events.answer(Message(payload[4:]), turn.memory)
    assert papers is not None
    assert papers.record.aspect is Aspect.DOCUMENTS
    assert papers.record.codes == EVENTS[name].codes
    items = next(block for block in papers.reply.blocks if isinstance(block, Items))
    names = [item.text for item in items.items]
    assert len(names) == len(set(names)) >= 2
    assert len(papers.reply.text()) <= LIMIT


def _unsure(question: str, codes: list[str]) -> Turn:
    record = TurnRecord(Outcome.ASKED_BACK, Aspect.WHICH, codes=codes, options=codes, confidence=0.2)
    return Turn(Reply([]), record, Memory().asking(tuple(codes), question, Aspect.WHICH))


def test_an_event_told_without_a_question_takes_the_place_of_an_unsure_list(events: LifeEventTalk) -> None:
    plain = _unsure("mở quán ăn", ["2.001827", "1.000894"])
    turn = events.told(plain, Message("em mới mở quán ăn"), Memory())
    assert "Mở quán ăn, quán nước" in turn.reply.text()
    assert turn.record.outcome is Outcome.ASKED_BACK
    assert turn.record.options[0] == "2.001827"
    assert turn.memory.options == tuple(EVENTS["mo-quan-an"].codes)
    assert events.told(plain, Message("em mới mở quán ăn xin giấy thờ cúng"), Memory()) is plain
    # In the middle of a conversation the words belong to what was said before.
    assert events.told(plain, Message("mở quán ăn"), Memory().about("1.000894", Aspect.WHICH)) is plain


def test_in_the_dialogue_a_step_is_picked_from_the_list(talk: Talk) -> None:
    turn = talk("mới sinh con cần làm gì")
    assert turn.record.codes == EVENTS["sinh-con"].codes
    assert talk("cái thứ hai", "choose_option", "action_choose", ordinal="2").record.answer == "1.001193"
