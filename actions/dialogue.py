"""Decide what a turn does: answer, ask back, say it isn't known, or talk small.

Routing (which action an intent leads to) is Rasa's, wording is in
``phrases.yml``; this is the policy between them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Optional

from actions import answers
from actions.cues import carries_over, core_name, corrected, option_name, recalls
from actions.knowledge_base import KnowledgeBase, today
from actions.memory import Memory, Message
from actions.outcome import Aspect, Outcome, TurnRecord
from actions.phrasing import reply as ready
from actions.phrasing import say
from actions.reply import Button, Item, Items, Paragraph, Reply
from knowledge.search.index import Result
from vietnamese.extract import LAST, ordinal
from vietnamese.understand import folded_words

ANSWER_SHARE = 0.5
"""Share of the ranking's probability from which the first procedure is answered for."""
KNOWN_AT_LEAST = 0.22
"""Probability that anything fits at all, below which nothing is offered."""
KNOWN_FOR_ANSWER = 0.3
OPTION_SHARE = 0.03
MAX_OPTIONS = 4
SUBJECT = 0.45
"""How telling a message's best word must be for the message to have a subject of its own."""
KNOWN_OF_ITS_OWN = 0.5
"""Probability from which a message is believed to bring a subject of its own into a conversation."""
TOPIC_BOOST = 0.7
FOLLOW_UP_BOOST = 2.5
RECALL_BOOST = 3.0
OPTION_BOOST = 2.0
COVERED = 0.75
"""Share of a message's telling words that must stand in a record to count as being about it."""
LONGEST_QUESTION = 400
"""Characters of a question kept for the details that follow."""
SURE_OUTSIDE = 0.45
"""Probability of an intent outside procedures from which it is believed against the search."""

INTENT_ASPECTS = {
    "ask_procedure": Aspect.WHICH,
    "ask_documents": Aspect.DOCUMENTS,
    "ask_fee": Aspect.FEE,
    "ask_processing_time": Aspect.TIME,
    "ask_place": Aspect.PLACE,
    "ask_how_to_file": Aspect.HOW_TO_FILE,
    "ask_eligibility": Aspect.ELIGIBILITY,
    "ask_form": Aspect.FORM,
    "ask_result": Aspect.RESULT,
    "ask_legal_basis": Aspect.LEGAL_BASIS,
    "ask_portal_link": Aspect.PORTAL_LINK,
}
_OUTSIDE = frozenset(
    {"action_out_of_scope", "action_small_talk", "action_warn", "action_rate", "action_affirm", "action_deny"}
)
"""Actions for messages without a question; a detail given in a few words is often taken for one."""
_SMALL_TALK = {
    "greet": "greeting",
    "thank": "thank",
    "goodbye": "goodbye",
    "ask_identity": "identity",
    "ask_capabilities": "capabilities",
    "chitchat": "chitchat",
}


@dataclass(frozen=True)
class Turn:
    """What a turn says, how it ended, and what is remembered."""

    reply: Reply
    record: TurnRecord
    memory: Memory


