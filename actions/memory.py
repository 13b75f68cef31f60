"""What a conversation remembers between turns; kept in Rasa's slots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Optional

from answers.outcome import Aspect

MAX_TOPICS = 6
FRESH_AFTER = 60
"""Turns after which a fresh session begins, so that a turn's cost doesn't grow."""


@dataclass(frozen=True)
class Memory:
    """The memory at the start of a turn.

    Attributes:
        procedure: code under discussion.
        aspect: what was asked last.
        options: codes offered last, in order; empty after a choice or a new subject.
        question: the last question with a subject of its own, as understood; details are read together with it.
        waiting: the assistant has asked back and not been answered yet.
        topics: codes talked about, the latest first.
        turns: turns of this session.
        guide: where somebody stands in a guide, as plain values; see ``knowledge.guides.walk.State``.
        ward: today's ward or commune that was named last.
    """

    procedure: Optional[str] = None
    aspect: Optional[Aspect] = None
    options: tuple[str, ...] = ()
    question: Optional[str] = None
    waiting: bool = False
    topics: tuple[str, ...] = ()
    turns: int = 0
    guide: Optional[Mapping[str, Any]] = None
    ward: Optional[str] = None

    @classmethod
    def from_slots(cls, slots: Mapping[str, Any]) -> Memory:
        """Read it from Rasa's slots; anything odd counts as forgotten."""
        aspect = slots.get("aspect")
        turns = slots.get("turns")
        return cls(
            procedure=_text(slots.get("procedure")),
            aspect=Aspect(aspect) if aspect in {item.value for item in Aspect} else None,
            options=_texts(slots.get("options")),
            question=_text(slots.get("question")),
            waiting=slots.get("waiting") is True,
            topics=_texts(slots.get("topics")),
            turns=int(turns) if isinstance(turns, (int, float)) else 0,
            guide=guide if isinstance(guide := slots.get("guide"), dict) else None,
            ward=_text(slots.get("ward")),
        )

    def as_slots(self) -> dict[str, Any]:
        """Plain values for Rasa's slots."""
        return {
            "procedure": self.procedure,
            "aspect": self.aspect.value if self.aspect else None,
            "options": list(self.options) or None,
            "question": self.question,
            "waiting": self.waiting or None,
            "topics": list(self.topics) or None,
            "turns": self.turns,
            "guide": dict(self.guide) if self.guide else None,
            "ward": self.ward,
        }

    def about(self, code: str, aspect: Aspect, question: Optional[str] = None) -> Memory:
        """Talking about a procedure from now on; ``question`` is what led to it, if it's a new one."""
        topics = (code, *(other for other in self.topics if other != code))[:MAX_TOPICS]
        return replace(
            self,
            procedure=code,
            aspect=aspect,
            options=(),
            question=question or self.question,
            waiting=False,
            topics=topics,
        )

    def asking(self, options: tuple[str, ...], question: str, aspect: Aspect) -> Memory:
        """Waiting for a choice or for more words."""
        return replace(self, options=options, question=question, aspect=aspect, waiting=True)

    def settled(self) -> Memory:
        """No question is open."""
        return replace(self, options=(), waiting=False)


def _text(value: Any) -> Optional[str]:
    return value if isinstance(value, str) and value else None


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, (list, tuple)) else ()


@dataclass(frozen=True)
class Message:
    """An understood message as it reaches the actions.

    Attributes:
        text: as understood.
        intent: the likeliest intent.
        ranking: intents with their probabilities.
        entities: values by kind, in order.
        vector: packed sentence vector, if the NLU sent one.
        tapped: it is a button or a command, without words of its own.
        sender: whose message it is, with the channel's prefix; '' where nobody can be reached.
        key: the message's own, the same when its turn is run again.
        about_procedures: log odds of the model of the scope, if the NLU told any.
    """

    text: str
    intent: str = ""
    ranking: Mapping[str, float] = field(default_factory=dict)
    entities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    vector: Optional[str] = None
    tapped: bool = False
    sender: str = ""
    key: str = ""
    about_procedures: Optional[float] = None

    def entity(self, kind: str) -> Optional[str]:
        """The first entity of a kind."""
        values = self.entities.get(kind, ())
        return values[0] if values else None

    @classmethod
    def from_tracker(cls, latest: Mapping[str, Any], sender: str = "") -> Message:
        """Read a tracker's latest message, of a sender."""
        entities: dict[str, tuple[str, ...]] = {}
        for entity in latest.get("entities") or []:
            kind = str(entity.get("entity"))
            entities[kind] = (*entities.get(kind, ()), str(entity.get("value")))
        text = latest.get("understood") or latest.get("text") or ""
        # A button's payload is no text to search with.
        return cls(
            text="" if str(text).startswith("/") else str(text),
            intent=str((latest.get("intent") or {}).get("name") or ""),
            ranking={
                str(item.get("name")): float(item.get("confidence") or 0) for item in latest.get("intent_ranking") or []
            },
            entities=entities,
            vector=latest.get("sentence_vector"),
            tapped=str(text).startswith("/"),
            sender=sender,
            key=str(latest.get("message_id") or ""),
            about_procedures=odds if isinstance(odds := latest.get("about_procedures"), float) else None,
        )
