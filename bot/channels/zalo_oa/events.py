"""Zalo's events, read once and strictly: what comes out is safe to keep, what we don't know is told apart.

Shapes from Zalo's webhook pages. Ids are decimal strings above 2^53 and stay
strings. Whoever claims to be the sender: where the sender is the account
itself, it is never what a person said.
"""

from __future__ import annotations

import enum
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Optional

LONGEST_TEXT = 2_000
"""Characters of a text that are looked at."""
_ID = re.compile(r"\d{1,25}")
_MESSAGE_ID = re.compile(r"[\w.:=+/-]{1,80}", re.A)
_KIND = re.compile(r"[a-z_]{1,20}", re.A)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_PLACE = re.compile(r"[^\W_](?:[^\W_]|[ .,'-]){0,79}")


class What(str, enum.Enum):
    """What happened, in our words."""

    TEXT = "text"
    LOCATION = "location"
    ATTACHMENT = "attachment"
    """A picture, voice, film, file or sticker without words."""
    FOLLOW = "follow"
    UNFOLLOW = "unfollow"
    OPENED = "opened"
    """Somebody pressed 'chat now'; once for each person."""
    PLACE = "place"
    """Contact details were handed in; only the ward and the province are kept of them."""
    OPERATOR = "operator"
    """A person wrote to the citizen in OA chat."""
    WITHDRAW = "withdraw"
    """A request to delete everything about a person."""


@dataclass(frozen=True)
class Event:
    """One event of one person, with nothing of it that isn't needed.

    Attributes:
        what: what happened.
        user: the person's id for this account.
        key: what tells repeats; the same for every delivery of one event.
        at: when, in seconds since 1970, by Zalo's clock.
        text: what was written ('' without words), or 'ward, province'.
        kind: the attachment's kind ('image', 'sticker', …).
        latitude: degrees north, of a location.
        longitude: degrees east, of a location.
        message: Zalo's id of the message.
    """

    what: What
    user: str
    key: str
    at: float
    text: str = ""
    kind: str = ""
    latitude: Optional[float] = None
    longitude: Optional[float] = None
    message: str = ""


class Malformed(Exception):
    """A body that isn't what Zalo documents. The text names the part, never its value."""


