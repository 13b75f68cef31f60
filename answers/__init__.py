"""Build the answer for one aspect of one procedure, from its record and nothing else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Optional
from urllib.parse import quote

from answers import about, costs, documents, filing
from answers.common import Told, short, source_line, unique
from answers.outcome import Aspect
from answers.phrasing import say, word
from answers.reply import Block, Button, Paragraph, Reply, Title, fit
from knowledge.layer import CodeState
from knowledge.places import OneStop
from knowledge.procedure import Procedure
from settings import public_url

# What people ask next, most likely first.
_NEXT = {
    Aspect.WHICH: (Aspect.DOCUMENTS, Aspect.HOW_TO_FILE, Aspect.FEE, Aspect.TIME),
    Aspect.DOCUMENTS: (Aspect.HOW_TO_FILE, Aspect.FEE, Aspect.TIME, Aspect.FORM),
    Aspect.FEE: (Aspect.DOCUMENTS, Aspect.HOW_TO_FILE, Aspect.TIME),
    Aspect.TIME: (Aspect.DOCUMENTS, Aspect.HOW_TO_FILE, Aspect.FEE),
    Aspect.PLACE: (Aspect.DOCUMENTS, Aspect.HOW_TO_FILE, Aspect.FEE),
    Aspect.HOW_TO_FILE: (Aspect.DOCUMENTS, Aspect.FEE, Aspect.TIME),
}
_NEXT_DEFAULT = (Aspect.DOCUMENTS, Aspect.HOW_TO_FILE, Aspect.FEE)
_CASE_BUTTONS = 4

_BUILDERS: dict[Aspect, Callable[[Procedure, dt.date], Told]] = {
    Aspect.WHICH: about.overview,
    Aspect.FEE: costs.fees,
    Aspect.TIME: costs.processing_time,
    Aspect.PLACE: filing.place,
    Aspect.HOW_TO_FILE: filing.how_to_file,
    Aspect.ELIGIBILITY: about.eligibility,
    Aspect.FORM: about.form,
    Aspect.RESULT: about.result,
    Aspect.LEGAL_BASIS: about.legal_basis,
    Aspect.PORTAL_LINK: about.portal_link,
}


def answer(
    procedure: Procedure,
    aspect: Aspect,
    today: dt.date,
    words: Sequence[str] = (),
    case: Optional[int] = None,
    where: Optional[OneStop] = None,
) -> Reply:
    """The answer with its source and the next buttons.

    Args:
        procedure: the record.
        aspect: what was asked.
        today: decides which fees and times are valid.
        words: folded words of the message; they choose a case of the documents.
        case: a case chosen by number, from 0.
        where: where the citizen is, if the message says it; for the question where to go.
    """
    chosen = case if case is not None else documents.case_in(procedure, words)
    if aspect is Aspect.DOCUMENTS:
        blocks, sources = documents.checklist(procedure, chosen)
    elif aspect is Aspect.PLACE and where is not None:
        blocks, sources = filing.place_at(procedure, today, where)
    else:
        blocks, sources = _BUILDERS.get(aspect, about.overview)(procedure, today)
    head: list[Block] = [Title(procedure.name)]
    if procedure.code_caution:
        blocks = [*blocks, Paragraph(procedure.code_caution)]
    tail: list[Block] = [source_line(sources, today)] if (sources := sources or unique([procedure.source()])) else []
    reply = Reply(fit([*head, *blocks, *tail], say("more_on_portal")))
    if aspect is Aspect.DOCUMENTS and len(procedure.cases) > 1 and chosen is None:
        reply.buttons += [
            Button(short(item.name, 60), payload=f"thu-tuc:{procedure.code}:documents:{at}")
            for at, item in enumerate(procedure.cases[:_CASE_BUTTONS])
        ]
    elif aspect is Aspect.PLACE and where and len(where.units) <= _CASE_BUTTONS and filing.asks_unit(procedure, where):
        reply.buttons += [Button(unit, payload=f"hoi:{filing.unit_name(unit)}") for unit in where.units]
    else:
        reply.buttons += [
            Button(word("aspects", other.value), payload=f"thu-tuc:{procedure.code}:{other.value}")
            for other in _NEXT.get(aspect, _NEXT_DEFAULT)
        ]
    if aspect is Aspect.DOCUMENTS and procedure.cases and (site := public_url()):
        picked = f"?truong-hop={chosen + 1}" if chosen is not None and len(procedure.cases) > 1 else ""
        reply.buttons.append(Button(say("open_sheet"), url=f"{site}/thu-tuc/{procedure.code}{picked}"))
    opens = "open_portal" if procedure.code_state is CodeState.CONFIRMED else "search_portal"
    reply.buttons.append(Button(say(opens), url=portal_link(procedure)))
    return reply


def portal_link(procedure: Procedure) -> str:
    """The way to a procedure's page on the portal: through our counter (web/portal.py) where people can reach that."""
    site = public_url()
    return f"{site}/di/{quote(procedure.code)}" if site else procedure.portal_url
