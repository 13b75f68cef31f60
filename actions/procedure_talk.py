"""Talk about procedures: find the one that is meant, answer, ask back, take up details and corrections."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Optional

from actions import answers
from actions.cues import carries_over, core_name, corrected, option_name, recalls, subject_of
from actions.gate import INSIDE, INSIDE_WHEN_ASKED, OUTSIDE_INTENT, inside
from actions.knowledge_base import KnowledgeBase, today
from actions.memory import Memory, Message
from actions.outcome import Aspect, Outcome, TurnRecord
from actions.phrasing import reply as ready
from actions.phrasing import say
from actions.reply import Button, Item, Items, Paragraph, Reply
from actions.thresholds import (
    ANSWER_SHARE,
    ASKED_SUBJECT,
    CLOSE_SECOND,
    CONFIDENT,
    COVERED,
    FOLLOW_UP_BOOST,
    KNOWN_AT_LEAST,
    KNOWN_OF_ITS_OWN,
    KNOWN_WITHOUT_SUBJECT,
    LIKELY_OVERVIEW,
    LONGEST_QUESTION,
    MAX_OPTIONS,
    NEARLY,
    OPTION_BOOST,
    OPTION_SHARE,
    PICKED_COVER,
    RECALL_BOOST,
    RELATED_SHARE,
    REMARK_COVER,
    STRONG_SUBJECT,
    STRONG_WHILE_WAITING,
    SUBJECT,
    SURE_ASPECT,
    TOGETHER_SHARE,
    TOGETHER_WHILE_WAITING,
    TOPIC_BOOST,
)
from knowledge.places import one_stop, only_a_place
from knowledge.search.index import Result
from knowledge.search.variants import flags_of
from vietnamese.extract import LAST, ordinal
from vietnamese.understand import folded_words

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


def asked_aspect(message: Message) -> Aspect:
    """The aspect asked for; the overview where the classifier wavers between it and one of them."""
    aspect = INTENT_ASPECTS.get(message.intent, Aspect.WHICH)
    overview = sum(message.ranking.get(intent, 0.0) for intent in ("ask_procedure", "ask_how_to_file"))
    if aspect is not Aspect.HOW_TO_FILE and message.ranking.get(message.intent, 1.0) < SURE_ASPECT:
        return Aspect.WHICH if overview >= LIKELY_OVERVIEW else aspect
    return aspect


@dataclass(frozen=True)
class Turn:
    """What a turn says, how it ended, and what is remembered."""

    reply: Reply
    record: TurnRecord
    memory: Memory


class ProcedureTalk:
    """The policy for everything that is about a procedure, over one knowledge base."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge

    def answer(self, message: Message, memory: Memory) -> Turn:
        """A question: by code, by choice, or to be searched for."""
        aspect = asked_aspect(message)
        code = message.entity("procedure_code")
        if code is not None:
            return self.tell(code, aspect, message, memory, codes=[code], confidence=1.0)
        if memory.options:
            picked = self.picked(message, memory)
            if picked is not None:
                chosen = aspect if aspect is not Aspect.WHICH else memory.aspect or aspect
                return self.tell(picked, chosen, message, memory, codes=list(memory.options), confidence=1.0)
        return self.decide(message, memory, aspect)

    def search(self, message: Message, memory: Memory, aspect: Aspect = Aspect.WHICH) -> Result:
        """Search, with what the conversation is about moved up; a bare name is searched for as it is."""
        if memory.procedure is not None and self._knowledge.keeper.index.is_name(subject_of(message.text)):
            return self._knowledge.search(subject_of(message.text))
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

    def decide(self, message: Message, memory: Memory, aspect: Aspect) -> Turn:
        """Tell a follow-up, a detail, a return and a new subject apart, and answer."""
        found = self.search(message, memory, aspect)
        ranked = [hit.code for hit in found.hits]
        bare = found.subject < SUBJECT
        recalled = self._recalled(message, memory, found)
        if recalled is not None:
            codes = [recalled, *(code for code in ranked if code != recalled)]
            return self.tell(recalled, aspect, message, memory, codes=codes, confidence=found.known)
        alone = self._own_subject(found, memory) and self._stands_alone(message, memory, found)
        if memory.waiting and memory.question and not alone:
            return self.detail(message, memory, aspect)
        named = memory.procedure is not None and self._knowledge.keeper.index.is_name(subject_of(message.text))
        if named and ranked[0] != memory.procedure:
            return self._settle(message, memory, self._carried(message, memory, aspect), found, message.text)
        if memory.procedure is not None and (bare or (ranked and ranked[0] == memory.procedure)):
            if bare and aspect is Aspect.WHICH and memory.question:
                return self.detail(message, memory)
            codes = [memory.procedure, *(code for code in ranked if code != memory.procedure)]
            if aspect is Aspect.WHICH and not bare:
                aspect = memory.aspect or aspect  # a remark ('bé sinh ở nhà'): what was asked goes on
            return self.tell(memory.procedure, aspect, message, memory, codes=codes, confidence=found.known)
        if memory.question and memory.procedure is not None:
            weak = aspect is not Aspect.WHICH and found.known * self._family(found) < ASKED_SUBJECT
            if weak or not alone:
                return self.detail(message, memory, aspect)
        return self._settle(message, memory, self._carried(message, memory, aspect), found, message.text)

    @staticmethod
    def _carried(message: Message, memory: Memory, aspect: Aspect) -> Aspect:
        """The aspect, or that of the question before where it goes on ('còn tách thửa thì sao')."""
        return memory.aspect if aspect is Aspect.WHICH and memory.aspect and carries_over(message.text) else aspect

    def _recalled(self, message: Message, memory: Memory, found: Result) -> Optional[str]:
        """The earlier procedure that 'quay lại vụ hộ chiếu', 'cái giấy phép hồi nãy' brings back."""
        earlier = [code for code in memory.topics if code != memory.procedure]
        if not earlier or not recalls(message.text):
            return None
        # The ranking knows it by its words; without any it is the one before.
        return next((hit.code for hit in found.hits if hit.code in earlier), earlier[0])

    def detail(self, message: Message, memory: Memory, aspect: Aspect = Aspect.WHICH) -> Turn:
        """A detail of the question before ('bị mất rồi ạ', 'chồng em quốc tịch Úc'): read both together."""
        question, found = self._together(message, memory)
        if aspect is Aspect.WHICH:
            aspect = memory.aspect or aspect
        return self._settle(message, memory, aspect, found, question)

    def _together(self, message: Message, memory: Memory) -> tuple[str, Result]:
        """The question before with the message after it, and what the two find."""
        question = f"{memory.question} {message.text}"[-LONGEST_QUESTION:]
        boosts = dict.fromkeys(memory.options, OPTION_BOOST)
        if memory.procedure is not None and not memory.waiting and not self._another_variant(message, memory.procedure):
            boosts[memory.procedure] = TOPIC_BOOST
        return question, self._knowledge.search(question, boosts=boosts)

    def _stands_alone(self, message: Message, memory: Memory, found: Result) -> bool:
        """Say whether a message is a subject by itself rather than a detail of what was talked about.

        'Chồng em quốc tịch Úc' after a wedding finds nationality by itself and the wedding
        with a foreigner when both are read: the reading that fits as well and stays with
        the matter wins.
        """
        alone = found.known * self._family(found)
        asks = message.intent in INTENT_ASPECTS and INTENT_ASPECTS[message.intent] is not Aspect.WHICH
        if memory.waiting:
            if alone >= STRONG_WHILE_WAITING:
                return True
        elif alone >= STRONG_SUBJECT or asks:
            return True
        both = self._together(message, memory)[1] if memory.question else None
        if both is None or not both.hits:
            return True
        first = both.hits[0].code
        if first == memory.procedure:
            stays = self._knowledge.keeper.index.cover(message.text, first) >= REMARK_COVER
        else:
            stays = memory.waiting or first in memory.options or self._related(first, memory.procedure)
        least = TOGETHER_WHILE_WAITING if memory.waiting else alone * TOGETHER_SHARE
        return not (stays and both.known * self._family(both) >= least)

    def _related(self, code: str, other: Optional[str]) -> bool:
        """Say whether two procedures are variants of one matter: most words of the shorter name are in the other."""
        index = self._knowledge.keeper.index
        if other is None or code not in index.at or other not in index.at:
            return False
        names = [set(core_name(index.entries[index.at[each]].name).split()) for each in (code, other)]
        return len(names[0] & names[1]) >= RELATED_SHARE * min(len(names[0]), len(names[1]))

    def _another_variant(self, message: Message, code: str) -> bool:
        """Say whether a detail asks for a variant that a procedure isn't ('mà em làm mất rồi' of a first issue)."""
        index = self._knowledge.keeper.index
        return code in index.at and bool((flags_of(message.text) & ~flags_of(index.entries[index.at[code]].name)).any())

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
        family = self._family(found)
        confidence = round(found.known * family, 3)
        if family >= ANSWER_SHARE and confidence >= CONFIDENT and not self._close_second(found, family):
            return self.tell(ranked[0], aspect, message, memory, codes=ranked, confidence=confidence, question=question)
        return self._ask_back(found, aspect, memory, question, confidence)

    def _close_second(self, found: Result, family: float) -> bool:
        """Say whether another matter fits nearly as well ('sang tên hết bao nhiêu': the car's, or the land's)."""
        entries, at = self._knowledge.keeper.index.entries, self._knowledge.keeper.index.at
        first = core_name(entries[at[found.hits[0].code]].name)
        others = (hit.share for hit in found.hits if core_name(entries[at[hit.code]].name) != first)
        return max(others, default=0.0) >= CLOSE_SECOND * family

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
        found = self.search(message, memory)
        if not found.hits or found.subject < SUBJECT:
            return None
        if message.intent == OUTSIDE_INTENT:
            if inside(message, found.known) < INSIDE:
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

    def _own_subject(self, found: Result, memory: Memory) -> bool:
        """Say whether a message names a subject of its own, apart from the question before."""
        if found.subject < SUBJECT or not found.hits or found.hits[0].code in memory.options:
            return False
        return self._family(found) >= ANSWER_SHARE and found.known >= KNOWN_OF_ITS_OWN

    def picked(self, message: Message, memory: Memory) -> Optional[str]:
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
        weight = self._knowledge.keeper.index.queries.background.weight
        shared = {code: sum(weight(word) for word in words & said) for code, words in names.items()}
        best = max(shared.values(), default=0.0)
        winners = [code for code, value in shared.items() if value >= best * NEARLY]
        if best <= 0 or len(winners) != 1:
            return None
        # 'cái sổ bảo hiểm' shares a word with 'sổ đỏ' and means neither of the options.
        covered = self._knowledge.keeper.index.cover(message.text, winners[0])
        return winners[0] if covered >= PICKED_COVER else None

    def choose(self, message: Message, memory: Memory) -> Turn:
        """A choice from the options offered."""
        if not memory.options:
            number = message.entity("ordinal")
            if number is None and memory.procedure is None:
                return self.answer(replace(message, intent="ask_procedure"), memory)
            return Turn(ready("nothing_to_choose"), TurnRecord(Outcome.ASKED_BACK), memory)
        picked = self.picked(message, memory)
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
