from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.dialogue import Dialogue
from actions.memory import FRESH_AFTER, Memory, Message
from answers.outcome import Aspect, Outcome
from answers.phrasing import phrases
from answers.phrasing import reply as ready
from answers.reply import LIMIT, Reply
from tests.actions.conftest import Talk
from vietnamese.understand import Understander


def test_a_plain_question_is_answered_for_the_aspect_asked(talk: Talk) -> None:
    turn = talk("xin làm hộ chiếu thì nộp những giấy gì", "ask_documents")
    assert turn.record.outcome is Outcome.ANSWERED
    assert turn.record.answer == "1.001456"
    assert turn.record.aspect is Aspect.DOCUMENTS
    assert len(turn.record.codes) >= 5


@pytest.mark.parametrize("text", ["lam lai can cuoc bi mat", "lm lại cccd bị mất", "rớt bóp mất căn cước"])
def test_diacritics_abbreviations_and_situations_lead_to_the_same_procedure(
    talk: Talk, understander: Understander, text: str
) -> None:
    turn = talk(understander.understand(text).text)
    assert turn.record.answer == "1.014064"


def test_follow_ups_use_the_procedure_under_discussion(talk: Talk) -> None:
    talk("đăng ký tạm trú cho người thuê nhà")
    for text, intent, aspect in (
        ("phí bao nhiêu vậy", "ask_fee", Aspect.FEE),
        ("mấy ngày có", "ask_processing_time", Aspect.TIME),
        ("nộp ở đâu ạ", "ask_place", Aspect.PLACE),
        ("link đâu", "ask_portal_link", Aspect.PORTAL_LINK),
    ):
        turn = talk(text, intent)
        assert (turn.record.answer, turn.record.aspect) == ("1.004194", aspect), text


def test_a_new_subject_replaces_the_old_one(talk: Talk) -> None:
    talk("làm hộ chiếu cần giấy gì", "ask_documents")
    assert talk("tách thửa đất thì mấy ngày", "ask_processing_time").record.answer == "1.012784"
    assert talk("phí nhiêu", "ask_fee").record.answer == "1.012784"


def test_a_new_subject_with_near_variants_replaces_the_old_one_too(talk: Talk) -> None:
    talk("làm lại căn cước bị mất", "ask_how_to_file")
    turn = talk("còn vợ tôi là người Lào muốn cưới thì cần giấy tờ gì", "ask_documents")
    assert turn.record.codes[0] == "2.000806"
    assert turn.record.answer in (None, "2.000806")


def test_an_earlier_subject_comes_back(talk: Talk) -> None:
    talk("làm hộ chiếu cần giấy gì", "ask_documents")
    talk("xin lý lịch tư pháp ở đâu", "ask_place")
    turn = talk("quay lại cái hộ chiếu, phí bao nhiêu", "ask_fee")
    assert (turn.record.answer, turn.record.aspect) == ("1.001456", Aspect.FEE)


def test_a_correction_takes_what_is_wanted_instead(talk: Talk) -> None:
    talk("đăng ký thường trú cần giấy tờ gì", "ask_documents")
    turn = talk("à nhầm, tạm trú chứ không phải thường trú", "correct", "action_correct")
    assert (turn.record.answer, turn.record.aspect) == ("1.004194", Aspect.DOCUMENTS)
    turn = talk("không phải, ý em là tách hộ", "correct", "action_correct")
    assert turn.record.answer == "1.010038"


def test_a_bare_no_asks_what_is_wanted(talk: Talk) -> None:
    talk("đăng ký thường trú cần giấy tờ gì", "ask_documents")
    turn = talk("sai rồi", "correct", "action_correct")
    assert turn.record.outcome is Outcome.ASKED_BACK


class Ambiguous:
    """A conversation in which the assistant has asked back which permit is meant."""

    def __init__(self, talk: Talk) -> None:
        self.turn = talk("giấy phép")
        self.options = self.turn.record.options
        assert self.turn.record.outcome is Outcome.ASKED_BACK
        assert {"1.013225", "1.004359"} <= set(self.options)


