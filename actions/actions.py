"""Rasa's actions: thin, one for each rule's end; the policy is in ``dialogue``."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Optional

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, EventType, FollowupAction, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.dialogue import Dialogue
from actions.explain import Explainer
from actions.knowledge_base import KnowledgeBase
from actions.memory import FRESH_AFTER, Memory, Message
from actions.portal_links import counted
from actions.procedure_talk import Turn
from actions.trying import Trier
from answers.outcome import Outcome, TurnRecord
from answers.phrasing import reply as ready
from desk.database import open_desk
from knowledge.database import open_engine
from settings import evaluation_file
from settings.desk import desk_settings
from watching import metrics

logger = logging.getLogger(__name__)

_dialogue: Optional[Dialogue] = None
_explainer: Optional[Explainer] = None
_trier: Optional[Trier] = None
_KEPT = ("procedure", "aspect", "topics", "guide", "ward")
"""Slots that a fresh session still knows."""


def dialogue() -> Dialogue:
    """The process's dialogue, over the database of the settings."""
    global _dialogue
    if _dialogue is None:
        _dialogue = Dialogue(KnowledgeBase(open_engine()), open_desk(), desk_settings())
    return _dialogue


def use_dialogue(other: Optional[Dialogue]) -> None:
    """Put another dialogue in place (tests), or None to make a new one when needed."""
    global _dialogue, _explainer, _trier
    _dialogue, _explainer, _trier = other, None, None


def explainer() -> Explainer:
    """Explains the process's dialogue."""
    global _explainer
    if _explainer is None:
        _explainer = Explainer(dialogue().knowledge)
    return _explainer


def trier() -> Trier:
    """Tries changes on the process's own index."""
    global _trier
    if _trier is None:
        _trier = Trier(dialogue().knowledge, evaluation_file())
    return _trier


def run_turn(name: str, tracker: Tracker) -> Turn:
    """Run one turn; whatever breaks becomes an apology, counted as failed."""
    memory = Memory.from_slots(tracker.slots)
    try:
        with metrics.stage("action"):
            message = Message.from_tracker(tracker.latest_message or {}, tracker.sender_id)
            return dialogue().respond(name, message, memory)
    except Exception as error:
        # The type tells an engineer where to look; the message may hold what a user typed.
        logger.error("turn failed in %s: %s", name, type(error).__name__, exc_info=logger.isEnabledFor(logging.DEBUG))
        return Turn(ready("failed"), TurnRecord(Outcome.FAILED), memory)


class _DialogueAction(Action):
    """Runs the dialogue under its own name."""

    action_name = ""

    def name(self) -> str:
        """The action's name in the domain."""
        return self.action_name

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Say the reply, with its tree and the turn's record beside the text, and remember."""
        turn = run_turn(self.action_name, tracker)
        reply = counted(turn.reply, tracker.sender_id, tracker.get_latest_input_channel() or "")
        buttons = [{"title": button.title, "payload": button.payload or button.url} for button in reply.buttons]
        tree = {**reply.as_json(), "rate": turn.record.outcome is Outcome.ANSWERED}
        wish = {"wish": turn.wish} if turn.wish else {}
        dispatcher.utter_message(text=reply.text(), buttons=buttons, reply=tree, turn=turn.record.as_json(), **wish)
        before = tracker.slots
        events: list[EventType] = [
            SlotSet(slot, value) for slot, value in turn.memory.as_slots().items() if before.get(slot) != value
        ]
        if turn.memory.turns >= FRESH_AFTER:
            events.append(FollowupAction("action_session_start"))
        elif not ((tracker.latest_message or {}).get("intent") or {}).get("name"):
            # Rules end a turn by its intent. Without one Rasa would choose this action again up to its limit, and then
            # never answer this sender again.
            events.append(FollowupAction("action_listen"))
        return events


class ActionAnswer(_DialogueAction):
    """A question about a procedure."""

    action_name = "action_answer"


class ActionChoose(_DialogueAction):
    """A choice from the options offered."""

    action_name = "action_choose"


class ActionCorrect(_DialogueAction):
    """A correction."""

    action_name = "action_correct"


class ActionAffirm(_DialogueAction):
    """A yes."""

    action_name = "action_affirm"


class ActionDeny(_DialogueAction):
    """A no."""

    action_name = "action_deny"


class ActionSmallTalk(_DialogueAction):
    """Courtesies and small talk."""

    action_name = "action_small_talk"


class ActionStatus(_DialogueAction):
    """The state of a filed dossier."""

    action_name = "action_status"


class ActionPerson(_DialogueAction):
    """A wish to talk to a person."""

    action_name = "action_person"


class ActionFollow(_DialogueAction):
    """A wish to be told when a procedure changes."""

    action_name = "action_follow"


class ActionStopFollowing(_DialogueAction):
    """A wish to be told no longer."""

    action_name = "action_stop_following"


class ActionRate(_DialogueAction):
    """Praise or blame."""

    action_name = "action_rate"


class ActionStartOver(_DialogueAction):
    """From the beginning."""

    action_name = "action_start_over"


class ActionOutOfScope(_DialogueAction):
    """Nothing to do with procedures."""

    action_name = "action_out_of_scope"


class ActionWarn(_DialogueAction):
    """Scams, bribes and danger."""

    action_name = "action_warn"


class ActionExplain(Action):
    """Tells staff why a message is answered as it is; no rule leads here, the web channel's door asks for it."""

    def name(self) -> str:
        """Not in the domain, so that Rasa never chooses it."""
        return "action_explain"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Explain the turn that ``followup_action`` would make of the latest message; changes no conversation."""
        message = Message.from_tracker(tracker.latest_message or {})
        try:
            told = explainer().explain(str(tracker.followup_action), message)
        except Exception as error:
            # The type alone: what broke may hold what was pasted.
            logger.error("explaining failed: %s", type(error).__name__)
            return []
        dispatcher.utter_message(json_message=told)
        return []


class ActionTry(Action):
    """Tells staff what a new way to ask would change; no rule leads here, the web channel's door asks for it."""

    def name(self) -> str:
        """Not in the domain, so that Rasa never chooses it."""
        return "action_try"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Try the text of the latest message as a way to ask of the procedure that ``followup_action`` names."""
        way = str((tracker.latest_message or {}).get("text") or "")
        try:
            # Takes a second or more: turns go on meanwhile.
            told = await asyncio.to_thread(trier().try_way, str(tracker.followup_action), way)
        except Exception as error:
            # The type alone: what broke may hold what somebody asked.
            logger.error("trying failed: %s", type(error).__name__)
            return []
        dispatcher.utter_message(json_message=told)
        return []


class ActionSessionStart(Action):
    """A fresh session that still knows the last procedure."""

    def name(self) -> str:
        """Rasa's own name for it."""
        return "action_session_start"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Begin a session with the slots that are kept."""
        events: list[EventType] = [SessionStarted()]
        events += [SlotSet(slot, tracker.slots[slot]) for slot in _KEPT if tracker.slots.get(slot) is not None]
        return [*events, ActionExecuted("action_listen")]
