"""Guides in the conversation: they begin where the search is unsure, and are walked in anybody's words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Optional

import pytest
import yaml

from actions.guide_talk import GuideTalk
from actions.knowledge_base import KnowledgeBase
from actions.memory import Memory, Message
from actions.procedure_talk import ProcedureTalk, Turn
from answers.outcome import Aspect, Outcome, TurnRecord
from answers.reply import LIMIT, Reply
from knowledge.guides.model import read_guides
from knowledge.search.index import Hit, Result
from tests.actions.conftest import Talk
from tests.conftest import ROOT

IDENTITY = ["1.014064", "1.014063", "1.014061", "1.014062"]
NEW, CHILD, CHANGE, LOST = "1.014061", "1.014062", "1.014063", "1.014064"


@pytest.fixture(scope="module")
def guides(knowledge: KnowledgeBase) -> GuideTalk:
    return GuideTalk(knowledge, ProcedureTalk(knowledge))


def unsure(question: str, options: list[str], aspect: Aspect = Aspect.WHICH, before: Optional[Memory] = None) -> Turn:
    """What the search says where it asks back."""
    record = TurnRecord(Outcome.ASKED_BACK, aspect, codes=[*options, "1.000894"], options=list(options), confidence=0.2)
    return Turn(Reply([]), record, (before or Memory()).asking(tuple(options), question, aspect))


def begun(guides: GuideTalk, question: str, options: list[str], aspect: Aspect = Aspect.WHICH) -> Turn:
    return guides.instead_of(unsure(question, options, aspect), Message(question), Memory())


def say(guides: GuideTalk, turn: Turn, text: str, intent: str = "ask_procedure", **entities: str) -> Turn:
    message = Message(text, intent, {intent: 0.9}, {kind: (value,) for kind, value in entities.items()})
    after = guides.go_on(message, turn.memory)
    assert after is not None, text
    return after


def test_options_of_one_guide_become_its_first_question(guides: GuideTalk) -> None:
    turn = begun(guides, "làm thẻ căn cước", IDENTITY)
    assert "Câu 1: Thẻ làm cho ai?" in turn.reply.text()
    assert [button.payload for button in turn.reply.buttons] == ["chon:1", "chon:2"]
    assert (turn.record.outcome, turn.record.aspect) == (Outcome.ASKED_BACK, Aspect.WHICH)
    assert turn.record.options == IDENTITY
    assert turn.record.codes[:5] == [*IDENTITY, "1.000894"]
    assert turn.memory.options == ()
    assert turn.memory.waiting


def test_options_of_several_guides_stay_a_list(guides: GuideTalk) -> None:
    plain = unsure("sang tên", ["1.013076", "1.013831"])
    assert guides.instead_of(plain, Message("sang tên"), Memory()) is plain


def test_a_sure_answer_stays_an_answer(guides: GuideTalk) -> None:
    record = TurnRecord(Outcome.ANSWERED, Aspect.FEE, LOST, IDENTITY)
    sure = Turn(Reply([]), record, Memory().about(LOST, Aspect.FEE))
    assert guides.instead_of(sure, Message("làm lại căn cước"), Memory()) is sure


def test_the_words_alone_lead_in_where_the_search_has_nothing_to_offer(guides: GuideTalk) -> None:
    assert "Thẻ làm cho ai?" in begun(guides, "căn cước", []).reply.text()
    vague = unsure("phải làm sao đây", [])
    assert guides.instead_of(vague, Message("phải làm sao đây"), Memory()) is vague


def test_what_the_sentence_says_already_is_not_asked(guides: GuideTalk) -> None:
    turn = begun(guides, "làm thẻ căn cước cho con nhỏ", [CHILD, NEW, CHANGE])
    assert "Câu 2: Bé đã có thẻ chưa" in turn.reply.text()
    assert NEW not in turn.record.options
    assert "hoi:quay lại" in [button.payload for button in turn.reply.buttons]


def test_at_least_one_question_is_asked_before_an_unsure_search_is_believed(guides: GuideTalk) -> None:
    turn = begun(guides, "mẹ tôi người lớn mất căn cước", [LOST, CHANGE])
    assert turn.record.outcome is Outcome.ASKED_BACK
    assert say(guides, turn, "mất rồi").record.answer == LOST


def test_words_that_lead_away_from_the_likeliest_procedure_are_asked_about(guides: GuideTalk) -> None:
    assert "Thẻ làm cho ai?" in begun(guides, "thẻ căn cước cho con nhỏ", [NEW, CHANGE]).reply.text()


def test_answers_lead_to_the_procedure_and_its_case(guides: GuideTalk) -> None:
    turn = begun(guides, "làm thẻ căn cước", IDENTITY)
    turn = say(guides, turn, "", "choose_option", ordinal="2")
    turn = say(guides, turn, "chưa có")
    turn = say(guides, turn, "bé 5 tuổi")
    assert (turn.record.outcome, turn.record.answer) == (Outcome.ANSWERED, CHILD)
    assert "Trường hợp của bạn: bé dưới 6 tuổi." in turn.reply.text()
    assert f"thu-tuc:{CHILD}:documents:0" in [button.payload for button in turn.reply.buttons]
    assert turn.memory.procedure == CHILD
    assert not turn.memory.waiting
    assert len(turn.reply.text()) <= LIMIT


def test_the_aspect_asked_first_is_what_is_answered_at_the_end(guides: GuideTalk) -> None:
    turn = begun(guides, "căn cước cần giấy tờ gì", IDENTITY, Aspect.DOCUMENTS)
    turn = say(guides, say(guides, turn, "người lớn"), "đổi do sáp nhập")
    assert (turn.record.answer, turn.record.aspect) == (CHANGE, Aspect.DOCUMENTS)
    assert "Đổi do sáp nhập tỉnh, xã. Bạn chuẩn bị" in turn.reply.text()
    assert "Không bắt buộc đổi" in turn.reply.text()


def test_one_goes_back_changes_an_answer_even_after_the_end(guides: GuideTalk) -> None:
    turn = say(guides, begun(guides, "làm thẻ căn cước", IDENTITY), "người lớn")
    back = say(guides, turn, "quay lại")
    assert "Mình quay lại câu này." in back.reply.text()
    assert "Câu 1" in back.reply.text()
    ended = say(guides, turn, "bị mất")
    assert ended.record.answer == LOST
    assert "Câu 2" in say(guides, ended, "quay lại").reply.text()
    changed = say(guides, ended, "đổi câu 2 thành hết hạn")
    assert changed.record.answer == CHANGE


def test_one_leaves_and_returns(guides: GuideTalk) -> None:
    turn = say(guides, begun(guides, "làm thẻ căn cước", IDENTITY), "người lớn")
    left = say(guides, turn, "thôi")
    assert left.record.outcome is Outcome.SMALLTALK
    assert guides.go_on(Message("1"), left.memory) is None
    again = say(guides, left, "tiếp tục nhé")
    assert "Mình làm tiếp nhé." in again.reply.text()
    assert "Câu 2" in again.reply.text()


def test_who_does_not_know_is_asked_again_kindly(guides: GuideTalk) -> None:
    turn = say(guides, begun(guides, "làm thẻ căn cước", IDENTITY), "em không biết nữa")
    assert "Không sao" in turn.reply.text()
    assert "Câu 1" in turn.reply.text()


def test_a_button_of_another_list_is_told(guides: GuideTalk) -> None:
    turn = say(guides, begun(guides, "làm thẻ căn cước", IDENTITY), "", "choose_option", ordinal="9")
    assert "Danh sách không có mục đó" in turn.reply.text()


def test_another_procedure_leaves_the_guide_so_that_numbers_mean_the_newer_list(guides: GuideTalk) -> None:
    memory = begun(guides, "làm thẻ căn cước", IDENTITY).memory
    record = TurnRecord(Outcome.ANSWERED, Aspect.WHICH, "1.000894", ["1.000894"])
    answered = Turn(Reply([]), record, memory.about("1.000894", Aspect.WHICH))
    after = guides.instead_of(answered, Message("đăng ký kết hôn"), memory)
    assert guides.go_on(Message("2"), after.memory) is None
    assert guides.go_on(Message("tiếp tục"), after.memory) is not None


def test_an_answer_not_understood_is_asked_again_with_what_it_adds(guides: GuideTalk) -> None:
    memory = say(guides, begun(guides, "làm thẻ căn cước", IDENTITY), "người lớn").memory
    again = guides.instead_of(unsure("làm thẻ căn cước xyz", IDENTITY, before=memory), Message("xyz"), memory)
    assert "Mình chưa rõ ý này" in again.reply.text()
    assert "Câu 2" in again.reply.text()


class Sure(KnowledgeBase):
    """A knowledge base whose search is sure of one thing."""

    def __init__(self, other: KnowledgeBase, code: str) -> None:
        self.__dict__.update(other.__dict__)
        self.code = code

    def search(
        self,
        text: str,
        packed: Optional[str] = None,
        limit: int = 10,
        boosts: Optional[dict[str, float]] = None,
        talked_of: Optional[str] = None,
    ) -> Result:
        return Result((Hit(self.code, 1.0, 0.9, {}),), 0.9, 1.0)


@pytest.mark.parametrize(("code", "taken"), [("1.001456", False), (LOST, True)])
def test_a_question_about_something_else_is_no_answer(knowledge: KnowledgeBase, code: str, taken: bool) -> None:
    sure = Sure(knowledge, code)
    guides = GuideTalk(sure, ProcedureTalk(sure))
    memory = say(guides, begun(guides, "làm thẻ căn cước", IDENTITY), "người lớn").memory
    message = Message("hộ chiếu của em bị mất rồi thì sao", "ask_procedure", {"ask_procedure": 0.9})
    assert (guides.go_on(message, memory) is not None) is taken


@pytest.mark.parametrize(
    ("text", "intent"), [("chồng em đánh em mất răng", "danger"), ("làm lại từ đầu", "start_over")]
)
def test_danger_and_a_fresh_start_go_before_any_guide(guides: GuideTalk, text: str, intent: str) -> None:
    memory = say(guides, begun(guides, "làm thẻ căn cước", IDENTITY), "người lớn").memory
    assert guides.go_on(Message(text, intent, {intent: 0.9}), memory) is None


def test_a_question_about_fees_is_no_answer_even_if_it_shares_a_word(guides: GuideTalk) -> None:
    memory = say(guides, begun(guides, "làm thẻ căn cước", IDENTITY), "người lớn").memory
    assert guides.go_on(Message("còn lệ phí bao nhiêu", "ask_procedure", {"ask_procedure": 0.9}), memory) is None
    assert guides.go_on(Message("có bị mất phí không vậy", "ask_fee", {"ask_fee": 0.9}), memory) is None
    # A short one is an answer, whatever the classifier takes it for.
    assert guides.go_on(Message("bị mất", "ask_fee", {"ask_fee": 0.9}), memory) is not None


@pytest.mark.parametrize("slot", [None, "x", {"guide": "khac"}, {"guide": "can-cuoc", "answers": [["x", 1]]}])
def test_a_state_that_fits_no_guide_is_forgotten(guides: GuideTalk, slot: Any) -> None:
    memory = Memory.from_slots({"guide": slot})
    assert guides.go_on(Message("1", "choose_option"), memory) is None


def test_the_state_survives_the_way_through_the_slot(guides: GuideTalk) -> None:
    memory = say(guides, begun(guides, "làm thẻ căn cước", IDENTITY), "người lớn").memory
    again = Memory.from_slots(memory.as_slots())
    assert again == memory
    after = guides.go_on(Message("mất"), again)
    assert after is not None
    assert after.record.answer == LOST


def test_every_slot_of_the_memory_is_in_the_domain() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert set(domain["slots"]) == set(Memory().as_slots())


def test_the_dialogue_gives_a_guide_its_answers_before_anything_else(talk: Talk) -> None:
    talk.memory = replace(
        Memory().asking((), "làm thẻ căn cước", Aspect.FEE), guide={"guide": "can-cuoc", "answers": []}
    )
    turn = talk("cho con em", "chitchat", "action_small_talk")
    assert "Câu 2" in turn.reply.text()
    turn = talk("", "choose_option", "action_choose", ordinal="2")
    assert (turn.record.answer, turn.record.aspect) == (LOST, Aspect.FEE)
    assert talk("làm lại từ đầu", "start_over", "action_start_over").memory.guide is None


def test_every_leaf_of_ours_is_a_published_procedure_with_that_case(knowledge: KnowledgeBase) -> None:
    for guide in read_guides().guides.values():
        records = knowledge.procedures(guide.codes())
        for leaf in guide.leaves():
            assert leaf.code in records, leaf.code
            if leaf.case:
                assert leaf.case in [case.name for case in records[leaf.code].cases]


def test_every_question_of_ours_fits_a_reply(guides: GuideTalk) -> None:
    for guide in read_guides().guides.values():
        for name in guide.questions:
            answers = _way_to(guide.questions, guide.first, name)
            memory = replace(Memory(), guide={"guide": guide.name, "answers": answers, "left": True})
            turn = guides.go_on(Message("tiếp tục"), memory)
            assert turn is not None
            assert guide.questions[name].text in turn.reply.text()
            assert len(turn.reply.text()) <= LIMIT
            numbered = [button for button in turn.reply.buttons if (button.payload or "").startswith("chon:")]
            assert 2 <= len(numbered) <= 4, (guide.name, name)
            if numbered[-1].title == "Trường hợp khác":
                rest = say(guides, turn, "", ordinal="4")
                shown = [button.title for button in (*numbered[:-1], *rest.reply.buttons[:-1])]
                assert shown == [option.label for option in guide.questions[name].options]
                assert rest.reply.buttons[-1].title == "Quay lại"


def _way_to(questions: Mapping[str, Any], at: str, wanted: str) -> Optional[list[list[Any]]]:
    if at == wanted:
        return []
    for place, option in enumerate(questions[at].options):
        if option.next and (rest := _way_to(questions, option.next, wanted)) is not None:
            return [[at, place], *rest]
    return None
