"""Run a guide's scenario file: what people say, what they answer, and where it must end.

A file is a list that staff write in their own words::

    - hỏi: con tôi 5 tuổi làm căn cước
      trả lời: [dưới 6 tuổi]
      kết quả: 1.014062 / Bé dưới 6 tuổi
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Optional

from pydantic import BaseModel, Extra, Field, validator

from knowledge.content import FOLDER, Problem
from knowledge.guides.matching import entered
from knowledge.guides.model import GUIDES, SCENARIOS, Guide
from knowledge.guides.walk import Step, reply, start
from knowledge.yaml_models import plain_code, read_model


class Scenario(BaseModel):
    """One conversation with its expected end."""

    asked: Optional[str] = Field(None, alias="hỏi")
    answers: list[str] = Field([], alias="trả lời")
    result: str = Field(..., alias="kết quả", regex=r"^(\d\.\d{6}|[a-z][a-z0-9]*(-[a-z0-9]+)+)( / .+)?$")

    class Config:
        extra = Extra.forbid

    _code = validator("result", pre=True, allow_reuse=True)(plain_code)


class _File(BaseModel):
    __root__: list[Scenario]


@dataclass(frozen=True)
class Ran:
    """How a file of scenarios went."""

    count: int
    problems: tuple[Problem, ...]


def run_file(guide: Guide, guides: Sequence[Guide], folder: Path = FOLDER) -> Ran:
    """Run all scenarios of a guide; every option that ends somewhere must be walked by one of them.

    Args:
        guide: whose file is run.
        guides: all of them, so that the opening words can be seen to lead into this one.
        folder: of the content.
    """
    problems: list[Problem] = []
    read = read_model(folder / GUIDES / f"{guide.name}{SCENARIOS}", _File, problems)
    if read is None:
        return Ran(0, tuple(problems))
    file, lines = read
    walked = set()
    for at, scenario in enumerate(file.__root__):
        step, fault = _walk(guide, scenario)
        if fault is None and scenario.asked and entered(guides, scenario.asked) is not guide:
            fault = f"câu '{scenario.asked}' không dẫn vào hướng dẫn này"
        if fault:
            problems.append(lines.problem((at,), fault))
        if step.leaf:
            walked.add(id(step.leaf))
    missed = {id(leaf): leaf.label for leaf in guide.leaves() if id(leaf) not in walked}
    problems += [lines.problem((), f"chưa tình huống nào đi tới '{label}'") for label in missed.values()]
    return Ran(len(file.__root__), tuple(problems))


def _walk(guide: Guide, scenario: Scenario) -> tuple[Step, Optional[str]]:
    step = start(guide, scenario.asked or "")
    for answer in scenario.answers:
        question = step.question
        step = reply(guide, step.state, answer)
        if not step.understood:
            asked = guide.questions[question].text if question else "đã tới kết quả"
            return step, f"không hiểu '{answer}' ({asked})"
    if step.leaf is None:
        asked = guide.questions[step.question].text if step.question else ""
        return step, f"chưa tới kết quả, còn hỏi: {asked}"
    ended = step.leaf.code + (f" / {step.leaf.case}" if step.leaf.case else "") if step.leaf.code else ""
    return step, None if ended == scenario.result else f"ra '{ended}', mong '{scenario.result}'"


def run_all(guides: Sequence[Guide], folder: Path = FOLDER) -> Iterator[tuple[Guide, Ran]]:
    """Run the scenarios of every guide."""
    for guide in guides:
        yield guide, run_file(guide, guides, folder)
