"""Decide what a turn does: talk about procedures, talk small, warn, hand over.

Routing (which action an intent leads to) is Rasa's, wording is in
``phrases.yml``, procedures are ``procedure_talk``'s; this holds them together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Optional

from actions.follow_talk import FollowTalk
from actions.gate import OUTSIDE_INTENT, SURELY_ABOUT
from actions.general_talk import GeneralTalk
from actions.handover_talk import HandoverTalk, contacts
from actions.knowledge_base import KnowledgeBase
from actions.memory import Memory, Message
from actions.privacy_talk import privacy_turn
from actions.procedure_talk import ProcedureTalk, Turn
from answers.outcome import Aspect, Outcome, TurnRecord
from answers.phrasing import reply as ready
from answers.phrasing import say
from desk.database import Desk
from knowledge.places import one_stop
from settings.desk import DeskSettings

SURE_OUTSIDE = 0.45
"""Probability of an intent outside procedures from which it is believed against the search."""
SURE_AGAINST_SCOPE = 0.8
"""The same where the model of the scope is sure that a procedure is asked for."""
SURE_STATUS = 0.7
"""Probability from which a message is believed to ask about a dossier that was filed."""
SURE_WHILE_WAITING = 0.85
"""The same while an answer to a question of ours is awaited."""
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


class Dialogue:
    """The policy over one knowledge base.

    Args:
        knowledge: records and search.
        desk: the staff's desk; without one nobody is handed over, and nothing can be followed.
        settings: of the desk.
    """

    def __init__(
        self, knowledge: KnowledgeBase, desk: Optional[Desk] = None, settings: Optional[DeskSettings] = None
    ) -> None:
        self._knowledge = knowledge
        self._procedures = ProcedureTalk(knowledge)
        self._general = GeneralTalk(knowledge, self._procedures)
        self._handover = HandoverTalk(desk, settings or DeskSettings()) if desk else None
        self._following = FollowTalk(knowledge, self._procedures, desk) if desk else None
        self._handlers: dict[str, Callable[[Message, Memory], Turn]] = {
            "action_answer": self._procedures.answer,
            "action_choose": self._procedures.choose,
            "action_correct": self._procedures.correct,
            "action_affirm": self._affirm,
            "action_deny": self._deny,
            "action_small_talk": self._small_talk,
            "action_status": self._status,
            "action_person": self._person,
            "action_follow": self._follow,
            "action_stop_following": self._stop_following,
            "action_rate": self._rate,
            "action_start_over": self._start_over,
            "action_out_of_scope": self._out_of_scope,
            "action_warn": self._warn,
        }

    @property
    def knowledge(self) -> KnowledgeBase:
        """What it answers from."""
        return self._knowledge

    @property
    def actions(self) -> tuple[str, ...]:
        """Names of the actions it answers for."""
        return tuple(self._handlers)

    def follow(self) -> None:
        """Follow the knowledge by itself from now on, not only when somebody asks."""
        self._knowledge.keeper.watch()

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
        memory = _with_ward(message, memory)
        typed_nothing = not any(letter.isalnum() for letter in message.text)
        if typed_nothing and not message.entities and not message.tapped:
            turn = Turn(ready("empty"), TurnRecord(Outcome.OUT_OF_SCOPE), memory)
        elif (private := privacy_turn(message, memory)) is not None:
            turn = private
        elif (general := self._general.before(action, message, memory)) is not None:
            turn = general
        else:
            answered = self._procedures.place_named(message, memory) or self._open_question(action, message, memory)
            turn = answered or self._handlers[action](message, memory)
            turn = self._general.after(turn, message, memory)
            turn = self._following.offer(turn, message) if self._following else turn
        turn.record.intent = message.intent or None
        return replace(turn, memory=replace(turn.memory, turns=memory.turns + 1))

    def _open_question(self, action: str, message: Message, memory: Memory) -> Optional[Turn]:
        """An answer to what was asked back, whatever the classifier takes it for ('xe máy á', 'bị mất rồi')."""
        if action not in _OUTSIDE or not message.text:
            return None
        sure = self._sure(message)
        if memory.options:
            picked = self._procedures.readings.picked(message, memory)
            if picked is not None and not (sure and action == "action_small_talk"):
                aspect = memory.aspect or Aspect.WHICH
                return self._procedures.tell(
                    picked, aspect, message, memory, codes=list(memory.options), confidence=1.0
                )
        talking = memory.waiting or (memory.procedure is not None and not sure)
        plain = message.ranking.get(message.intent, 1.0) >= SURE_WHILE_WAITING
        if talking and memory.question and not (plain and action != "action_out_of_scope"):
            return self._procedures.detail(message, memory)
        return None

    def _sure(self, message: Message) -> bool:
        """Say whether an intent that asks for no procedure is to be believed."""
        contradicted = message.about_procedures is not None and message.about_procedures >= SURELY_ABOUT
        return message.ranking.get(message.intent, 1.0) >= (SURE_AGAINST_SCOPE if contradicted else SURE_OUTSIDE)

    def _affirm(self, message: Message, memory: Memory) -> Turn:
        if len(memory.options) == 1:
            only, aspect = memory.options[0], memory.aspect or Aspect.WHICH
            return self._procedures.tell(only, aspect, message, memory, codes=[only], confidence=1.0)
        if memory.options:
            return self._procedures.offer_again(memory, say("ask_back"))
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
        if not message.text or (self._sure(message) and message.intent != OUTSIDE_INTENT):
            return None
        return self._procedures.asks_after_all(message, memory)

    def _status(self, message: Message, memory: Memory) -> Turn:
        if not message.entity("dossier_code") and message.ranking.get(message.intent, 1.0) < SURE_STATUS:
            turn = self._procedures.asks_after_all(message, memory)
            if turn is not None:
                return turn
        return Turn(ready("status"), TurnRecord(Outcome.ANSWERED, Aspect.STATUS, confidence=1.0), memory.settled())

    def _person(self, message: Message, memory: Memory) -> Turn:
        if self._handover:
            return self._handover.person(message, memory)
        return Turn(contacts(memory), TurnRecord(Outcome.HANDED_OVER), memory)

    def _follow(self, message: Message, memory: Memory) -> Turn:
        return self._following.follow(message, memory) if self._following else self._nowhere(memory)

    def _stop_following(self, message: Message, memory: Memory) -> Turn:
        return self._following.stop(message, memory) if self._following else self._nowhere(memory)

    @staticmethod
    def _nowhere(memory: Memory) -> Turn:
        return Turn(ready("follow_nowhere"), TurnRecord(Outcome.SMALLTALK), memory)

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
        turn = self._really_asks(message, memory)
        return turn or Turn(ready(name), TurnRecord(Outcome.OUT_OF_SCOPE), memory)


def _with_ward(message: Message, memory: Memory) -> Memory:
    """The memory, with the ward that a message names."""
    where = one_stop(message.text, message.entities.get("place", ())) if message.text else None
    return replace(memory, ward=where.unit) if where and where.unit else memory
