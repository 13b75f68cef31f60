"""How a message can be read: a follow-up, a detail, a choice, a return to something earlier, a new subject."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from actions.cues import carries_over, core_name, recalls, subject_of
from actions.knowledge_base import KnowledgeBase
from actions.memory import Memory, Message
from actions.thresholds import (
    ANSWER_SHARE,
    CLOSE_SECOND,
    COVERED,
    FOLLOW_UP_BOOST,
    KNOWN_OF_ITS_OWN,
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
    SURELY_KNOWN,
    TOGETHER_SHARE,
    TOGETHER_WHILE_WAITING,
    TOPIC_BOOST,
)
from answers.outcome import Aspect
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


class Readings:
    """The readings of a message against what the conversation is about, over one knowledge base."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge
        self._read_together: Optional[tuple[Message, Memory, str, Result]] = None

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
        return self._knowledge.search(message.text, message.vector, boosts=boosts, talked_of=memory.procedure)

    def recalled(self, message: Message, memory: Memory, found: Result) -> Optional[str]:
        """The earlier procedure that 'quay lại vụ hộ chiếu', 'cái giấy phép hồi nãy' brings back."""
        earlier = [code for code in memory.topics if code != memory.procedure]
        if not earlier or not recalls(message.text):
            return None
        # The ranking knows it by its words; without any it is the one before.
        return next((hit.code for hit in found.hits if hit.code in earlier), earlier[0])

    def together(self, message: Message, memory: Memory) -> tuple[str, Result]:
        """The question before with the message after it, and what the two find."""
        known = self._read_together
        if known is not None and known[0] is message and known[1] is memory:
            return known[2], known[3]  # a turn asks for it when it decides, and again when it answers
        question = f"{memory.question} {message.text}"[-LONGEST_QUESTION:]
        boosts = dict.fromkeys(memory.options, OPTION_BOOST)
        if memory.procedure is not None and not memory.waiting and not self._another_variant(message, memory.procedure):
            boosts[memory.procedure] = TOPIC_BOOST
        found = self._knowledge.search(question, boosts=boosts)
        self._read_together = (message, memory, question, found)
        return question, found

    def stands_alone(self, message: Message, memory: Memory, found: Result) -> bool:
        """Say whether a message is a subject by itself rather than a detail of what was talked about.

        'Chồng em quốc tịch Úc' after a wedding finds nationality by itself and the wedding
        with a foreigner when both are read: the reading that fits as well and stays with
        the matter wins.
        """
        alone = found.known * self.family(found)
        asks = message.intent in INTENT_ASPECTS and INTENT_ASPECTS[message.intent] is not Aspect.WHICH
        if memory.waiting:
            if alone >= STRONG_WHILE_WAITING:
                return True
        elif alone >= STRONG_SUBJECT or asks:
            return True
        both = self.together(message, memory)[1] if memory.question else None
        if both is None or not both.hits:
            return True
        first = both.hits[0].code
        if first == memory.procedure:
            stays = self._knowledge.keeper.index.cover(message.text, first) >= REMARK_COVER
        else:
            stays = memory.waiting or first in memory.options or self._related(first, memory.procedure)
        least = TOGETHER_WHILE_WAITING if memory.waiting else alone * TOGETHER_SHARE
        return not (stays and both.known * self.family(both) >= least)

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

    def asked_about(self, memory: Memory) -> Sequence[str]:
        """The codes among which an open question of ours chooses."""
        guide = self._knowledge.guides().get(str(memory.guide.get("guide"))) if memory.guide else None
        return memory.options or (guide.codes() if guide else ())

    def other_variant(self, message: Message, memory: Memory, found: Result) -> bool:
        """Say whether the best hit is the sister of a procedure that a message wants instead of it.

        'Khai trên mạng được không' of a paper that has a record of its own for filing online; 'còn quá hạn thì sao'
        of a licence that is exchanged.
        """
        index, code = self._knowledge.keeper.index, memory.procedure
        first = found.hits[0].code if found.hits else code
        if code is None or first is None or first == code or not self._related(first, code):
            return False
        wanted = flags_of(message.text) & ~flags_of(index.entries[index.at[code]].name)
        if (wanted & flags_of(index.entries[index.at[first]].name)).any():
            return self.family(found) >= ANSWER_SHARE
        return carries_over(message.text) and not self.close_second(found, self.family(found))

    def close_second(self, found: Result, family: float) -> bool:
        """Say whether another matter fits nearly as well ('sang tên hết bao nhiêu': the car's, or the land's)."""
        return self.second_share(found) >= CLOSE_SECOND * family

    def second_share(self, found: Result) -> float:
        """Share of the best hit that is another matter than the first, 0 where there is none."""
        entries, at = self._knowledge.keeper.index.entries, self._knowledge.keeper.index.at
        first = core_name(entries[at[found.hits[0].code]].name)
        others = (hit.share for hit in found.hits if core_name(entries[at[hit.code]].name) != first)
        return max(others, default=0.0)

    def family(self, found: Result) -> float:
        """Share of the first hit with its twins: records of the same name at other levels."""
        entries, at = self._knowledge.keeper.index.entries, self._knowledge.keeper.index.at
        first = core_name(entries[at[found.hits[0].code]].name)
        return sum(hit.share for hit in found.hits if core_name(entries[at[hit.code]].name) == first)

    def own_subject(self, found: Result, memory: Memory) -> bool:
        """Say whether a message names a subject of its own, apart from the question before.

        Variants of one matter count together: 'muốn cưới người Lào' is about a wedding, whichever of the two it means.
        """
        if found.subject < SUBJECT or not found.hits or found.hits[0].code in memory.options:
            return False
        if self.family(found) >= ANSWER_SHARE and found.known >= KNOWN_OF_ITS_OWN:
            return True
        first = found.hits[0].code
        matter = sum(hit.share for hit in found.hits if hit.code == first or self._related(hit.code, first))
        return matter >= ANSWER_SHARE and found.known >= SURELY_KNOWN

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

    def options(self, found: Result) -> list[str]:
        """Codes to choose from, the likeliest first; twins at other levels count once."""
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
        return options
