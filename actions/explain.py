"""Why a message is answered as it is: a turn of a fresh conversation, run for real, with the searches it made.

Nothing is remembered or written: the dialogue that runs it has no desk, so nobody is handed over or followed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Optional

from actions.dialogue import SURE_OUTSIDE, Dialogue
from actions.gate import INSIDE, INSIDE_WHEN_ASKED, OUTSIDE_INTENT, inside
from actions.knowledge_base import KnowledgeBase, unpack
from actions.memory import Memory, Message
from actions.procedure_talk import Turn
from actions.readings import INTENT_ASPECTS, Readings
from actions.thresholds import (
    ANSWER_SHARE,
    CLOSE_SECOND,
    CONFIDENT,
    KNOWN_AT_LEAST,
    KNOWN_OF_ITS_OWN,
    SUBJECT,
    SURE_ASPECT,
)
from answers.outcome import Outcome
from knowledge.search.explain import feature_shares, fit_of
from knowledge.search.index import Result

SHOWN = 5
"""Candidates that are told with their features' shares."""


@dataclass(frozen=True)
class Search:
    """A search of a turn: what for, with which vector, and what was found."""

    text: str
    packed: Optional[str]
    result: Result


@dataclass(frozen=True)
class Threshold:
    """A number that a decision turned on.

    Attributes:
        name: what was measured.
        value: of this message.
        bound: where the decision changes over.
        above: the value must reach the bound; otherwise it must stay below.
    """

    name: str
    value: float
    bound: float
    above: bool = True

    @property
    def passed(self) -> bool:
        """The value lies on the side on which the procedure is answered for."""
        return (self.value >= self.bound) is self.above


class WatchedKnowledge(KnowledgeBase):
    """A knowledge base over another one's index that keeps the searches made on it."""

    def __init__(self, other: KnowledgeBase) -> None:
        super().__init__(other.engine, other.keeper)
        self.searches: list[Search] = []

    def search(
        self,
        text: str,
        packed: Optional[str] = None,
        limit: int = 10,
        boosts: Optional[dict[str, float]] = None,
        talked_of: Optional[str] = None,
    ) -> Result:
        """Search as ever, and keep what was found."""
        result = super().search(text, packed, limit, boosts, talked_of)
        self.searches.append(Search(text, packed, result))
        return result


class Explainer:
    """Runs turns to explain them.

    Args:
        knowledge: of the dialogue whose turns are explained; its index is shared.
    """

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = WatchedKnowledge(knowledge)
        self._dialogue = Dialogue(self._knowledge)
        self._readings = Readings(self._knowledge)

    def explain(self, action: str, message: Message) -> dict[str, Any]:
        """Run the first turn of a conversation and tell how it came about, in plain values.

        Args:
            action: the action that Rasa's rules chose.
            message: as understood.

        Returns:
            ``turn``: the record; ``by``: which part of the dialogue answered; ``reply``: its tree; ``sure``: how sure
            the intent had to be; ``searches``: each with its candidates, measures and thresholds, in order.
        """
        searches = self._knowledge.searches
        searches.clear()
        turn = self._dialogue.respond(action, message, Memory())
        # Several parts may look for the same text; the widest look is the one that procedures are answered by.
        widest: dict[str, Search] = {}
        for search in searches:
            if search.text not in widest or len(search.result.hits) >= len(widest[search.text].result.hits):
                widest[search.text] = search
        return {
            "turn": turn.record.as_json(),
            "by": _answered_by(turn),
            "reply": turn.reply.as_json(),
            "sure": _as_json(self._sure(message)),
            "searches": [self._told(search, message) for search in widest.values()],
        }

    def _told(self, search: Search, message: Message) -> dict[str, Any]:
        index, hits = self._knowledge.keeper.index, search.result.hits
        vector = unpack(search.packed, self._knowledge.keeper.encoder.dimensions) if search.packed else None
        if vector is None:
            vector = self._knowledge.keeper.encoder.query(search.text)
        return {
            "text": search.text,
            "candidates": [
                {
                    "code": hit.code,
                    "name": index.entries[index.at[hit.code]].name,
                    "share": hit.share,
                    "score": hit.score,
                    "features": feature_shares(hit, index.weights),
                }
                for hit in hits[:SHOWN]
            ],
            "fit": [asdict(fit) for fit in fit_of(index, search.text, vector, hits[0])] if hits else [],
            "thresholds": [_as_json(threshold) for threshold in self.thresholds(search.result, message)],
        }

    def thresholds(self, found: Result, message: Message) -> list[Threshold]:
        """What ``ProcedureTalk`` weighs of a search, in its order; all passed, the first procedure is answered for.

        Args:
            found: by the search.
            message: that was searched for.
        """
        bare = found.subject < SUBJECT
        within = INSIDE if message.intent == OUTSIDE_INTENT else INSIDE_WHEN_ASKED
        told = [
            Threshold("inside", inside(message, found.known), within),
            Threshold("known", found.known, KNOWN_OF_ITS_OWN if bare else KNOWN_AT_LEAST),
        ]
        if found.hits:
            family = self._readings.family(found)
            told += [
                Threshold("family", family, ANSWER_SHARE),
                Threshold("confidence", round(found.known * family, 3), CONFIDENT),
                Threshold("second", self._readings.second_share(found), CLOSE_SECOND * family, above=False),
            ]
        return [Threshold("subject", found.subject, SUBJECT), *told]

    @staticmethod
    def _sure(message: Message) -> Threshold:
        """How sure the intent is, and how sure it must be to be believed as it is."""
        asks = message.intent in INTENT_ASPECTS
        chance = message.ranking.get(message.intent, 0.0)
        return Threshold("aspect" if asks else "intent", chance, SURE_ASPECT if asks else SURE_OUTSIDE)


def _as_json(threshold: Threshold) -> dict[str, Any]:
    return {**asdict(threshold), "passed": threshold.passed}


def _answered_by(turn: Turn) -> str:
    """The part of the dialogue that a turn is of, by what it leaves behind."""
    record = turn.record
    if turn.memory.guide is not None:
        return "guide"
    if record.outcome is Outcome.ANSWERED:
        if turn.memory.options:
            return "life_event"  # its procedures can be chosen from
        if record.answer is not None:
            return "procedure"
        return "status" if record.aspect is not None else "faq"
    if record.outcome in (Outcome.ASKED_BACK, Outcome.NOT_FOUND):
        return "procedure"
    return "talk"
