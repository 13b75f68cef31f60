"""How a message is read and answered, for the staff's console: understood by the model, decided by the actions.

No conversation is touched: the tracker that the rules are asked about is made here and forgotten.
"""

from __future__ import annotations

from typing import Any

import rasa
from rasa.core.agent import Agent
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from privacy import without_tokens
from vietnamese.normalise import normalise
from vietnamese.segment import words
from vietnamese.understand import Understander

ACTION, TRY_ACTION = "action_explain", "action_try"
SENDER = "explain"
ACTIONS_TIMEOUT = 20
"""Seconds that the action server may take."""
ABOUT = "about_procedures"
"""Where the model tells its log odds that a message is about procedures (``bot.nlu.scope.OUTPUT``)."""
INTENTS = 6
"""Intents that are told, the likeliest first."""


async def explain(agent: Agent, text: str) -> dict[str, Any]:
    """Tell how the first message of a conversation is read and answered.

    Args:
        agent: with its model loaded.
        text: the message as a turn would get it: masked, and never a button's payload.

    Returns:
        ``text``; ``normal``: normalised, nothing guessed; ``written``: abbreviations written out; ``understood``:
        diacritics restored; ``words``: segmented; ``intents`` and ``entities``; ``about``: log odds that it is
        about procedures; ``action``: what the rules chose, by
        ``policy``; ``decision``: what the actions tell of the turn, None where they couldn't.

    Raises:
        aiohttp.ClientError: the action server can't be reached.
    """
    parsed = await agent.parse_message(text)
    understood = str(parsed.get("understood") or parsed.get("text") or "")
    action, policy = _chosen(agent, parsed)
    heard = without_tokens(text) or text
    return {
        "text": text,
        "normal": normalise(text),
        "written": Understander().understand(heard).text,
        "understood": understood,
        "words": [word.text for word in words(understood)],
        "intents": [
            {"name": intent.get("name"), "confidence": intent.get("confidence")}
            for intent in (parsed.get("intent_ranking") or [])[:INTENTS]
        ],
        "entities": [
            {"entity": entity.get("entity"), "role": entity.get("role"), "value": str(entity.get("value"))}
            for entity in parsed.get("entities") or []
        ],
        "about": parsed.get(ABOUT),
        "action": action,
        "policy": policy,
        "decision": await _decision(agent, parsed, action),
    }


def _chosen(agent: Agent, parsed: dict[str, Any]) -> tuple[str, str]:
    """The action that the rules choose at the start of a conversation, and the policy that did."""
    tracker = DialogueStateTracker(SENDER, agent.domain.slots)
    for event in (
        ActionExecuted(ACTION_SESSION_START_NAME),
        SessionStarted(),
        ActionExecuted(ACTION_LISTEN_NAME),
        UserUttered(parsed["text"], parsed["intent"], parsed["entities"], parsed),
    ):
        tracker.update(event, agent.domain)
    predicted = agent.predict_next_with_tracker(tracker)
    best = max(predicted["scores"], key=lambda scored: scored["score"])
    return str(best["action"]), str(predicted["policy"])


async def _decision(agent: Agent, parsed: dict[str, Any], action: str) -> Any:
    """What the action server tells of the turn."""
    return await _told(agent, ACTION, parsed, action)


async def try_way(agent: Agent, code: str, way: str) -> Any:
    """What a new way to ask of a procedure would change, as ``knowledge.search.trial.Effect`` tells it.

    Args:
        agent: with an action server.
        code: the procedure's.
        way: the way to ask, as understood.

    Returns:
        ``effect``, None where the procedure isn't in the search's index; None where the actions couldn't tell.

    Raises:
        aiohttp.ClientError: the action server can't be reached.
    """
    return await _told(agent, TRY_ACTION, {"text": way, "intent": {}, "entities": []}, code)


async def _told(agent: Agent, action: str, message: dict[str, Any], about: str) -> Any:
    """What an action of the staff's tells of a message; it belongs to no conversation."""
    tracker = {"sender_id": SENDER, "slots": {}, "latest_message": message, "events": [], "followup_action": about}
    call = {"next_action": action, "sender_id": SENDER, "tracker": tracker, "domain": {}, "version": rasa.__version__}
    answer = await agent.action_endpoint.request(json=call, method="post", timeout=ACTIONS_TIMEOUT)
    responses = (answer or {}).get("responses") or [{}]
    return responses[0].get("custom") or None