def test_an_ambiguous_question_offers_at_most_four_options_as_buttons(talk: Talk) -> None:
    asked = Ambiguous(talk)
    assert 2 <= len(asked.options) <= 4
    assert [button.payload for button in asked.turn.reply.buttons] == [
        f"chon:{n + 1}" for n in range(len(asked.options))
    ]
    assert "1. " in asked.turn.reply.text()


def test_an_option_is_chosen_by_number(talk: Talk) -> None:
    asked = Ambiguous(talk)
    turn = talk("cái thứ hai", "choose_option", "action_choose", ordinal="2")
    assert turn.record.answer == asked.options[1]


def test_the_last_option_is_chosen_by_saying_so(talk: Talk) -> None:
    asked = Ambiguous(talk)
    turn = talk("cái cuối", "choose_option", "action_choose", ordinal="-1")
    assert turn.record.answer == asked.options[-1]


@pytest.mark.parametrize("action", ["action_answer", "action_out_of_scope", "action_small_talk"])
def test_an_option_is_chosen_in_words_whatever_the_classifier_thinks(talk: Talk, action: str) -> None:
    Ambiguous(talk)
    turn = talk("đánh bắt thủy sản á", "out_of_scope", action, chance=0.4)
    assert turn.record.answer == "1.004359"


def test_a_number_beyond_the_list_is_asked_again(talk: Talk) -> None:
    asked = Ambiguous(talk)
    turn = talk("số 9", "choose_option", "action_choose", ordinal="9")
    assert turn.record.outcome is Outcome.ASKED_BACK
    assert turn.record.options == asked.options


def test_choosing_without_a_list_says_so(talk: Talk) -> None:
    turn = talk("số 2", "choose_option", "action_choose", ordinal="2")
    assert turn.record.outcome is Outcome.ASKED_BACK
    assert "chưa đưa danh sách" in turn.reply.text()


def test_the_aspect_asked_first_holds_after_the_choice(talk: Talk) -> None:
    turn = talk("giấy phép hết bao nhiêu tiền", "ask_fee")
    assert turn.record.outcome is Outcome.ASKED_BACK
    first = turn.record.options[0]
    turn = talk("cái đầu tiên", "choose_option", "action_choose", ordinal="1")
    assert (turn.record.answer, turn.record.aspect) == (first, Aspect.FEE)


def test_two_words_that_fit_several_matters_are_not_answered_for_one_of_them(talk: Talk) -> None:
    turn = talk("sang tên")
    assert turn.record.outcome is Outcome.ASKED_BACK
    assert {"1.013076", "1.013831"} <= set(turn.record.options)


def test_a_button_opens_its_procedure_and_case(talk: Talk) -> None:
    turn = talk("", "ask_documents", procedure_code="1.001193", aspect="documents", case="3")
    assert turn.record.answer == "1.001193"
    assert "bỏ rơi" in turn.reply.text()


def test_a_button_for_a_procedure_that_is_gone_is_not_found(talk: Talk) -> None:
    turn = talk("", "ask_fee", procedure_code="1.999999")
    assert turn.record.outcome is Outcome.NOT_FOUND


def test_what_is_not_held_is_not_guessed(talk: Talk) -> None:
    turn = talk("đăng ký sáng chế bộ chế hòa khí động cơ phản lực", "ask_procedure")
    assert turn.record.outcome is Outcome.NOT_FOUND
    assert turn.record.answer is None
    assert "18001096" in turn.reply.text()
    assert any(button.url and "dichvucong.gov.vn" in button.url for button in turn.reply.buttons)


def test_words_without_a_subject_are_asked_back(talk: Talk) -> None:
    turn = talk("phải làm sao đây ạ")
    assert turn.record.outcome is Outcome.ASKED_BACK
    assert turn.record.options == []


def test_a_message_split_over_two_sends_is_read_together(talk: Talk) -> None:
    talk("em bị mất")
    turn = talk("cái hộ chiếu")
    assert turn.record.outcome in (Outcome.ANSWERED, Outcome.ASKED_BACK)
    assert "1.001456" in [*turn.record.codes[:5], *turn.record.options]


@pytest.mark.parametrize("text", ["", "...", "😀😀", "?!", "\u200b"])
def test_nothing_to_understand_is_answered_kindly(talk: Talk, text: str) -> None:
    turn = talk(text, "out_of_scope", "action_out_of_scope")
    assert turn.record.outcome is Outcome.OUT_OF_SCOPE
    assert "gõ" in turn.reply.text()


