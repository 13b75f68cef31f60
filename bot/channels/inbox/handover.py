"""A message of somebody who waits for, or talks with, the staff: the desk's rules for what the inbox holds."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Optional

from bot.channels.inbox.channel import Kind
from bot.channels.inbox.messages import Answer, Claimed
from desk import passing, words
from desk.passing import Passing
from rendering.tree import Tree, read_tree


def pass_on(claimed: Claimed, payload: Optional[str], title: Optional[str]) -> Optional[Passing]:
    """How a message is dealt with; None where the assistant alone answers it.

    Args:
        claimed: the message, with the open conversation.
        payload: what a tap or a command stands for.
        title: of the button that was tapped.
    """
    incoming, conversation = claimed.incoming, claimed.conversation
    if incoming.kind in (Kind.TAP, Kind.PAYLOAD):
        return passing.of_button(conversation, payload, title)
    if incoming.kind is Kind.SAY:
        return passing.of_other(conversation, incoming.text)
    if incoming.kind is Kind.TEXT and conversation is not None:
        return passing.of_text(conversation, incoming.text)
    return None


def said(how: Passing) -> list[Tree]:
    """What is said at once."""
    return [read_tree(words.say(how.says))] if how.says else []


def with_writing(answer: Answer, how: Optional[Passing], key: str) -> Answer:
    """The answer, with what is written down in the transaction that keeps it."""
    return answer if how is None else replace(answer, also=partial(how.write, key=key))
