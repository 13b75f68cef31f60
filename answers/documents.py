"""The documents of a dossier, by case, as a checklist."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from answers.common import Told, missing, short, unique
from answers.phrasing import say
from answers.reply import Block, Item, Items, Paragraph
from knowledge.layer import Case, Document
from knowledge.procedure import Procedure
from knowledge.wording import dated, lower_first, paper_note
from vietnamese.understand import folded_words

_NAMED_CASES = 6
_OWN_WORDS = 2
"""Words of its own by which a message names a case."""


def case_in(procedure: Procedure, words: Sequence[str]) -> Optional[int]:
    """The one case whose own words the message uses, if there is just one; the only case there is."""
    if len(procedure.cases) < 2:
        return 0 if procedure.cases else None
    said = set(words)
    texts = [set(folded_words(f"{case.name} {case.when or ''}")) for case in procedure.cases]
    scores = []
    for at, text in enumerate(texts):
        others = set().union(*(other for place, other in enumerate(texts) if place != at))
        scores.append(len((text - others) & said))
    best = max(scores)
    return scores.index(best) if best >= _OWN_WORDS and scores.count(best) == 1 else None


def checklist(procedure: Procedure, chosen: Optional[int]) -> Told:
    """The papers of the chosen case; of the usual one with the names of the others, where none is chosen."""
    cases = procedure.cases
    if not cases:
        return missing(procedure, "documents"), []
    sources = unique([procedure.documents_source])
    if chosen is not None and chosen < len(cases):
        case = cases[chosen]
        head = say("documents_of_case", case=case.name) if len(cases) > 1 else say("documents_plain")
        note: list[Block] = [Paragraph(procedure.documents_note)] if procedure.documents_note else []
        return [Paragraph(head), _papers(case), *note], sources
    names = "; ".join(lower_first(short(case.name, 70)) for case in cases[1:_NAMED_CASES])
    more = say("documents_more_cases", count=len(cases) - _NAMED_CASES) if len(cases) > _NAMED_CASES else ""
    return [
        Paragraph(say("documents_by_case", case=lower_first(short(cases[0].name, 90)))),
        _papers(cases[0]),
        Paragraph(say("documents_other_cases", names=names, more=more)),
    ], sources


def _papers(case: Case) -> Items:
    return Items(tuple(_paper(paper) for paper in case.documents), "checklist")


def _paper(paper: Document) -> Item:
    return Item(dated(short(paper.name, 220)), paper_note(paper))
