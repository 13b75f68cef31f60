"""The answer as citizens will read it: on the web, on Telegram, on Zalo."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.engine import Connection

from answers import answer
from answers.outcome import Aspect
from answers.phrasing import word
from knowledge import tables as t
from knowledge.editing.model import Payload, Work
from knowledge.editing.payload import read_payload
from knowledge.layer import Layer
from knowledge.procedure import Procedure
from rendering import telegram, zalo_oa
from rendering.tree import read_tree
from web.templating import templates

ASPECTS: Final = (
    Aspect.WHICH, Aspect.DOCUMENTS, Aspect.FEE, Aspect.TIME, Aspect.PLACE, Aspect.HOW_TO_FILE, Aspect.ELIGIBILITY,
    Aspect.FORM, Aspect.RESULT, Aspect.LEGAL_BASIS,
)  # fmt: skip
_ZALO_TEXT, _ZALO_TITLE = 2_000, 100
"""Units of a message and of a button on Zalo, as its documentation has them."""


@dataclass(frozen=True)
class Preview:
    """One answer on three channels.

    Attributes:
        web: HTML as the chat page shows it.
        telegram: HTML of each message, made of Telegram's few tags.
        buttons: titles of the buttons below the answer.
        zalo: text of each message, with the numbered menu that stands for buttons.
    """

    web: Markup
    telegram: tuple[Markup, ...]
    buttons: tuple[str, ...]
    zalo: tuple[str, ...]


def aspect_of(given: str) -> Aspect:
    """The aspect that is asked for; the overview for anything else."""
    return next((aspect for aspect in ASPECTS if aspect.value == given), Aspect.WHICH)


def aspects() -> list[tuple[str, str]]:
    """Aspects to choose from, with their words."""
    return [(aspect.value, word("aspects", aspect.value)) for aspect in ASPECTS]


def told(connection: Connection, work: Work, payload: Payload) -> Procedure | None:
    """The procedure as it would be told with a payload as its editorial layer; None where that breaks the rules."""
    layer, _ = read_payload(payload, over_official=work.official is not None)
    if layer is None:
        return None
    doubts = frozenset(connection.execute(select(t.doubts.c.field).where(t.doubts.c.code == work.code)).scalars())
    official = Layer.parse_obj(work.official) if work.official is not None else None
    return Procedure(work.code, official, layer, doubts)


def preview(procedure: Procedure, aspect: Aspect, today: dt.date) -> Preview:
    """The answer to one question on three channels."""
    plain: dict[str, Any] = answer(procedure, aspect, today).as_json()
    tree = read_tree(plain)
    zalo = zalo_oa.render(tree, buttons=False, text_limit=_ZALO_TEXT, title_limit=_ZALO_TITLE)
    # Buttons would be forms that send a question; here they are only shown.
    shown = {**plain, "buttons": []}
    return Preview(
        # Both are made by a template and a renderer that escape every text.
        Markup(templates.get_template("reply.html").render(reply=shown)),
        tuple(Markup(body["html"]) for body in telegram.render(tree)),
        tuple(button.title for button in tree.buttons),
        tuple(body["message"]["text"] for body in zalo),
    )
