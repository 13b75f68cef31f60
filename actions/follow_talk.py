"""Following procedures: 'báo cho tôi khi thủ tục này thay đổi', 'đừng báo nữa', 'tôi đang theo dõi gì'."""

from __future__ import annotations

import logging
import re
from dataclasses import replace
from typing import Optional

from sqlalchemy.exc import SQLAlchemyError

from actions.cues import option_name
from actions.knowledge_base import KnowledgeBase
from actions.memory import Memory, Message
from actions.procedure_talk import ProcedureTalk, Turn
from actions.thresholds import ANSWER_SHARE, CONFIDENT, SUBJECT
from answers.common import short
from answers.outcome import Aspect, Outcome, TurnRecord
from answers.phrasing import reply as ready
from answers.phrasing import say, word
from answers.reply import MAX_BUTTONS, Button, Item, Items, Paragraph, Reply
from desk import followers
from desk.database import Desk
from desk.followers import MOST, FollowsTooMany, Known
from desk.people import channel_of
from vietnamese.fold import fold

logger = logging.getLogger(__name__)

SURE = 0.5
"""Probability from which a message is believed to be about following rather than about a procedure."""
OFFERED_AFTER = frozenset({Aspect.FEE, Aspect.TIME, Aspect.HOW_TO_FILE})
"""Aspects after whose answer following is offered: what people come back for, and what changes."""
_BUTTON_NAME = 50
# What a wish to follow is made of; the rest names the procedure.
_WISH = re.compile(
    r"\b(?:bao|nhac|thong bao|nhan tin|cap nhat|theo doi|dang ky nhan|tin|cho|toi|minh|em|anh|chi|con|chau|tui|bac|co|"
    r"khi|neu|luc|moi khi|hay|co|thay doi|doi moi|sua doi|dieu chinh|gi|moi|biet|nhe|nha|a|voi|giup|ho|dum|muon|can|"
    r"duoc|khong|ko|thu tuc|ve|cac|cua|nay|do|kia|luon|bat|tat|dung|thoi|huy|ngung|bo|nua|dang|nhung|nao|vu|lam on|"
    r"xin|vui long|ad|bot|oi|roi|la|thi|va)\b"
)
_LIST = re.compile(r"\b(?:dang theo doi|theo doi nhung|danh sach theo doi|da theo doi|nhung thu tuc .*theo doi)\b")
_ASKS = re.compile(r"\b(?:gi|nao|nhung|danh sach|may|bao nhieu|xem)\b")
_ALL = re.compile(r"\b(?:tat ca|het|toan bo|moi thu)\b")


