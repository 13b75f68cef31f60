"""What a button may say: a small grammar of our own, translated into Rasa's payloads.

Clients never send Rasa payloads: text that begins with '/' could forge any
intent. A button's payload is checked against this grammar, and everything
else is free text without its leading slashes.
"""

from __future__ import annotations

import json
import re

from vietnamese.normalise import normalise

ASPECT_INTENTS = {
    "which_procedure": "ask_procedure",
    "documents": "ask_documents",
    "fee": "ask_fee",
    "processing_time": "ask_processing_time",
    "place": "ask_place",
    "how_to_file": "ask_how_to_file",
    "eligibility": "ask_eligibility",
    "form": "ask_form",
    "result": "ask_result",
    "legal_basis": "ask_legal_basis",
    "portal_link": "ask_portal_link",
}
COMMAND_INTENTS = {
    "menu": "greet",
    "help": "ask_capabilities",
    "cancel": "start_over",
    "person": "ask_person",
    "good": "rate_good",
    "bad": "rate_bad",
    "leave": 'ask_person{"wish": "leave"}',
    # Where nobody of the staff is talking, there is nothing to end but what was asked.
    "end": "start_over",
    "following": 'follow_procedure{"wish": "list"}',
    "unfollow": 'stop_following{"wish": "all"}',
}
_PROCEDURE = re.compile(
    r"thu-tuc:(?P<code>\d\.\d{6}(?:\.[\w.]{1,24})?|(?=[a-z0-9-]{3,38}(?::|$))[a-z][a-z0-9]*(?:-[a-z0-9]+)+)"
    r"(?::(?P<aspect>[a-z_]+)(?::(?P<case>\d{1,2}))?)?"
)
_FOLLOW = re.compile(r"(?P<stop>thoi-)?theo-doi:(?P<code>\d\.\d{6}(?:\.[\w.]{1,24})?)")
_CHOICE = re.compile(r"chon:(?P<number>\d{1,2})")
_SLASHES = "/／\u2044\u2215"
_ASK = re.compile(r"hoi:(?P<text>[^\x00-\x1f]{1,120})")
_COMMAND = re.compile(r"lenh:(?P<name>[a-z]{1,20})")


def to_rasa(payload: str) -> str | None:
    """Translate a button's payload; None where it is none of ours.

    ``thu-tuc:CODE[:ASPECT[:CASE]]`` opens a procedure, ``chon:N`` picks from a
    list, ``theo-doi:CODE`` and ``thoi-theo-doi:CODE`` follow a procedure and
    stop it, ``hoi:TEXT`` asks a ready-made question (free text again),
    ``lenh:NAME`` is a command of a channel's menu.
    """
    if match := _PROCEDURE.fullmatch(payload):
        aspect = match.group("aspect") or "which_procedure"
        if aspect not in ASPECT_INTENTS:
            return None
        entities = {"procedure_code": match.group("code"), "aspect": aspect}
        if match.group("case"):
            entities["case"] = match.group("case")
        return f"/{ASPECT_INTENTS[aspect]}{json.dumps(entities)}"
    if match := _FOLLOW.fullmatch(payload):
        wish = "stop_following" if match.group("stop") else "follow_procedure"
        return f"/{wish}{json.dumps({'procedure_code': match.group('code')})}"
    if match := _CHOICE.fullmatch(payload):
        return f"/choose_option{json.dumps({'ordinal': match.group('number')})}"
    if match := _ASK.fullmatch(payload):
        return harmless(match.group("text"))
    if match := _COMMAND.fullmatch(payload):
        intent = COMMAND_INTENTS.get(match.group("name"))
        return f"/{intent}" if intent else None
    return None


def harmless(text: str) -> str:
    """Free text that can't be taken for one of Rasa's payloads.

    Rasa looks for them after our normaliser, so what that drops (control and
    invisible characters) hides no slash here either.
    """
    start = 0
    while start < len(text) and (text[start] in _SLASHES or not normalise(text[start])):
        start += 1
    return text[start:]
