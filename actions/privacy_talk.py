"""The wish to have one's data deleted: said plainly, confirmed in words, carried out by the door once the turn is over.

The confirmation is a sentence of its own, so that no 'ừ' meant for something
else deletes anything. Rasa keeps the turn after the action has answered; only
the door can delete it all.
"""

from __future__ import annotations

import re
from typing import Optional

from actions.memory import Memory, Message
from actions.procedure_talk import Turn
from answers.outcome import Outcome, TurnRecord
from answers.phrasing import reply as ready
from answers.phrasing import say
from answers.reply import Button
from vietnamese.understand import folded_words

ERASE = "erase"
"""What the door is asked for."""
_ME = r"(?:toi|minh|em|tui|to|anh|chi|co|chu|bac|con|chau|ban than)"
_THINGS = (
    r"(?:du lieu|thong tin|lich su|tin nhan|cuoc tro chuyen|doan chat|noi dung|nhung gi)"
    r"(?: (?:ca nhan|rieng tu|tro chuyen|chat|tin nhan|da nhan|da luu|nay))*"
)
_HEAD = (
    rf"(?:(?:da|lam on|nho|cho|xin|vui long|hay|giup|ban|ad|bot|{_ME}|muon|can|yeu cau|duoc|co the|hoi|lam sao de) )*"
)
_TAIL = (
    r"(?: (?:o day|tren day|nay|di|nhe|nha|a|giup|giup voi|voi|khong|duoc khong|ngay|luon|lien|khoi he thong|het|ban))*"
)
_WISH = re.compile(
    rf"{_HEAD}(?:xoa|huy|go|xoa bo)(?: (?:het|toan bo|tat ca|sach|moi|ca))* {_THINGS}(?: (?:cua|ve|ma))?(?: {_ME})?"
    rf"(?: (?:da nhan|da luu|da gui))?{_TAIL}"
)
# Without 'của tôi' it may be about somebody else's register: 'xóa thông tin đăng ký'.
_MINE = re.compile(rf"(?:cua|ve|ma|cho) {_ME}\b|lich su|cuoc tro chuyen|doan chat|tin nhan|o day|tren day")
_CONFIRMED = re.compile(rf"(?:{_ME} )?dong y xoa(?: (?:het|toan bo|tat ca))?(?: {_THINGS})?(?: cua {_ME})?{_TAIL}")


def privacy_turn(message: Message, memory: Memory) -> Optional[Turn]:
    """The turn where the message asks for deletion or confirms it; None for any other."""
    words = " ".join(folded_words(message.text))
    if _CONFIRMED.fullmatch(words):
        return Turn(ready("erasing"), TurnRecord(Outcome.SMALLTALK), Memory(), wish=ERASE)
    if _WISH.fullmatch(words) and _MINE.search(words):
        reply = ready("erase_confirm")
        reply.buttons.append(Button(say("erase_yes"), payload=f"hoi:{say('erase_yes')}"))
        return Turn(reply, TurnRecord(Outcome.SMALLTALK), memory)
    return None
