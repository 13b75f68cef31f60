"""Answer general questions ('VNeID mức 2 là gì') from the FAQs, where they fit better than any procedure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Optional

from actions.cues import option_name
from actions.knowledge_base import KnowledgeBase
from actions.memory import Memory, Message
from actions.procedure_talk import Turn
from actions.thresholds import SUBJECT
from answers.common import short, source_line
from answers.outcome import Outcome, TurnRecord
from answers.reply import Button, Paragraph, Reply, Title
from knowledge.faqs import Faq, FaqIndex
from settings import today

ALIKE = 0.65
"""How much of a message and a way to ask must be the same, from which a FAQ answers."""
ALIKE_IF_BARE = 0.78
"""The same for a message that names no subject of its own ('cách nộp hồ sơ thế nào')."""
ALIKE_IN_TALK = 0.95
"""The same where a procedure is being talked about: such a message goes on about that."""
BETTER_BY = 0.08
"""How much more that must be than for the best procedure's names and ways to ask."""
_RIVALS = 3
_BUTTONS = 3


class FaqTalk:
    """The policy for general questions, over one knowledge base.

    Args:
        knowledge: the knowledge base.
        faqs: the questions; by default those in force, the staff's before those of the files.
    """

    def __init__(self, knowledge: KnowledgeBase, faqs: Optional[Sequence[Faq]] = None) -> None:
        self._knowledge = knowledge
        self._given = None if faqs is None else tuple(faqs)
        self._index: Optional[FaqIndex] = None
        self._made_of: tuple[object, object] = (None, None)

    def _made(self) -> FaqIndex:
        """The index; made anew when the questions, or the procedures they are weighed against, have changed."""
        entries = self._knowledge.keeper.index.entries
        faqs = self._knowledge.faqs() if self._given is None else self._given
        if self._index is None or self._made_of[0] is not faqs or self._made_of[1] is not entries:
            self._index = FaqIndex(faqs, (name for entry in entries for name in (entry.name, *entry.popular_names)))
            self._made_of = (faqs, entries)
        return self._index

    def answer(self, message: Message, memory: Memory) -> Optional[Turn]:
        """The answer to a general question; None where a procedure fits as well or nothing does."""
        if not message.text or message.entity("procedure_code") or message.entity("dossier_code"):
            return None
        index = self._made()
        match = index.best(message.text)
        if match is None or match.score < self._needed(message, memory):
            return None
        if match.score < self._rival(index, message) + BETTER_BY:
            return None
        faq = match.faq
        reply = Reply([Title(faq.question), Paragraph(faq.answer), source_line([faq.source], today())])
        records = self._knowledge.procedures(faq.codes[:_BUTTONS])
        reply.buttons = [
            Button(short(option_name(record.name), 60), payload=f"thu-tuc:{code}") for code, record in records.items()
        ]
        record = TurnRecord(Outcome.ANSWERED, None, None, list(faq.codes), confidence=round(match.score, 3))
        return Turn(reply, record, replace(memory, options=(), waiting=False))

    def _needed(self, message: Message, memory: Memory) -> float:
        if self._knowledge.keeper.index.subject(message.text) >= SUBJECT:
            return ALIKE
        return ALIKE_IN_TALK if memory.procedure is not None or memory.waiting else ALIKE_IF_BARE

    def _rival(self, index: FaqIndex, message: Message) -> float:
        """How much of the message stands in the best name or way to ask of the likeliest procedures."""
        search = self._knowledge.keeper.index
        found = self._knowledge.search(message.text, message.vector, limit=_RIVALS)
        entries = [search.entries[search.at[hit.code]] for hit in found.hits]
        return max(
            (index.likeness(message.text, text) for entry in entries for text in (entry.name, *entry.keys)), default=0.0
        )
