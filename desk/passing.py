"""What becomes of a message whose sender waits for, or talks with, a person: the same rules for every channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

from sqlalchemy.engine import Connection

from desk import citizen, words
from desk.citizen import Open, State

END = "lenh:end"
"""Payload of the button that ends a conversation with the staff."""
ENDS = (END, "lenh:cancel")
"""Payloads that end it; the second is the command /huy."""
UNSHOWN = {"media": "ảnh, tệp hoặc tin thoại", "location": "vị trí trên bản đồ", "contact": "danh thiếp"}
"""What the staff can't see, by the name that channels give it."""


@dataclass(frozen=True)
class Passing:
    """How a message is dealt with.

    Attributes:
        conversation: the open one, as it was found; None where there is none.
        says: name of the words (words.yml) that are said at once; None for nothing.
        turn: the assistant answers as well.
        line: what the staff read; None for nothing.
        direction: of that line.
        ends: the conversation ends here.
    """

    conversation: Optional[Open]
    says: Optional[str] = None
    turn: bool = False
    line: Optional[str] = None
    direction: str = "citizen"
    ends: bool = False

    def write(self, connection: Connection, key: str) -> None:
        """Write it down, in the transaction that marks the message done.

        Args:
            connection: in a transaction.
            key: the message's own; a repeat writes nothing.

        Raises:
            NoLongerOpen: the conversation changed meanwhile; the message is to be looked at anew.
        """
        if self.conversation is None:
            return
        if self.line is not None:
            citizen.relay(connection, self.conversation, self.line, key, self.direction)
        if self.ends:
            citizen.end(connection, self.conversation)


def of_text(conversation: Open, text: str) -> Passing:
    """A message in words.

    Before anybody came, the first words are the question for the staff: the assistant need not guess at them.
    """
    talking = conversation.state is State.CLAIMED
    if words.ends(text):
        return _ending(conversation)
    first = not talking and not conversation.told
    return Passing(conversation, "kept" if first else None, not talking and not first, text)


def of_button(conversation: Optional[Open], payload: Optional[str], title: Optional[str]) -> Optional[Passing]:
    """A button or command; None where the assistant alone answers it.

    A button of an earlier answer tells the staff what the citizen looks at; a command tells them nothing.
    """
    if conversation is None:
        return Passing(None, "not_open") if payload == END else None
    if payload in ENDS:
        return _ending(conversation)
    if conversation.state is not State.CLAIMED:
        return None
    return Passing(conversation, line=f"(bấm nút: {title})" if title else None, direction="note")


def of_other(conversation: Optional[Open], what: str) -> Optional[Passing]:
    """Something without words, by its name: 'media', 'sticker', …; None where it is dealt with as usual."""
    if conversation is None or conversation.state is not State.CLAIMED:
        return None
    if what not in UNSHOWN:
        return Passing(conversation)
    line = f"(người dân gửi {UNSHOWN[what]}, không xem được ở đây)"
    return Passing(conversation, "only_text", line=line, direction="note")


def _ending(conversation: Open) -> Passing:
    talking = conversation.state is State.CLAIMED
    return Passing(conversation, "ended" if talking else "withdrawn", ends=True)