class Dialogue:
    """The policy over one knowledge base."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge
        self._handlers: dict[str, Callable[[Message, Memory], Turn]] = {
            "action_answer": self._answer,
            "action_choose": self._choose,
            "action_correct": self._correct,
            "action_affirm": self._affirm,
            "action_deny": self._deny,
            "action_small_talk": self._small_talk,
            "action_status": self._status,
            "action_person": self._person,
            "action_rate": self._rate,
            "action_start_over": self._start_over,
            "action_out_of_scope": self._out_of_scope,
            "action_warn": self._warn,
        }

    @property
    def actions(self) -> tuple[str, ...]:
        """Names of the actions it answers for."""
        return tuple(self._handlers)

    def respond(self, action: str, message: Message, memory: Memory) -> Turn:
        """Run one turn.

        Args:
            action: the action that Rasa's rules chose.
            message: as understood.
            memory: before the turn.

        Raises:
            KeyError: there is no such action.
        """
        self._knowledge.refresh()
        typed_nothing = not any(letter.isalnum() for letter in message.text)
        if typed_nothing and not message.entities:
            turn = Turn(ready("empty"), TurnRecord(Outcome.OUT_OF_SCOPE), memory)
        else:
            turn = self._open_question(action, message, memory) or self._handlers[action](message, memory)
        turn.record.intent = message.intent or None
        return replace(turn, memory=replace(turn.memory, turns=memory.turns + 1))

    def _open_question(self, action: str, message: Message, memory: Memory) -> Optional[Turn]:
        """An answer to what was asked back, whatever the classifier takes it for ('xe máy á', 'bị mất rồi')."""
        if action not in _OUTSIDE or not message.text:
            return None
        sure = message.ranking.get(message.intent, 1.0) >= SURE_OUTSIDE
        if memory.options:
            picked = self._picked(message, memory)
            if picked is not None and not (sure and action == "action_small_talk"):
                aspect = memory.aspect or Aspect.WHICH
                return self._tell(picked, aspect, message, memory, codes=list(memory.options), confidence=1.0)
        talking = memory.waiting or (memory.procedure is not None and not sure)
        if talking and memory.question and not (sure and action != "action_out_of_scope"):
            return self._detail(message, memory)
        return None

    # Questions about procedures

    def _answer(self, message: Message, memory: Memory) -> Turn:
        aspect = INTENT_ASPECTS.get(message.intent, Aspect.WHICH)
        code = message.entity("procedure_code")
        if code is not None:
            return self._tell(code, aspect, message, memory, codes=[code], confidence=1.0)
        if message.intent == "give_detail" and memory.question and (memory.waiting or memory.procedure):
            return self._detail(message, memory)
        if memory.options:
            picked = self._picked(message, memory)
            if picked is not None:
                chosen = aspect if aspect is not Aspect.WHICH else memory.aspect or aspect
                return self._tell(picked, chosen, message, memory, codes=list(memory.options), confidence=1.0)
        return self._decide(message, memory, aspect)

    def _search(self, message: Message, memory: Memory, aspect: Aspect = Aspect.WHICH) -> Result:
        back = len(memory.topics) > 1 and recalls(message.text)
        topic = RECALL_BOOST if back else TOPIC_BOOST
        boosts = {code: topic / (place + 1) ** 0.5 for place, code in enumerate(memory.topics)}
        boosts.update(dict.fromkeys(memory.options, OPTION_BOOST))
        if memory.procedure is not None and back:
            boosts.pop(memory.procedure, None)  # 'quay lại cái hồi nãy' means another one
        elif memory.procedure is not None and aspect is not Aspect.WHICH:
            # A question about documents or fees mostly goes on about the procedure at hand,
            # the more so when its words stand in that record.
            covered = self._knowledge.keeper.index.cover(message.text, memory.procedure) >= COVERED
            boosts[memory.procedure] = FOLLOW_UP_BOOST if covered else TOPIC_BOOST
        return self._knowledge.search(message.text, message.vector, boosts=boosts)

    def _decide(self, message: Message, memory: Memory, aspect: Aspect) -> Turn:
        found = self._search(message, memory, aspect)
        ranked = [hit.code for hit in found.hits]
        bare = found.subject < SUBJECT
        recalled = self._recalled(message, memory, found)
        if recalled is not None:
            codes = [recalled, *(code for code in ranked if code != recalled)]
            return self._tell(recalled, aspect, message, memory, codes=codes, confidence=found.known)
        if memory.waiting and memory.question and not self._own_subject(message, found, memory):
            return self._detail(message, memory, aspect)
        if memory.procedure is not None and (bare or (ranked and ranked[0] == memory.procedure)):
            if bare and aspect is Aspect.WHICH and memory.question:
                return self._detail(message, memory)
            codes = [memory.procedure, *(code for code in ranked if code != memory.procedure)]
            return self._tell(memory.procedure, aspect, message, memory, codes=codes, confidence=found.known)
        if memory.question and memory.procedure is not None and not self._own_subject(message, found, memory):
            return self._detail(message, memory, aspect)
        if aspect is Aspect.WHICH and memory.aspect and carries_over(message.text):
            aspect = memory.aspect
        return self._settle(message, memory, aspect, found, message.text)

    def _recalled(self, message: Message, memory: Memory, found: Result) -> Optional[str]:
        """The earlier procedure that 'quay lại vụ hộ chiếu', 'cái giấy phép hồi nãy' brings back."""
        earlier = [code for code in memory.topics if code != memory.procedure]
        if not earlier or not recalls(message.text):
            return None
        # The ranking knows it by its words; without any it is the one before.
        return next((hit.code for hit in found.hits if hit.code in earlier), earlier[0])

    def _detail(self, message: Message, memory: Memory, aspect: Aspect = Aspect.WHICH) -> Turn:
        """A detail of the question before ('bị mất rồi ạ', 'chồng em quốc tịch Úc'): read both together."""
        question = f"{memory.question} {message.text}"[-LONGEST_QUESTION:]
        boosts = dict.fromkeys(memory.options, OPTION_BOOST)
        if memory.procedure is not None and not memory.waiting:
            boosts[memory.procedure] = TOPIC_BOOST
        found = self._knowledge.search(question, boosts=boosts)
        if aspect is Aspect.WHICH:
            aspect = memory.aspect or aspect
        return self._settle(message, memory, aspect, found, question)

    def _settle(self, message: Message, memory: Memory, aspect: Aspect, found: Result, question: str) -> Turn:
        ranked = [hit.code for hit in found.hits]
        if not found.hits or found.known < KNOWN_AT_LEAST:
            if found.subject < SUBJECT:
                record = TurnRecord(Outcome.ASKED_BACK, aspect, codes=ranked, confidence=round(found.known, 3))
                return Turn(ready("unclear"), record, memory.asking((), question, aspect))
            record = TurnRecord(Outcome.NOT_FOUND, aspect, codes=ranked, confidence=round(found.known, 3))
            return Turn(ready("not_found"), record, memory.settled())
        family = self._family(found)
        confidence = round(found.known * family, 3)
        if family >= ANSWER_SHARE and found.known >= KNOWN_FOR_ANSWER:
            return self._tell(
                ranked[0], aspect, message, memory, codes=ranked, confidence=confidence, question=question
            )
        return self._ask_back(found, aspect, memory, question, confidence)

    def _family(self, found: Result) -> float:
        """Share of the first hit with its twins: records of the same name at other levels."""
        entries, at = self._knowledge.keeper.index.entries, self._knowledge.keeper.index.at
        first = core_name(entries[at[found.hits[0].code]].name)
        return sum(hit.share for hit in found.hits if core_name(entries[at[hit.code]].name) == first)

    def _ask_back(self, found: Result, aspect: Aspect, memory: Memory, question: str, confidence: float) -> Turn:
        entries, at = self._knowledge.keeper.index.entries, self._knowledge.keeper.index.at
        options: list[str] = []
        seen: set[str] = set()
        for hit in found.hits:
            core = core_name(entries[at[hit.code]].name)
            if core not in seen and (hit.share >= OPTION_SHARE or len(options) < 2):
                seen.add(core)
                options.append(hit.code)
            if len(options) == MAX_OPTIONS:
                break
        record = TurnRecord(
            Outcome.ASKED_BACK, aspect, codes=[hit.code for hit in found.hits], options=options, confidence=confidence
        )
        return Turn(
            self._options_reply(options, say("ask_back")), record, memory.asking(tuple(options), question, aspect)
        )

    def _options_reply(self, options: list[str], head: str) -> Reply:
        records = self._knowledge.procedures(options)
        names = [option_name(records[code].name if code in records else code) for code in options]
        reply = Reply(
            [Paragraph(head), Items(tuple(Item(name) for name in names), "numbers"), Paragraph(say("ask_back_more"))]
        )
        reply.buttons = [Button(name, payload=f"chon:{number}") for number, name in enumerate(names, 1)]
        return reply

    def _tell(
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
        record = self._knowledge.procedure(code)
        if record is None:
            return Turn(ready("not_found"), TurnRecord(Outcome.NOT_FOUND, aspect, codes=codes), memory.settled())
        case = message.entity("case")
        reply = answers.answer(
            record, aspect, today(), folded_words(message.text), int(case) if case and case.isdigit() else None
        )
        turn = TurnRecord(Outcome.ANSWERED, aspect, code, codes, confidence=round(confidence, 3))
        return Turn(reply, turn, memory.about(code, aspect, question))

    # Context

    def _own_subject(self, message: Message, found: Result, memory: Memory) -> bool:
        """Say whether a message names a subject of its own, apart from the question before."""
        if found.subject < SUBJECT or not found.hits or found.hits[0].code in memory.options:
            return False
        return self._family(found) >= ANSWER_SHARE and found.known >= KNOWN_OF_ITS_OWN

    def _picked(self, message: Message, memory: Memory) -> Optional[str]:
        """The option a message points at, by number or by words of its own."""
        number = message.entity("ordinal")
        place = int(number) if number and number.lstrip("-").isdigit() else ordinal(message.text)
        if place is not None:
            at = len(memory.options) - 1 if place == LAST else place - 1
            return memory.options[at] if 0 <= at < len(memory.options) else None
        said = set(folded_words(message.text))
        if not said or len(said) > 8:
            return None
        records = self._knowledge.procedures(memory.options)
        names = {code: set(folded_words(record.name)) for code, record in records.items()}
        scores = {}
        for code, words in names.items():
            own = words - set().union(*(other for other_code, other in names.items() if other_code != code))
            scores[code] = len(own & said)
        best = max(scores.values(), default=0)
        winners = [code for code, score in scores.items() if score == best]
        return winners[0] if best >= 1 and len(winners) == 1 else None

    def _choose(self, message: Message, memory: Memory) -> Turn:
        if not memory.options:
            number = message.entity("ordinal")
            if number is None and memory.procedure is None:
                return self._answer(replace(message, intent="ask_procedure"), memory)
            return Turn(ready("nothing_to_choose"), TurnRecord(Outcome.ASKED_BACK), memory)
        picked = self._picked(message, memory)
        if picked is None:
            if message.entity("ordinal") is None:
                return self._answer(replace(message, intent="ask_procedure"), memory)
            options = list(memory.options)
            head = say("no_such_option", count=len(options))
            record = TurnRecord(Outcome.ASKED_BACK, memory.aspect, codes=options, options=options)
            return Turn(self._options_reply(options, head), record, memory)
        return self._tell(
            picked,
            memory.aspect or Aspect.WHICH,
            message,
            memory,
            codes=[picked, *(code for code in memory.options if code != picked)],
            confidence=1.0,
        )  # fmt: skip

    def _correct(self, message: Message, memory: Memory) -> Turn:
        wanted = corrected(message.text)
        aspect = memory.aspect or Aspect.WHICH
        if not wanted:
            options = tuple(code for code in memory.options if code != memory.procedure)
            record = TurnRecord(Outcome.ASKED_BACK, aspect, options=list(options))
            return Turn(ready("correct_what"), record, replace(memory, options=options))
        found = self._knowledge.search(wanted)
        if memory.procedure is not None and found.hits and found.subject < SUBJECT:
            return self._tell(
                memory.procedure, aspect, message, memory, codes=[memory.procedure], confidence=found.known
            )
        plain = replace(message, text=wanted, vector=None)
        return self._settle(plain, memory.settled(), aspect, found, wanted)

    def _affirm(self, message: Message, memory: Memory) -> Turn:
        if len(memory.options) == 1:
            return self._tell(memory.options[0], memory.aspect or Aspect.WHICH, message, memory,
                              codes=list(memory.options), confidence=1.0)  # fmt: skip
        if memory.options:
            options = list(memory.options)
            record = TurnRecord(Outcome.ASKED_BACK, memory.aspect, codes=options, options=options)
            return Turn(self._options_reply(options, say("ask_back")), record, memory)
        return self._talk(message, memory, "confirm_none")

    def _deny(self, message: Message, memory: Memory) -> Turn:
        if memory.options:
            record = TurnRecord(Outcome.ASKED_BACK, memory.aspect)
            return Turn(ready("correct_what"), record, replace(memory, options=()))
        return self._talk(message, memory, "confirm_none")

    # Everything else

    def _small_talk(self, message: Message, memory: Memory) -> Turn:
        name = _SMALL_TALK.get(message.intent, "chitchat")
        return self._talk(message, memory, name)

    def _talk(self, message: Message, memory: Memory, name: str) -> Turn:
        """A courtesy, unless the message asks for a procedure after all."""
        turn = self._really_asks(message, memory)
        return turn or Turn(ready(name), TurnRecord(Outcome.SMALLTALK), memory)

    def _really_asks(self, message: Message, memory: Memory) -> Optional[Turn]:
        if message.ranking.get(message.intent, 1.0) >= SURE_OUTSIDE or not message.text:
            return None
        ranked = [(intent, chance) for intent, chance in message.ranking.items() if intent in INTENT_ASPECTS]
        found = self._search(message, memory)
        sure = found.known >= KNOWN_OF_ITS_OWN and found.subject >= SUBJECT
        if not sure or not found.hits:
            return None
        intent = max(ranked, key=lambda item: item[1])[0] if ranked else "ask_procedure"
        return self._decide(replace(message, intent=intent), memory, INTENT_ASPECTS[intent])

    def _status(self, message: Message, memory: Memory) -> Turn:
        reply = ready("status")
        if message.entity("dossier_code"):
            reply.blocks.append(Paragraph(say("status_code")))
        return Turn(reply, TurnRecord(Outcome.ANSWERED, Aspect.STATUS, confidence=1.0), memory.settled())

    def _person(self, message: Message, memory: Memory) -> Turn:
        return Turn(ready("person"), TurnRecord(Outcome.HANDED_OVER), memory)

    def _rate(self, message: Message, memory: Memory) -> Turn:
        return self._talk(
            message, memory, message.intent if message.intent in ("rate_good", "rate_bad") else "rate_bad"
        )

    def _start_over(self, message: Message, memory: Memory) -> Turn:
        return Turn(ready("start_over"), TurnRecord(Outcome.SMALLTALK), Memory(turns=memory.turns))

    def _out_of_scope(self, message: Message, memory: Memory) -> Turn:
        turn = self._really_asks(message, memory)
        return turn or Turn(ready("out_of_scope"), TurnRecord(Outcome.OUT_OF_SCOPE), memory)

    def _warn(self, message: Message, memory: Memory) -> Turn:
        name = "danger" if message.intent == "danger" else "scam"
        turn = self._really_asks(message, memory) if name == "danger" else None
        return turn or Turn(ready(name), TurnRecord(Outcome.OUT_OF_SCOPE), memory)