def test_the_state_of_a_dossier_is_not_looked_up(talk: Talk) -> None:
    turn = talk("hồ sơ [mã hồ sơ] tới đâu", "ask_status", "action_status", dossier_code="[mã hồ sơ]")
    assert turn.record.aspect is Aspect.STATUS
    assert turn.record.answer is None
    assert "dichvucong.gov.vn" in turn.reply.text()


def test_danger_gives_the_numbers_to_call(talk: Talk) -> None:
    turn = talk("chồng em đang đánh em", "danger", "action_warn")
    assert all(number in turn.reply.text() for number in ("113", "115", "111"))
    assert turn.reply.buttons == []


def test_a_scam_is_warned_of(talk: Talk) -> None:
    turn = talk("cán bộ gọi bảo chuyển khoản để làm nhanh", "scam", "action_warn")
    assert turn.record.outcome is Outcome.OUT_OF_SCOPE
    assert "lừa" in turn.reply.text()


def test_starting_over_forgets_the_conversation(talk: Talk) -> None:
    talk("đăng ký tạm trú")
    talk("làm lại từ đầu", "start_over", "action_start_over")
    assert talk.memory.procedure is None
    assert talk.memory.topics == ()


def test_turns_are_counted_for_the_fresh_session(talk: Talk) -> None:
    for _ in range(3):
        talk("chào", "greet", "action_small_talk")
    assert talk.memory.turns == 3
    assert FRESH_AFTER == 60


def test_the_greeting_says_that_it_is_automatic(talk: Talk) -> None:
    assert "trợ lý tự động" in talk("chào", "greet", "action_small_talk").reply.text()


def test_memory_survives_the_way_through_slots(talk: Talk) -> None:
    Ambiguous(talk)
    assert Memory.from_slots(talk.memory.as_slots()) == talk.memory
    assert Memory.from_slots({"turns": "x", "options": 3, "aspect": "?"}) == Memory()


READY = [name for name, entry in phrases().items() if isinstance(entry, dict) and "text" in entry]


@pytest.mark.parametrize("name", READY)
def test_ready_replies_read_as_agreed(golden: Callable[[str, Reply], None], name: str) -> None:
    reply = ready(name, count=3) if name == "no_such_option" else ready(name)
    assert len(reply.text()) <= LIMIT
    golden(f"ready/{name}", reply)


def test_every_rule_ends_in_an_action_that_is_there(dialogue: Dialogue) -> None:
    from pathlib import Path

    import yaml

    for path in Path("data/rules").glob("*.yml"):
        for rule in yaml.safe_load(path.read_text(encoding="utf-8"))["rules"]:
            assert rule["steps"][-1]["action"] in dialogue.actions


def test_a_follow_up_that_wants_the_sister_procedure_gets_it(talk: Talk) -> None:
    first = talk("khai báo tạm trú cho khách nước ngoài ở nhà trọ bằng phiếu giấy")
    assert first.record.answer == "1.000253"
    assert talk("vậy khai qua mạng được không", "ask_how_to_file").record.answer == "1.001437"
    assert talk("mấy ngày xong", "ask_processing_time").record.answer == "1.001437"


def test_who_applies_applies_still(talk: Talk) -> None:
    assert talk("hợp tác xã mới mở cần những gì", "ask_documents").record.answer == "1.005280"
    assert talk("còn muốn tạm nghỉ một thời gian thì báo ai", "ask_how_to_file").record.answer == "2.002641"


def test_an_intent_that_is_not_sure_yields_to_a_message_plainly_about_procedures(dialogue: Dialogue) -> None:
    text = "sổ hồng nhà em ghi sai năm sinh"
    wavering = {"rate_bad": 0.55, "ask_procedure": 0.4}
    plainly = Message(text, "rate_bad", wavering, about_procedures=6.0)
    assert dialogue.respond("action_rate", plainly, Memory()).record.outcome is not Outcome.SMALLTALK
    perhaps = Message(text, "rate_bad", wavering, about_procedures=0.5)
    assert dialogue.respond("action_rate", perhaps, Memory()).record.outcome is Outcome.SMALLTALK