def read_body(body: bytes) -> dict[str, Any]:
    """Parse a webhook body.

    Raises:
        Malformed: it is no JSON object in UTF-8.
    """
    try:
        fields = json.loads(body.decode("utf-8"), parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Malformed("json") from error
    if not isinstance(fields, dict):
        raise Malformed("object")
    return fields


def _refuse(_name: str) -> None:
    raise ValueError("not a JSON number")


def read_event(fields: Mapping[str, Any], oa_id: str) -> Optional[Event]:
    """Read an event; None for those that are answered 200 and otherwise ignored.

    Args:
        fields: the parsed body, its signature already checked.
        oa_id: our account; events of another are ignored.

    Raises:
        Malformed: an event we know, with parts missing or of the wrong kind.
    """
    name = fields.get("event_name")
    if not isinstance(name, str):
        raise Malformed("event_name")
    if name.startswith("user_send_") and not name.startswith("user_send_group_"):
        return _said(name, fields, oa_id)
    if name.startswith("oa_send_") and not name.startswith("oa_send_group_"):
        return _operator(name, fields, oa_id)
    if name in ("follow", "unfollow"):
        user = _identifier(_part(fields, "follower").get("id"), "follower.id")
        what = What.FOLLOW if name == "follow" else What.UNFOLLOW
        return _about_account(name, what, fields, oa_id, user)
    if name in ("user_click_chatnow", "user_withdraw"):
        user = _identifier(fields.get("user_id"), "user_id")
        what = What.WITHDRAW if name == "user_withdraw" else What.OPENED
        return _about_account(name, what, fields, oa_id, user)
    if name == "user_submit_info":
        return _submitted(fields, oa_id)
    return None


def _said(name: str, fields: Mapping[str, Any], oa_id: str) -> Optional[Event]:
    user = _from_user(fields, oa_id)
    if user is None or name == "user_send_business_card":
        return None
    message = _part(fields, "message")
    identifier = _message_id(message)
    key, at = f"{identifier}:{name}", _moment(fields)
    text = _text(message.get("text"))
    if name == "user_send_location":
        latitude, longitude = _coordinates(message)
        return Event(What.LOCATION, user, key, at, "", "location", latitude, longitude, message=identifier)
    kind = name.removeprefix("user_send_")
    if not _KIND.fullmatch(kind):
        raise Malformed("event_name")
    if text:
        return Event(What.TEXT, user, key, at, text, "" if kind == "text" else kind, message=identifier)
    if kind == "text":
        raise Malformed("message.text")
    return Event(What.ATTACHMENT, user, key, at, kind=kind, message=identifier)


def _operator(name: str, fields: Mapping[str, Any], oa_id: str) -> Optional[Event]:
    sender = _part(fields, "sender")
    if _identifier(sender.get("id"), "sender.id") != oa_id or not sender.get("admin_id"):
        return None  # an echo of our own message, or another account's
    user = _identifier(_part(fields, "recipient").get("id"), "recipient.id")
    if not _KIND.fullmatch(name.removeprefix("oa_send_")):
        raise Malformed("event_name")
    message = _part(fields, "message")
    identifier = _message_id(message)
    # Only the command that ends the silence is looked for in it; the staff's words are not ours to keep.
    text = _text(message.get("text"))[:40]
    return Event(What.OPERATOR, user, f"{identifier}:{name}", _moment(fields), text, message=identifier)


def _about_account(name: str, what: What, fields: Mapping[str, Any], oa_id: str, user: str) -> Optional[Event]:
    if _identifier(fields.get("oa_id"), "oa_id") != oa_id or user == oa_id:
        return None
    at = _moment(fields)
    return Event(what, user, f"{name}:{user}:{at:.3f}", at)


def _submitted(fields: Mapping[str, Any], oa_id: str) -> Optional[Event]:
    user = _from_user(fields, oa_id)
    if user is None:
        return None
    info = _part(fields, "info")
    full = info.get("full_address")
    # Before 2025 the address was flat, with the district that has since been abolished.
    ward, city = (
        (full.get("user_ward"), full.get("user_city"))
        if isinstance(full, dict)
        else (info.get("ward"), info.get("city"))
    )
    places = [place for place in (_text(ward), _text(city)) if _PLACE.fullmatch(place)]
    at = _moment(fields)
    return Event(What.PLACE, user, f"user_submit_info:{user}:{at:.3f}", at, ", ".join(places))


def _from_user(fields: Mapping[str, Any], oa_id: str) -> Optional[str]:
    sender = _identifier(_part(fields, "sender").get("id"), "sender.id")
    recipient = _identifier(_part(fields, "recipient").get("id"), "recipient.id")
    return sender if recipient == oa_id and sender != oa_id else None


def _part(fields: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = fields.get(name)
    if not isinstance(part, dict):
        raise Malformed(name)
    return part


def _identifier(value: object, name: str) -> str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**25:
        value = str(value)
    if not isinstance(value, str) or not _ID.fullmatch(value) or not value.isascii():
        raise Malformed(name)
    return value


def _message_id(message: Mapping[str, Any]) -> str:
    value = message.get("msg_id")
    if not isinstance(value, str) or not _MESSAGE_ID.fullmatch(value):
        raise Malformed("message.msg_id")
    return value


def _moment(fields: Mapping[str, Any]) -> float:
    value = fields.get("timestamp")
    text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        raise Malformed("timestamp")
    return int(text) / 1000


def _text(value: object) -> str:
    """Clean text in NFC; '' for anything else."""
    if not isinstance(value, str):
        return ""
    return unicodedata.normalize("NFC", _CONTROL.sub(" ", value[: LONGEST_TEXT * 2])).strip()[:LONGEST_TEXT]


def _coordinates(message: Mapping[str, Any]) -> tuple[float, float]:
    attachments = message.get("attachments")
    first = attachments[0] if isinstance(attachments, list) and attachments else None
    payload = first.get("payload") if isinstance(first, dict) else None
    pair = payload.get("coordinates") if isinstance(payload, dict) else None
    if not isinstance(pair, dict):
        raise Malformed("coordinates")
    return _degrees(pair.get("latitude"), 90), _degrees(pair.get("longitude"), 180)


def _degrees(value: object, most: int) -> float:
    # Documented as strings.
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        raise Malformed("coordinates")
    text = str(value)
    if not re.fullmatch(r"-?\d{1,3}(?:\.\d{1,20})?", text, re.A) or abs(float(text)) > most:
        raise Malformed("coordinates")
    return float(text)
