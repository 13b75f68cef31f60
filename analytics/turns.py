"""From a conversation's events to its turns: what was asked, how it ended, how long it took.

Events come as Rasa writes them for its event brokers, from the process itself or through RabbitMQ.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Optional

from answers.outcome import Aspect, Outcome
from knowledge.places import one_stop
from privacy.mask import mask
from privacy.pseudonyms import pseudonym

RECEIVED = "received"
"""Key of a message's metadata: when it reached us, in seconds since 1970."""
ERASE = "erase"
"""Under 'wish' in an answer's metadata: the person wants to be forgotten."""
_MOST_PENDING = 10_000
"""Senders whose turn may be under way at once; beyond, the oldest is forgotten."""
_LONGEST_MS = 600_000
_OUR_WEB = "web-"
"""How senders of the chat page begin. Others on its channel are commands that try or measure: they aren't people."""
_LONGEST_TEXT = 500
_LONGEST_VECTOR = 4_096


@dataclass(frozen=True)
class RawTurn:
    """A turn as the events told it; only ever in memory, for it names the sender.

    Attributes:
        sender: whose conversation it is.
        user: the event of the message.
        record: the turn's record as its action made it; empty where no action answered.
        ended: when the answer was there, in seconds since 1970; None where there was none.
    """

    sender: str
    user: Mapping[str, Any]
    record: Mapping[str, Any]
    ended: Optional[float]


@dataclass(frozen=True)
class Turn:
    """A turn fit to be kept: pseudonymous, its text masked. Attributes as in ``analytics.tables.turns``."""

    key: str
    at: dt.datetime
    person: int
    channel: str
    outcome: Outcome
    aspect: Optional[Aspect] = None
    intent: Optional[str] = None
    answer: Optional[str] = None
    codes: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    confidence: Optional[float] = None
    ms: Optional[int] = None
    place: Optional[str] = None
    text: str = ""
    understood: str = ""
    vector: Optional[bytes] = None


class Assembler:
    """Puts a turn together from its events, which may be mixed with those of other senders."""

    def __init__(self) -> None:
        self._pending: OrderedDict[str, Mapping[str, Any]] = OrderedDict()
        self._tried: set[str] = set()

    def feed(self, event: Mapping[str, Any]) -> Optional[RawTurn]:
        """Take the next event; returns the turn that it ends, if it ends one.

        Each of our actions answers with a turn's record. A second action, Rasa's waiting or another message without
        one before it mean that the message was never answered: a failed turn.
        """
        sender, kind = str(event.get("sender_id") or ""), event.get("event")
        if kind == "user":
            before = self._another(sender, event)
            self._pending[sender] = event
            if len(self._pending) > _MOST_PENDING:
                self._end(next(iter(self._pending)), {}, None)
            return before
        if sender not in self._pending:
            return None
        if kind == "bot":
            metadata = _inner(event, "metadata")
            if record := _inner(metadata, "turn"):
                ended = self._end(sender, record, _seconds(event))
                # Who asks to be forgotten leaves no row behind by asking.
                return None if metadata.get("wish") == ERASE else ended
        elif kind == "action":
            if event.get("name") == "action_listen" or sender in self._tried:
                return self._end(sender, {}, None)
            self._tried.add(sender)
        return None

    def waits_for(self, sender: str) -> bool:
        """Say whether a sender's turn is under way."""
        return sender in self._pending

    def give_up(self, sender: str) -> Optional[RawTurn]:
        """End a sender's turn as failed, if one is under way."""
        return self._end(sender, {}, None) if sender in self._pending else None

    def _another(self, sender: str, event: Mapping[str, Any]) -> Optional[RawTurn]:
        """The turn before, which was never answered; None where the message has only come again."""
        before = self._pending.get(sender)
        if before is not None and event.get("message_id") and before.get("message_id") == event["message_id"]:
            return None
        return self.give_up(sender)

    def _end(self, sender: str, record: Mapping[str, Any], ended: Optional[float]) -> RawTurn:
        self._tried.discard(sender)
        return RawTurn(sender, self._pending.pop(sender), record, ended)


def person_of(sender: str) -> int:
    """The number by which the turn log knows a sender: 63 bits of its pseudonym."""
    return int(pseudonym("person", sender)[:16], 16) >> 1


def turn_of(raw: RawTurn) -> Optional[Turn]:
    """The turn as it may be kept; None for what isn't a person's message."""
    user, record = raw.user, raw.record
    channel = str(user.get("input_channel") or "")[:20]
    if not raw.sender or not channel or (channel == "web" and not raw.sender.startswith(_OUR_WEB)):
        return None
    parsed = _inner(user, "parse_data")
    typed = str(user.get("text") or "")
    understood = "" if typed.startswith("/") else str(parsed.get("understood") or typed)
    text = mask(typed[:_LONGEST_TEXT]).text if understood.strip() else ""
    confidence = record.get("confidence")
    return Turn(
        key=pseudonym("turn", f"{raw.sender}\0{user.get('message_id') or user.get('timestamp')}"),
        at=dt.datetime.fromtimestamp(_received(user), dt.timezone.utc).replace(tzinfo=None),
        person=person_of(raw.sender),
        channel=channel,
        outcome=_member(Outcome, record.get("outcome")) or Outcome.FAILED,
        aspect=_member(Aspect, record.get("aspect")),
        intent=_code(record.get("intent") or _inner(parsed, "intent").get("name")),
        answer=_code(record.get("answer")),
        codes=_codes(record.get("codes")),
        options=_codes(record.get("options")),
        confidence=float(confidence) if isinstance(confidence, (int, float)) else None,
        ms=max(0, min(_LONGEST_MS, round((raw.ended - _received(user)) * 1000))) if raw.ended else None,
        place=_place(understood, parsed.get("entities")),
        text=text,
        understood=mask(understood[:_LONGEST_TEXT]).text if text else "",
        vector=_vector(parsed.get("sentence_vector")) if text else None,
    )


def _inner(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What is under a name, where it has names of its own."""
    inner = values.get(name)
    return inner if isinstance(inner, dict) else {}


def _member(kind: Any, value: Any) -> Any:
    """The enum's member of this value, or None."""
    return next((item for item in kind if item.value == value), None)


def _code(value: Any) -> Optional[str]:
    return value[:40] if isinstance(value, str) and value else None


def _codes(values: Any) -> tuple[str, ...]:
    return tuple(value[:40] for value in values if isinstance(value, str)) if isinstance(values, list) else ()


def _vector(packed: Any) -> Optional[bytes]:
    """The sentence vector in 8 bits, as the featurizer packs it."""
    try:
        raw = base64.b64decode(packed, validate=True) if isinstance(packed, str) else b""
    except ValueError:
        return None
    return raw if 0 < len(raw) <= _LONGEST_VECTOR else None


def _seconds(event: Mapping[str, Any]) -> float:
    at = event.get("timestamp")
    return float(at) if isinstance(at, (int, float)) else 0.0


def _received(user: Mapping[str, Any]) -> float:
    """When the message reached us; when it was understood, where the channel doesn't tell."""
    at = _inner(user, "metadata").get(RECEIVED)
    return float(at) if isinstance(at, (int, float)) else _seconds(user)


def _place(understood: str, entities: Any) -> Optional[str]:
    """Today's ward, commune or special zone that a message names, where it names one."""
    if not understood:
        return None
    listed = entities if isinstance(entities, list) else []
    found = [entity for entity in listed if isinstance(entity, dict) and entity.get("entity") == "place"]
    where = one_stop(understood, [str(entity.get("value")) for entity in found]) if found else None
    return where.unit[:80] if where and where.unit else None