class FollowTalk:
    """The policy for following, over one knowledge base.

    Args:
        knowledge: records and search.
        procedures: the talk about procedures, whose readings it shares.
        desk: where followers are kept.
    """

    def __init__(self, knowledge: KnowledgeBase, procedures: ProcedureTalk, desk: Desk) -> None:
        self._knowledge = knowledge
        self._procedures = procedures
        self._desk = desk

    def follow(self, message: Message, memory: Memory) -> Turn:
        """Follow the procedure that is named or talked about, or list what is followed."""
        return self._try(message, memory, self._follow)

    def stop(self, message: Message, memory: Memory) -> Turn:
        """Follow one procedure, or none at all, no longer."""
        return self._try(message, memory, self._stop)

    def offer(self, turn: Turn, message: Message) -> Turn:
        """The turn with a button to follow what it answered for, where it fits."""
        record, reply = turn.record, turn.reply
        fits = record.outcome is Outcome.ANSWERED and record.answer and record.aspect in OFFERED_AFTER
        if not fits or len(reply.buttons) >= MAX_BUTTONS or channel_of(message.sender) is None:
            return turn
        return replace(turn, reply=Reply(list(reply.blocks), [*reply.buttons, _follow_button(str(record.answer))]))

    def _try(self, message: Message, memory: Memory, talk: object) -> Turn:
        assert callable(talk)
        if channel_of(message.sender) is None:
            return Turn(ready("follow_nowhere"), TurnRecord(Outcome.SMALLTALK), memory)
        unsure = message.ranking.get(message.intent, 1.0) < SURE and not message.tapped
        if unsure and (turn := self._procedures.asks_after_all(message, memory)) is not None:
            return turn
        try:
            turn = talk(message, memory)
        except SQLAlchemyError as error:
            logger.error("desk unreachable: %s", type(error).__name__)
            return Turn(ready("failed"), TurnRecord(Outcome.FAILED), memory)
        assert isinstance(turn, Turn)
        return turn

    def _follow(self, message: Message, memory: Memory) -> Turn:
        folded = fold(message.text.lower())
        if message.entity("wish") == "list" or (_LIST.search(folded) and _ASKS.search(folded)):
            return _turn(self._listing(message.sender), memory)
        code, options = self._meant(message, memory)
        if code is None:
            return _turn(self._choose(options) if options else ready("follow_which"), memory, Outcome.ASKED_BACK)
        record = self._knowledge.procedure(code)
        standing = self._knowledge.standing(code)
        if record is None or standing is None:
            return _turn(ready("not_found"), memory, Outcome.NOT_FOUND)
        channel = str(channel_of(message.sender))
        known = Known(standing.official, standing.editorial)
        try:
            fresh = followers.follow(self._desk, message.sender, channel, code, known)
        except FollowsTooMany:
            reply = self._listing(message.sender)
            reply.blocks[0] = Paragraph(say("follow_too_many", count=MOST))
            return _turn(reply, memory)
        told = say("follow_done" if fresh else "follow_already", name=record.name)
        reply = Reply([Paragraph(told)], [Button(say("following_button"), payload="lenh:following")])
        if fresh:
            reply.blocks.append(Paragraph(word("follow_where", channel)))
        return _turn(reply, memory)

    def _stop(self, message: Message, memory: Memory) -> Turn:
        mine = followers.list_of(self._desk, message.sender)
        if not mine:
            return _turn(Reply([Paragraph(say("following_none"))]), memory)
        folded = fold(message.text.lower())
        if message.entity("wish") == "all" or _ALL.search(folded):
            count = followers.stop(self._desk, message.sender)
            return _turn(Reply([Paragraph(say("stop_all_done", count=count))]), memory)
        code, options = self._meant(message, memory)
        named = code if code in mine else next((option for option in options if option in mine), None)
        if named is None and len(mine) == 1 and message.entity("procedure_code") is None:
            named = mine[0]
        if named is None:
            reply = self._listing(message.sender)
            reply.blocks[0] = Paragraph(say("stop_choose"))
            return _turn(reply, memory, Outcome.ASKED_BACK)
        followers.stop(self._desk, message.sender, named)
        return _turn(Reply([Paragraph(say("stop_done", name=self._name(named)))]), memory)

    def _meant(self, message: Message, memory: Memory) -> tuple[Optional[str], list[str]]:
        """The procedure that is meant, or the likeliest ones to choose from."""
        code = message.entity("procedure_code")
        if code is not None:
            return code, []
        subject = _subject(message.text)
        found = self._knowledge.search(subject) if subject else None
        if found is None or not found.hits or found.subject < SUBJECT:
            return memory.procedure, []
        readings = self._procedures.readings
        family = readings.family(found)
        if family >= ANSWER_SHARE and found.known * family >= CONFIDENT:
            return found.hits[0].code, [hit.code for hit in found.hits]
        return None, readings.options(found)

    def _choose(self, codes: list[str]) -> Reply:
        names = [option_name(self._name(code)) for code in codes]
        reply = Reply([Paragraph(say("follow_choose")), Items(tuple(map(Item, names)), "numbers")])
        reply.buttons = [
            Button(short(name, _BUTTON_NAME), payload=f"theo-doi:{code}")
            for name, code in zip(names, codes, strict=True)
        ]
        return reply

    def _listing(self, sender: str) -> Reply:
        codes = followers.list_of(self._desk, sender)
        if not codes:
            return Reply([Paragraph(say("following_none"))])
        names = [self._name(code) for code in codes]
        reply = Reply([Paragraph(say("following_list", count=len(codes))), Items(tuple(map(Item, names)))])
        shown = MAX_BUTTONS - 1
        reply.buttons = [
            Button(say("stop_this", name=short(name, _BUTTON_NAME)), payload=f"thoi-theo-doi:{code}")
            for name, code in list(zip(names, codes, strict=True))[:shown]
        ]
        if len(codes) > 1:
            reply.buttons.append(Button(say("stop_all_button"), payload="lenh:unfollow"))
        return reply

    def _name(self, code: str) -> str:
        record = self._knowledge.procedure(code)
        return record.name if record else code


def _subject(text: str) -> str:
    """What is left of a wish to follow once the wish is taken out: the procedure's name."""
    folded = fold(text.lower())
    if len(folded) != len(text):
        return ""
    kept = list(text)
    for match in _WISH.finditer(folded):
        kept[match.start() : match.end()] = " " * (match.end() - match.start())
    return " ".join("".join(kept).split()).strip(" ,.!?:;\"'“”")


def _follow_button(code: str) -> Button:
    return Button(say("follow_button"), payload=f"theo-doi:{code}")


def _turn(reply: Reply, memory: Memory, outcome: Outcome = Outcome.ANSWERED) -> Turn:
    return Turn(reply, TurnRecord(outcome, confidence=1.0 if outcome is Outcome.ANSWERED else None), memory)
