"""What stands around the talk about single procedures: guides, life events and general questions.

The dialogue asks ``before`` whether one of them takes the message, and shows
each turn to ``after``, which may put a guide in the place of a plain list.
"""

from __future__ import annotations

from typing import Optional

from actions.faq_talk import FaqTalk
from actions.guide_talk import GuideTalk
from actions.knowledge_base import KnowledgeBase
from actions.life_event_talk import LifeEventTalk
from actions.memory import Memory, Message
from actions.procedure_talk import ProcedureTalk, Turn

_GENERAL = frozenset({"action_answer", "action_out_of_scope", "action_small_talk", "action_rate"})
"""Actions that a general question or a life event may be taken for; choices, a dossier's state, danger stay."""


class GeneralTalk:
    """Guides, life events and FAQs over one knowledge base."""

    def __init__(self, knowledge: KnowledgeBase, procedures: ProcedureTalk) -> None:
        self._guides = GuideTalk(knowledge, procedures)
        self._events = LifeEventTalk(knowledge)
        self._faqs = FaqTalk(knowledge)

    def before(self, action: str, message: Message, memory: Memory) -> Optional[Turn]:
        """The turn, where the message goes on with a guide, tells of a life event or asks a general question."""
        going_on = self._guides.go_on(message, memory)
        if going_on is not None or action not in _GENERAL or not message.text:
            return going_on
        return self._events.answer(message, memory) or self._faqs.answer(message, memory)

    def after(self, turn: Turn, message: Message, memory: Memory) -> Turn:
        """The turn, or in its place a guide's question or the list of an event that was told."""
        guided = self._guides.instead_of(turn, message, memory)
        return guided if guided is not turn else self._events.told(turn, message, memory)
