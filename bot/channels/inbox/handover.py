"""What becomes of a message while its sender waits for, or talks with, a person of the staff."""

from __future__ import annotations

from typing import Optional

from sqlalchemy.engine import Connection

from bot.channels.inbox.channel import Incoming, Kind
from bot.channels.inbox.messages import Answer, Claimed
from bot.channels.payloads import ENDS
from desk import citizen
from desk import words as desk_words
from desk.citizen import Open, State
from rendering.tree import Tree, read_tree

_UNSHOWN = {"media": "ảnh, tệp hoặc tin thoại", "location": "vị trí trên bản đồ", "contact": "danh thiếp"}
"""Ready words of what the staff can't see, and what it was."""


class Handled:
    """How a message is dealt with instead of, or beside, a turn of the assistant's.

    Args:
        conversation: the open one.
        incoming: the message.
        tree: what is said at once; None for nothing.
        turn: the assistant answers as well.
        text: what the staff read; None for nothing.
        direction: of that line.
        ends: the conversation ends here.
    """

    def __init__(
        self,
        conversation: Open,
        incoming: Incoming,
        tree: Optional[Tree] = None,
        *,
        turn: bool = False,
        text: Optional[str] = None,
        direction: str = "citizen",
        ends: bool = False,
    ) -> None:
        self._conversation = conversation
        self._incoming = incoming
        self._text = text
        self._direction = direction
        self._ends = ends
        self.trees = [tree] if tree else []
        self.turn = turn

    def write(self, connection: Connection) -> None:
        """Write it down, in the transaction that marks the message done.

        Raises:
            NoLongerOpen: the conversation changed meanwhile; the message is to be looked at anew.
        """
        if self._text is not None:
            citizen.relay(connection, self._conversation, self._text, self._incoming.key, self._direction)
        if self._ends:
            citizen.end(connection, self._conversation)


def handled(claimed: Claimed, payload: Optional[str], title: Optional[str]) -> Optional[Handled]:
    """How a message is dealt with; None where the assistant alone answers it.

    Args:
        claimed: the message, with the open conversation.
        payload: what a tap or a command stands for.
        title: of the button that was tapped.
    """
    conversation, incoming = claimed.conversation, claimed.incoming
    if incoming.kind is Kind.EVENT:
        return None
    if conversation is None:
        return _without(incoming, payload)
    talking = conversation.state is State.CLAIMED
    if payload in ENDS or (incoming.kind is Kind.TEXT and desk_words.ends(incoming.text)):
        return Handled(conversation, incoming, _say("ended" if talking else "withdrawn"), ends=True)
    if incoming.kind is Kind.TEXT:
        # The first words are the question for the staff; the assistant need not guess at them.
        first = not talking and not conversation.told
        return Handled(
            conversation, incoming, _say("kept") if first else None, turn=not talking and not first, text=incoming.text
        )
    if not talking:
        return None
    if incoming.kind is Kind.SAY and incoming.text in _UNSHOWN:
        told = f"(người dân gửi {_UNSHOWN[incoming.text]}, không xem được ở đây)"
        return Handled(conversation, incoming, _say("only_text"), text=told, direction="note")
    # A button of an earlier answer tells the staff what the citizen looks at; commands and stickers tell nothing.
    return Handled(conversation, incoming, text=f"(bấm nút: {title})" if title else None, direction="note")


def _without(incoming: Incoming, payload: Optional[str]) -> Optional[Handled]:
    """The button to end a conversation that has ended already."""
    return None if payload != ENDS[0] else Handled(_NOBODY, incoming, _say("not_open"))


_NOBODY = Open(0, "", State.CLOSED, True)


def _say(name: str) -> Tree:
    return read_tree(desk_words.say(name))


def answer_of(answer: Answer, how: Optional[Handled]) -> Answer:
    """The answer of a turn, with what is written beside it."""
    return answer if how is None else Answer(answer.bodies, answer.buttons, answer.offered, how.write)
