"""What a procedure is, for whom, on what grounds, with which forms and which result."""

from __future__ import annotations

import datetime as dt
from typing import Optional

from answers.common import Told, bullets, missing, short, unique
from answers.costs import headline_fee, times
from answers.filing import deciding_agency
from answers.phrasing import say
from answers.reply import Block, Item, Items, Paragraph
from knowledge.layer import CODE_PATTERN, CodeState
from knowledge.procedure import Procedure
from knowledge.wording import lower_first


def overview(procedure: Procedure, today: dt.date) -> Told:
    """What it is for, with the facts that people ask first."""
    blocks: list[Block] = []
    if procedure.summary:
        blocks.append(Paragraph(procedure.summary))
    elif procedure.official_name != procedure.name:
        blocks.append(Paragraph(procedure.official_name))
    applies = procedure.listed("applies")
    if applies.values:
        blocks.append(bullets(applies.values[:3]))
    facts = []
    found = times(procedure, today)
    if found:
        facts.append(say("overview_time", time=lower_first(found[0][1])))
    fee = headline_fee(procedure, today)
    if fee:
        facts.append(say("overview_fee", fee=fee))
    agency = deciding_agency(procedure)
    if agency:
        facts.append(say("place_decides", agency=lower_first(short(agency, 160))))
    if facts:
        blocks.append(Items(tuple(Item(fact) for fact in facts)))
    warnings = procedure.listed("warnings").values
    if warnings:
        blocks.append(Paragraph(say("warning", text=warnings[0])))
    return blocks or missing(procedure, "conditions"), unique([applies.source])


def eligibility(procedure: Procedure, today: dt.date) -> Told:
    """For whom it is, on what conditions, and when another procedure is the right one."""
    applies, conditions = procedure.listed("applies"), procedure.listed("conditions")
    blocks: list[Block] = []
    if applies.values:
        blocks += [Paragraph(say("for_whom")), bullets(applies.values)]
    elif procedure.official and procedure.official.applicants:
        blocks.append(Paragraph(say("applicants", who=procedure.official.applicants)))
    if conditions.values:
        blocks += [Paragraph(say("conditions")), bullets(conditions.values[:8])]
    elif blocks:
        blocks.append(Paragraph(say("no_conditions")))
    if procedure.instead:
        others = tuple(Item(other.when, _named(other.code)) for other in procedure.instead[:3])
        blocks += [Paragraph(say("other_if")), Items(others)]
    return blocks or missing(procedure, "conditions"), unique([conditions.source, applies.source])


def form(procedure: Procedure, today: dt.date) -> Told:
    """Forms by name; the portal has the files."""
    forms = procedure.forms
    if not forms:
        return [*missing(procedure, "forms"), Paragraph(say("forms_online"))], []
    items = Items(tuple(Item(short(entry.name, 220), entry.note) for entry in forms[:5]))
    return [items, Paragraph(say("forms_where"))], unique([procedure.listed("forms").source])


def result(procedure: Procedure, today: dt.date) -> Told:
    """What the applicant gets."""
    results = procedure.listed("results")
    if not results.values:
        return missing(procedure, "results"), []
    return [Paragraph(say("results")), bullets(results.values[:5])], unique([results.source])


def legal_basis(procedure: Procedure, today: dt.date) -> Told:
    """Legal texts by title and number."""
    bases = procedure.legal_bases
    if not bases:
        return missing(procedure, "legal_bases"), []
    lines = [
        basis.number if basis.title == basis.number else f"{short(basis.title, 90)} ({basis.number})"
        for basis in bases[:10]
    ]
    blocks: list[Block] = [Paragraph(say("legal_bases")), Items(tuple(Item(line) for line in lines))]
    return blocks, unique([procedure.listed("legal_bases").source])


def portal_link(procedure: Procedure, today: dt.date) -> Told:
    """The procedure's page, and a word against false ones."""
    link = "link" if procedure.code_state is CodeState.CONFIRMED else "link_search"
    return [Paragraph(say(link, url=procedure.portal_url)), Paragraph(say("link_care"))], []


def _named(code: str) -> Optional[str]:
    """A procedure by its code; a key of our own means nothing to people, there the words before it name the matter."""
    return say("other_procedure", code=code) if CODE_PATTERN.match(code) else None
