from __future__ import annotations

import pytest

from actions.memory import Memory, Message
from actions.privacy_talk import ERASE, privacy_turn
from tests.actions.conftest import Talk
from vietnamese.fold import fold

WISHES = [
    "xóa dữ liệu của tôi",
    "xóa hết dữ liệu cá nhân của mình đi",
    "cho em xóa thông tin của em nhé",
    "làm ơn xóa toàn bộ lịch sử trò chuyện",
    "hãy xóa tin nhắn của tôi",
    "tôi muốn xóa cuộc trò chuyện này",
    "bạn xóa những gì đã lưu về tôi được không",
    "Xoá dữ liệu của tôi.",
]
OTHERS = [
    "xóa đăng ký thường trú",
    "xóa án tích cần gì",
    "xóa thế chấp sổ đỏ",
    "xóa thông tin trên giấy khai sinh",
    "xóa tên con tôi khỏi hộ khẩu",
    "xóa dữ liệu đăng ký kết hôn của tôi ở phường",
    "đồng ý",
    "tôi đồng ý nộp online",
    "",
]


@pytest.mark.parametrize("text", WISHES)
def test_the_wish_to_be_forgotten_is_asked_about_first(text: str) -> None:
    for typed in (text, fold(text)):
        turn = privacy_turn(Message(typed), Memory())
        assert turn is not None, typed
        assert turn.wish is None
        assert "đồng ý xóa" in turn.reply.text()
        assert [button.payload for button in turn.reply.buttons] == ["hoi:Đồng ý xóa dữ liệu của tôi"]


@pytest.mark.parametrize("text", ["đồng ý xóa", "Đồng ý xóa dữ liệu của tôi", "dong y xoa het", "tôi đồng ý xóa nhé"])
def test_a_confirmation_in_words_is_handed_to_the_door(text: str) -> None:
    turn = privacy_turn(Message(text), Memory(procedure="1.001193"))
    assert turn is not None
    assert turn.wish == ERASE
    assert turn.memory == Memory()


@pytest.mark.parametrize("text", OTHERS)
def test_procedures_about_deleting_stay_procedures(text: str) -> None:
    assert privacy_turn(Message(text), Memory()) is None


def test_the_wish_is_heard_whatever_the_message_was_taken_for(talk: Talk) -> None:
    assert talk("xóa dữ liệu của tôi", "out_of_scope", "action_out_of_scope").reply.buttons
    assert talk("đồng ý xóa", "affirm", "action_affirm").wish == ERASE
