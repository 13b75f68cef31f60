"""Life events: what has happened to somebody, and the procedures that follow, in order.

One YAML file an event. Steps that are filed together (liên thông) name a
group; deadlines carry the source they were read from, a fine only where a
source states one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Optional

from pydantic import Field, root_validator, validator

from knowledge.content import FOLDER, Problem
from knowledge.layer import Case, Document, Source, Strict
from knowledge.review import long_sentences
from knowledge.yaml_models import Known, Place, plain_code, read_model
from vietnamese.understand import folded_words

EVENTS = "life_events"


class Deadline(Strict):
    """By when, what it costs to be late where that is stated, and who says so."""

    text: str = Field(..., max_length=160)
    fine: Optional[str] = Field(None, max_length=160)
    source: str


class Step(Strict):
    """One procedure of an event.

    Attributes:
        code: the procedure, with
        case: the name of the case that is usual here.
        why: what it is for, in this event.
        when: who needs it; absent where everybody does.
        deadline: by when.
        together: the group of steps it is filed with as one dossier.
    """

    code: str
    case: Optional[str] = None
    why: str = Field(..., max_length=140)
    when: Optional[str] = Field(None, max_length=140)
    deadline: Optional[Deadline] = None
    together: Optional[str] = None

    _code = validator("code", pre=True, allow_reuse=True)(plain_code)


class LifeEvent(Strict):
    """An event with its steps in order.

    Attributes:
        name: the file's name.
        title: as people call it.
        names: ways in which people tell of it.
        summary: one or two sentences.
        steps: procedures, the first to be done first.
        together: what each group of linked steps is filed as.
        sources: of deadlines and links, by key.
    """

    name: str = Field(..., regex=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str = Field(..., max_length=60)
    names: list[str] = Field(..., min_items=6)
    summary: str = Field(..., max_length=240)
    steps: list[Step] = Field(..., min_items=2, max_items=10)
    together: dict[str, str] = Field({})
    sources: dict[str, Source] = Field({})

    @root_validator(skip_on_failure=True)
    def _references_stand(cls, values: dict[str, Any]) -> dict[str, Any]:
        steps: list[Step] = values["steps"]
        for step in steps:
            if step.deadline and step.deadline.source not in values["sources"]:
                raise ValueError(f"nguồn '{step.deadline.source}' chưa khai trong sources")
            if step.together and step.together not in values["together"]:
                raise ValueError(f"nhóm liên thông '{step.together}' chưa khai trong together")
        unused = set(values["together"]) - {step.together for step in steps}
        if unused:
            raise ValueError(f"nhóm liên thông '{sorted(unused)[0]}' không có bước nào")
        codes = [step.code for step in steps]
        if len(set(codes)) < len(codes):
            raise ValueError("một thủ tục đứng hai lần")
        return values

    @property
    def codes(self) -> list[str]:
        """The procedures, in order."""
        return [step.code for step in self.steps]


@dataclass(frozen=True)
class LifeEvents:
    """All events by name, and what is wrong with their files."""

    events: dict[str, LifeEvent]
    problems: tuple[Problem, ...] = ()


def faults(event: LifeEvent, known: Known) -> Iterator[tuple[Place, str]]:
    """What is wrong with an event's references and sentences, with the node's place."""
    for at, step in enumerate(event.steps):
        # Several cases may fit an event: then none is named, and the checklist shows the first.
        fault = known.fault(step.code, step.case)
        if fault and (step.case is not None or step.code not in known.codes):
            yield ("steps", at, "code"), fault
        texts = [step.why, step.when or ""]
        texts += [step.deadline.text, step.deadline.fine or ""] if step.deadline else []
        for start in long_sentences(texts):
            yield ("steps", at), f"câu quá dài: {start}"
    for start in long_sentences([event.summary, *event.together.values()]):
        yield ("summary",), f"câu quá dài: {start}"


def read_life_events(known: Optional[Known] = None, folder: Path = FOLDER) -> LifeEvents:
    """Read every event; with ``known``, check its codes and cases. Faulty ones are left out."""
    events: dict[str, LifeEvent] = {}
    problems: list[Problem] = []
    for path in sorted((folder / EVENTS).glob("*.yml")):
        read = read_model(path, LifeEvent, problems)
        if read is None:
            continue
        event, lines = read
        found = [lines.problem(place, reason) for place, reason in faults(event, known)] if known else []
        if event.name != path.stem:
            found.append(lines.problem(("name",), f"name phải là tên file: '{path.stem}'"))
        problems += found
        if not found:
            events[event.name] = event
    return LifeEvents(events, tuple(problems))


@dataclass(frozen=True)
class ToTake:
    """One paper of the combined checklist, with the procedures that ask for it."""

    paper: Document
    codes: tuple[str, ...]


def checklist(event: LifeEvent, cases_of: Callable[[str], Sequence[Case]]) -> list[ToTake]:
    """Every paper that an event asks for, each once.

    Papers are the same if their names are, apart from capitals and diacritics.
    Originals are counted once (one shows or lends the same), copies add up.

    Args:
        event: whose papers are wanted.
        cases_of: the cases of a procedure as they stand today; the step's own case, else the first, counts.
    """
    taken: dict[str, ToTake] = {}
    for step in event.steps:
        cases = cases_of(step.code)
        case = next((case for case in cases if case.name == step.case), cases[0] if cases else None)
        for paper in case.documents if case else ():
            key = " ".join(folded_words(paper.name))
            before = taken.get(key)
            if before is None:
                taken[key] = ToTake(paper, (step.code,))
            elif step.code not in before.codes:
                taken[key] = replace(before, paper=_joined(before.paper, paper), codes=(*before.codes, step.code))
    return list(taken.values())


def _joined(first: Document, second: Document) -> Document:
    joined: Document = first.copy(
        update={
            "original": max(first.original, second.original),
            "copies": first.copies + second.copies,
            "if_any": first.if_any and second.if_any,
            "show_only": first.show_only and second.show_only,
        }
    )
    return joined
