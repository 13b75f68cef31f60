"""Talk about procedures: find the one that is meant, answer, ask back, take up details and corrections."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Optional

import answers
from actions.cues import carries_over, corrected, option_name, subject_of
from actions.gate import INSIDE, INSIDE_IN_TALK, INSIDE_WHEN_ASKED, OUTSIDE_INTENT, inside
from actions.knowledge_base import KnowledgeBase, today
from actions.memory import Memory, Message
from actions.readings import INTENT_ASPECTS, Readings, asked_aspect
from actions.thresholds import (
    ANSWER_SHARE,
    ASKED_SUBJECT,
    CONFIDENT,
    KNOWN_AT_LEAST,
    KNOWN_OF_ITS_OWN,
    KNOWN_WITHOUT_SUBJECT,
    SUBJECT,
)
from answers.outcome import Aspect, Outcome, TurnRecord
from answers.phrasing import reply as ready
from answers.phrasing import say
from answers.reply import Button, Item, Items, Paragraph, Reply
from knowledge.places import one_stop, only_a_place
from knowledge.search.index import Result
from vietnamese.understand import folded_words


@dataclass(frozen=True)
class Turn:
    """What a turn says, how it ended, and what is remembered.

    Attributes:
        reply: what is said.
        record: how it ended.
        memory: what is remembered.
        wish: what the door is to do once the turn is over, or None; see ``privacy_talk``.
    """

    reply: Reply
    record: TurnRecord
    memory: Memory
    wish: Optional[str] = None


class ProcedureTalk:
    """The policy for everything that is about a procedure, over one knowledge base."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge
        self.readings = Readings(knowledge)

    def answer(self, message: Message, memory: Memory) -> Turn:
        """A question: by code, by choice, or to be searched for."""
        aspect = asked_aspect(message)
        code = message.entity("procedure_code")
        if code is not None:
            return self.tell(code, aspect, message, memory, codes=[code], confidence=1.0)
        if memory.options:
            picked = self.readings.picked(message, memory)
            if picked is not None:
                chosen = aspect if aspect is not Aspect.WHICH else memory.aspect or aspect
                return self.tell(picked, chosen, message, memory, codes=list(memory.options), confidence=1.0)
        return self.decide(message, memory, aspect)

    def decide(self, message: Message, memory: Memory, aspect: Aspect) -> Turn:
        """Tell a follow-up, a detail, a return and a new subject apart, and answer."""
        found = self.readings.search(message, memory, aspect)
        ranked = [hit.code for hit in found.hits]
        bare = found.subject < SUBJECT
        recalled = self.readings.recalled(message, memory, found)
        if recalled is not None:
            codes = [recalled, *(code for code in ranked if code != recalled)]
            return self.tell(recalled, aspect, message, memory, codes=codes, confidence=found.known)
        alone = self.readings.own_subject(found, memory) and self.readings.stands_alone(message, memory, found)
        if memory.waiting and memory.question and not alone:
            at_hand = memory.procedure if memory.procedure in self.readings.asked_about(memory) else None
            if at_hand is not None and bare and aspect is not Aspect.WHICH:
                # Of several that we asked about one is at hand already: 'nộp online được không' means that one.
                return self.tell(at_hand, aspect, message, memory, codes=ranked, confidence=found.known)
            return self.detail(message, memory, aspect)
        named = memory.procedure is not None and self._knowledge.keeper.index.is_name(subject_of(message.text))
        if named and ranked[0] != memory.procedure:
            return self._settle(message, memory, self._carried(message, memory, aspect), found, message.text)
        if memory.procedure is not None and not memory.waiting and self.readings.other_variant(message, memory, found):
            carried = self._carried(message, memory, aspect)
            return self.tell(ranked[0], carried, message, memory, codes=ranked, confidence=found.known)
        if memory.procedure is not None and (bare or (ranked and ranked[0] == memory.procedure)):
            if bare and aspect is Aspect.WHICH and memory.question:
                return self.detail(message, memory)
            codes = [memory.procedure, *(code for code in ranked if code != memory.procedure)]
            if aspect is Aspect.WHICH and not bare:
                aspect = memory.aspect or aspect  # a remark ('bé sinh ở nhà'): what was asked goes on
            return self.tell(memory.procedure, aspect, message, memory, codes=codes, confidence=found.known)
        if memory.question and memory.procedure is not None:
            weak = aspect is not Aspect.WHICH and found.known * self.readings.family(found) < ASKED_SUBJECT
            if weak or not alone:
                return self.detail(message, memory, aspect)
        return self._settle(message, memory, self._carried(message, memory, aspect), found, message.text)

    @staticmethod
    def _carried(message: Message, memory: Memory, aspect: Aspect) -> Aspect:
        """The aspect, or that of the question before where it goes on ('còn tách thửa thì sao')."""
        return memory.aspect if aspect is Aspect.WHICH and memory.aspect and carries_over(message.text) else aspect

    def detail(self, message: Message, memory: Memory, aspect: Aspect = Aspect.WHICH) -> Turn:
        """A detail of the question before ('bị mất rồi ạ', 'chồng em quốc tịch Úc'): read both together."""
        question, found = self.readings.together(message, memory)
        if aspect is Aspect.WHICH:
            aspect = memory.aspect or aspect
        return self._settle(message, memory, aspect, found, question)

    def _settle(self, message: Message, memory: Memory, aspect: Aspect, found: Result, question: str) -> Turn:
        ranked = [hit.code for hit in found.hits]
        if memory.procedure is None and not memory.waiting and inside(message, found.known) < INSIDE_WHEN_ASKED:
            return Turn(ready("out_of_scope"), TurnRecord(Outcome.OUT_OF_SCOPE, codes=ranked), memory)
        bare = found.subject < SUBJECT
        # Common words alone ('phải làm sao đây') fit many procedures a little: a list of those helps nobody.
        if not found.hits or found.known < (KNOWN_OF_ITS_OWN if bare else KNOWN_AT_LEAST):
            if bare:
                record = TurnRecord(Outcome.ASKED_BACK, aspect, codes=ranked, confidence=round(found.known, 3))
                return Turn(ready("unclear"), record, memory.asking((), question, aspect))
            record = TurnRecord(Outcome.NOT_FOUND, aspect, codes=ranked, confidence=round(found.known, 3))
            return Turn(ready("not_found"), record, memory.settled())
        family = self.readings.family(found)
        confidence = round(found.known * family, 3)
        if family >= ANSWER_SHARE and confidence >= CONFIDENT and not self.readings.close_second(found, family):
            return self.tell(ranked[0], aspect, message, memory, codes=ranked, confidence=confidence, question=question)
        return self._ask_back(found, aspect, memory, question, confidence)

    def _ask_back(self, found: Result, aspect: Aspect, memory: Memory, question: str, confidence: float) -> Turn:
        options = self.readings.options(found)
        record = TurnRecord(
            Outcome.ASKED_BACK, aspect, codes=[hit.code for hit in found.hits], options=options, confidence=confidence
        )
        return Turn(
            self.options_reply(options, say("ask_back")), record, memory.asking(tuple(options), question, aspect)
        )

    def options_reply(self, options: list[str], head: str) -> Reply:
        """A numbered list to choose from, with a button for each."""
        records = self._knowledge.procedures(options)
        names = [option_name(records[code].name if code in records else code) for code in options]
        reply = Reply(
            [Paragraph(head), Items(tuple(Item(name) for name in names), "numbers"), Paragraph(say("ask_back_more"))]
        )
        reply.buttons = [Button(name, payload=f"chon:{number}") for number, name in enumerate(names, 1)]
        return reply

    def tell(
        self,
        code: str,
        aspect: Aspect,
        message: Message,
        memory: Memory,
        *,
        codes: list[str],
        confidence: float,
        question: Optional[str] = None,
    ) -> Turn:
        """Answer for one procedure; ``question`` is what led to it, if it is a new one."""
        record = self._knowledge.procedure(code)
        if record is None:
            return Turn(ready("not_found"), TurnRecord(Outcome.NOT_FOUND, aspect, codes=codes), memory.settled())
        case = message.entity("case")
        chosen = int(case) if case and case.isdigit() else None
        where = one_stop(message.text, message.entities.get("place", ()))
        reply = answers.answer(record, aspect, today(), folded_words(message.text), chosen, where)
        turn = TurnRecord(Outcome.ANSWERED, aspect, code, codes, confidence=round(confidence, 3))
        return Turn(reply, turn, memory.about(code, aspect, question))

    def place_named(self, message: Message, memory: Memory) -> Optional[Turn]:
        """After 'where', a message that only names a place: the same for that place."""
        code = memory.procedure
        if code is None or memory.aspect is not Aspect.PLACE or memory.options or not only_a_place(message.text):
            return None
        return self.tell(code, Aspect.PLACE, message, memory, codes=[code], confidence=1.0)

    def asks_after_all(self, message: Message, memory: Memory) -> Optional[Turn]:
        """Answer a message that was taken for something else, where the search is sure that it asks."""
        found = self.readings.search(message, memory)
        if not found.hits or found.subject < SUBJECT:
            return None
        if message.intent == OUTSIDE_INTENT:
            if inside(message, found.known) < (INSIDE if memory.procedure is None else INSIDE_IN_TALK):
                return None
        elif found.known < KNOWN_OF_ITS_OWN:
            return None
        intent = self._asked(message)
        return self.decide(replace(message, intent=intent), memory, INTENT_ASPECTS[intent])

    @staticmethod
    def _asked(message: Message) -> str:
        """The likeliest intent that asks something of a procedure."""
        asked = [(intent, chance) for intent, chance in message.ranking.items() if intent in INTENT_ASPECTS]
        return max(asked, key=lambda item: item[1])[0] if asked else "ask_procedure"

    def offer_again(self, memory: Memory, head: str) -> Turn:
        """The options once more."""
        options = list(memory.options)
        record = TurnRecord(Outcome.ASKED_BACK, memory.aspect, codes=options, options=options)
        return Turn(self.options_reply(options, head), record, memory)

    def choose(self, message: Message, memory: Memory) -> Turn:
        """A choice from the options offered."""
        if not memory.options:
            number = message.entity("ordinal")
            if number is None and memory.procedure is None:
                return self.answer(replace(message, intent="ask_procedure"), memory)
            return Turn(ready("nothing_to_choose"), TurnRecord(Outcome.ASKED_BACK), memory)
        picked = self.readings.picked(message, memory)
        if picked is None:
            if message.entity("ordinal") is None:
                return self.answer(replace(message, intent="ask_procedure"), memory)
            return self.offer_again(memory, say("no_such_option", count=len(memory.options)))
        return self.tell(
            picked,
            memory.aspect or Aspect.WHICH,
            message,
            memory,
            codes=[picked, *(code for code in memory.options if code != picked)],
            confidence=1.0,
        )

    def correct(self, message: Message, memory: Memory) -> Turn:
        """A correction: what is wanted instead, or a request to say it anew."""
        if memory.procedure is None and not memory.options and not memory.question:
            # Nothing was said that could be put right: 'hồ sơ khai sinh, không có giấy chứng sinh?' is a question.
            return self.answer(replace(message, intent=self._asked(message)), memory)
        wanted = corrected(message.text)
        aspect = memory.aspect or Aspect.WHICH
        if not wanted:
            options = tuple(code for code in memory.options if code != memory.procedure)
            record = TurnRecord(Outcome.ASKED_BACK, aspect, options=list(options))
            return Turn(ready("correct_what"), record, replace(memory, options=options))
        found = self._knowledge.search(wanted)
        bare = found.subject < SUBJECT and found.known < KNOWN_WITHOUT_SUBJECT
        if memory.procedure is not None and found.hits and bare:
            return self.tell(
                memory.procedure, aspect, message, memory, codes=[memory.procedure], confidence=found.known
            )
        plain = replace(message, text=wanted, vector=None)
        return self._settle(plain, memory.settled(), aspect, found, wanted)
