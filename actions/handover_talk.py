"""A wish to talk to a person: into the queue, or when and where people are there."""

from __future__ import annotations

import datetime as dt
import logging
import re

from sqlalchemy.exc import SQLAlchemyError

from actions.memory import Memory, Message
from actions.procedure_talk import Turn
from answers.filing import unit_name
from answers.outcome import Outcome, TurnRecord
from answers.phrasing import reply as ready
from answers.phrasing import say, word
from answers.reply import Button, Paragraph, Reply
from desk import citizen
from desk.citizen import Request, Standing, State
from desk.database import Desk
from desk.hours import is_open, local_time, next_opening
from desk.people import WEB, channel_of
from knowledge.store import now as utcnow
from knowledge.wording import day
from settings.desk import DeskSettings
from vietnamese.fold import fold

logger = logging.getLogger(__name__)

LEAVE = "leave"
"""The wish of the button that leaves a question outside working hours."""
# Who asks for a number to call doesn't ask to be put into a queue.
_NUMBER = re.compile(
    r"\b(?:so dien thoai|sdt|so dt|hotline|tong dai|duong day nong|goi so|so may|xin so|cho so|so goi)\b"
)


class HandoverTalk:
    """The policy for a person of the staff.

    Args:
        desk: the staff's desk.
        settings: of the desk.
    """

    def __init__(self, desk: Desk, settings: DeskSettings) -> None:
        self._desk = desk
        self._settings = settings

    def person(self, message: Message, memory: Memory) -> Turn:
        """Hand over, or tell when somebody is there, or whom to call."""
        try:
            reply = self._reply(message, memory)
        except SQLAlchemyError as error:
            logger.error("desk unreachable: %s", type(error).__name__)
            reply = contacts(memory)
        return Turn(reply, TurnRecord(Outcome.HANDED_OVER), memory)

    def _reply(self, message: Message, memory: Memory) -> Reply:
        channel = channel_of(message.sender)
        if channel is None or not self._settings.on:
            return contacts(memory)
        here = citizen.standing(self._desk, message.sender, self._settings)
        if here is None and _NUMBER.search(fold(message.text.lower())) and not message.tapped:
            reply = contacts(memory)
            reply.buttons.insert(0, Button(say("person_button"), payload="lenh:person"))
            return reply
        now = utcnow()
        leaves = message.entity("wish") == LEAVE
        if here is None and not leaves and not is_open(now, self._settings):
            return self._closed(now, memory)
        if here is None:
            here = citizen.ask(
                self._desk,
                _request(message, memory, channel, leaves and not is_open(now, self._settings)),
                self._settings,
            )
        return self._waiting(here, channel, memory)

    def _closed(self, now: dt.datetime, memory: Memory) -> Reply:
        opening = next_opening(now, self._settings)
        told = say("person_closed", when=_when(opening, now)) if opening else say("person_closed_long")
        reply = contacts(memory)
        reply.blocks = [Paragraph(told), Paragraph(say("person_leave")), *reply.blocks]
        reply.buttons.insert(0, Button(say("person_leave_button"), payload="lenh:leave"))
        return reply

    def _waiting(self, here: Standing, channel: str, memory: Memory) -> Reply:
        if here.state is State.CLAIMED:
            return Reply([Paragraph(say("person_talking"))])
        if not here.open:
            told = (
                say("person_left_long") if here.opens is None else say("person_left", when=_when(here.opens, utcnow()))
            )
            page = [say("person_left_web")] if channel == WEB else []
            return Reply([Paragraph(line) for line in (told, *page, say("person_urgent"))])
        lines = [say("person_waiting", place=here.place)]
        if not here.staffed:
            lines.append(say("person_unstaffed"))
        elif here.minutes is not None:
            lines.append(say("person_usual", minutes=here.minutes))
        lines.append(say("person_write"))
        if channel == WEB:
            lines.append(say("person_web"))
        return Reply([Paragraph(line) for line in (*lines, say("person_urgent"), *_near(memory))])


def contacts(memory: Memory) -> Reply:
    """Whom to call and where to go."""
    reply = ready("person")
    reply.blocks += [Paragraph(line) for line in _near(memory)]
    return reply


def _near(memory: Memory) -> list[str]:
    return [say("person_ward", unit=unit_name(memory.ward))] if memory.ward else []


def _request(message: Message, memory: Memory, channel: str, left: bool) -> Request:
    return Request(
        message.sender,
        channel,
        message.text,
        message.key or "asked",
        code=memory.procedure,
        question=memory.question,
        ward=memory.ward,
        left=left,
    )


def _when(opening: dt.datetime, now: dt.datetime) -> str:
    """'07:30 thứ Hai, 30/11/2026'."""
    time = f"{opening:%H:%M}"
    ahead = (opening.date() - local_time(now).date()).days
    if ahead <= 1:
        return say("when_tomorrow" if ahead else "when_today", time=time)
    return say("when_day", time=time, weekday=word("weekdays", f"d{opening.weekday()}"), day=day(opening.date()))
