"""Why did it say that: a pasted message as it is understood, searched for and decided. Nothing of it is kept."""

from __future__ import annotations

import math
from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from accounts.roles import Role
from web.assistant import Assistant, Unexplained
from web.console import explain_words as words
from web.console import figure_words
from web.console.pages import Pages, Tile
from web.console.visit import Visit
from web.templating import templates

pages = Pages(Tile("/giai-thich", words.EXPLAIN, words.EXPLAIN_TEXT, Role.VIEWER))
LONGEST = 2_000
"""Characters of a message that the assistant reads."""


def signed(value: float) -> str:
    """A share of a score with its sign: 2.305 -> '+2,31'."""
    return f"{'−' if round(value, 2) < 0 else '+'}{abs(value):.2f}".replace(".", ",")


def percent(value: float) -> str:
    """A share in whole percents, with a decimal where it is small: 0.734 -> '73 %'."""
    digits = 0 if value >= 0.1 or value == 0 else 1
    return f"{value * 100:.{digits}f} %".replace(".", ",")


def chance(log_odds: float) -> str:
    """Log odds as a probability in words of a page: 2.2 -> 'xác suất 90 %'."""
    return f"xác suất {percent(1 / (1 + math.exp(-log_odds)))}"


@pages.get("/giai-thich", Role.VIEWER)
def ask(visit: Visit) -> Response:
    """The empty form."""
    return visit.page("explain.html", typed="", told=None, fault="")


@pages.post("/giai-thich", Role.VIEWER)
async def explained(visit: Visit) -> Response:
    """The form with the explanation; by POST, so that what was pasted stands in no address."""
    typed = visit.raw("tin").strip()
    fault = words.TOO_LONG if len(typed) > LONGEST else "" if typed else words.NOTHING
    if fault:
        return visit.page("explain.html", status=422, typed=typed, told=None, fault=fault)
    assistant: Assistant = visit.request.app.state.assistant
    try:
        told = await assistant.explain(typed)
    except Unexplained as error:
        return visit.page("explain.html", status=422, typed=typed, told=None, fault=str(error))
    decision = told["decision"]
    reply = decision["reply"]
    # The template escapes every text; buttons would be forms that send a question.
    html = Markup(templates.get_template("reply.html").render(reply={**reply, "buttons": []}))
    return visit.page(
        "explain.html", typed=typed, told=told, fault="", stages=_stages(typed, told), reply=html,
        buttons=[button["title"] for button in reply["buttons"]], decision=decision, labels=words,
        outcomes=figure_words.OUTCOMES, aspects=figure_words.ASPECTS, signed=signed, percent=percent,
        chance=chance,
    )  # fmt: skip


def _stages(typed: str, told: dict[str, Any]) -> list[tuple[str, str]]:
    """What became of the message, step by step."""
    received = [(words.RECEIVED, told["text"])] if told["text"] != typed else []
    return [
        (words.TYPED, typed),
        *received,
        (words.NORMAL, told["normal"]),
        (words.WRITTEN, told["written"]),
        (words.UNDERSTOOD, told["understood"]),
        (words.WORDS, " · ".join(told["words"])),
    ]
