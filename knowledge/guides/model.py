"""The shape of a guide, as staff write it in YAML.

The first question is where a guide begins. An option leads either to another
question or to a leaf: a procedure, and the case of it that fits.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Optional

from pydantic import Field, root_validator, validator

from knowledge.content import FOLDER, Problem
from knowledge.layer import Strict
from knowledge.review import long_sentences
from knowledge.yaml_models import Known, Place, plain_code, read_model

GUIDES = "guides"
SCENARIOS = ".scenarios.yml"
MOST_OPTIONS = 6
SHOWN_AT_ONCE = 4
"""Options that people see at a time; of five or six, three and the way to the others."""


class Option(Strict):
    """One answer to a question.

    Attributes:
        label: what the button says.
        words: other ways in which people say it.
        next: name of the question that follows, or
        code: the procedure this ends in, with
        case: the name of its case, and
        note: something to know before (an exemption, a step to take first).
    """

    label: str = Field(..., max_length=60)
    words: list[str] = Field([])
    next: Optional[str] = None
    code: Optional[str] = None
    case: Optional[str] = None
    note: Optional[str] = None

    _code = validator("code", pre=True, allow_reuse=True)(plain_code)

    @root_validator(skip_on_failure=True)
    def _leads_somewhere(cls, values: dict[str, Any]) -> dict[str, Any]:
        if (values["next"] is None) == (values["code"] is None):
            raise ValueError("mỗi lựa chọn có next (câu hỏi kế tiếp) hoặc code (mã thủ tục), chỉ một trong hai")
        if values["next"] and (values["case"] or values["note"]):
            raise ValueError("case và note chỉ đi với code")
        return values

    @property
    def phrases(self) -> tuple[str, ...]:
        """The label and the other ways to say it."""
        return (self.label, *self.words)


class Question(Strict):
    """A question with a short help text."""

    text: str = Field(..., max_length=120)
    help: Optional[str] = Field(None, max_length=200)
    options: list[Option] = Field(..., min_items=2, max_items=MOST_OPTIONS)

    def first_shown(self, more: bool) -> int:
        """Place of the first option that is shown, from 0."""
        return SHOWN_AT_ONCE - 1 if more and self.has_more else 0

    @property
    def has_more(self) -> bool:
        """There are more options than people are shown at a time; one of the shown leads to the rest."""
        return len(self.options) > SHOWN_AT_ONCE

    def shown(self, more: bool = False) -> list[Option]:
        """The options of one look: the first ones, or the rest of them."""
        if not self.has_more:
            return self.options
        return self.options[SHOWN_AT_ONCE - 1 :] if more else self.options[: SHOWN_AT_ONCE - 1]

    def lines(self, more: bool = False) -> int:
        """Lines that people see: the options shown, and the way to the rest."""
        return len(self.shown(more)) + int(self.has_more and not more)


class Guide(Strict):
    """A decision tree for a family of procedures.

    Attributes:
        name: the file's name.
        title: what it helps to choose, to follow 'Mình hỏi vài câu để chọn đúng'.
        entry: phrases that lead into it.
        questions: by a name that says the question, the first one first.
    """

    name: str = Field(..., regex=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    title: str = Field(..., max_length=80)
    entry: list[str] = Field(..., min_items=3)
    questions: dict[str, Question]

    @validator("questions")
    def _not_empty(cls, value: dict[str, Question]) -> dict[str, Question]:
        if not value:
            raise ValueError("cần ít nhất một câu hỏi")
        return value

    @property
    def first(self) -> str:
        """Name of the question it begins with."""
        return next(iter(self.questions))

    def leaves(self, question: Optional[str] = None) -> Iterator[Option]:
        """Every option that ends in a procedure, from a question on, in order."""
        for option in self.questions[question or self.first].options:
            if option.next:
                yield from self.leaves(option.next)
            else:
                yield option

    def codes(self, question: Optional[str] = None) -> list[str]:
        """Codes that can still be reached from a question, each once."""
        return list(dict.fromkeys(leaf.code for leaf in self.leaves(question) if leaf.code))


@dataclass(frozen=True)
class Guides:
    """All guides by name, and what is wrong with their files."""

    guides: dict[str, Guide]
    problems: tuple[Problem, ...] = ()


def faults(guide: Guide, known: Known) -> Iterator[tuple[Place, str]]:
    """What is wrong with the way a guide leads, with the node's place."""
    loops = list(_loops(guide))
    for name, question in guide.questions.items():
        for at, option in enumerate(question.options):
            place = ("questions", name, "options", at)
            if option.next and option.next not in guide.questions:
                yield (*place, "next"), f"không có câu hỏi '{option.next}'"
            if option.code and (fault := known.fault(option.code, option.case)):
                yield (*place, "code"), fault
        labels = [option.label.lower() for option in question.options]
        if len(set(labels)) < len(labels):
            yield ("questions", name, "options"), "hai lựa chọn cùng tên"
        texts = [question.text, question.help or "", *(option.note or "" for option in question.options)]
        for start in long_sentences(texts):
            yield ("questions", name), f"câu quá dài: {start}"
    yield from ((("questions", name), f"câu hỏi '{name}' dẫn vòng về chính nó") for name in loops)
    if not loops:
        reached = _reached(guide, guide.first, set())
        for name in guide.questions:
            if name not in reached:
                yield ("questions", name), f"không lựa chọn nào dẫn tới câu hỏi '{name}'"


def _reached(guide: Guide, name: str, seen: set[str]) -> set[str]:
    seen.add(name)
    for option in guide.questions[name].options:
        if option.next in guide.questions and option.next not in seen:
            _reached(guide, option.next, seen)
    return seen


def _loops(guide: Guide) -> Iterator[str]:
    for name, question in guide.questions.items():
        behind: set[str] = set()
        for option in question.options:
            if option.next in guide.questions:
                _reached(guide, option.next, behind)
        if name in behind:
            yield name


def read_guides(known: Optional[Known] = None, folder: Path = FOLDER) -> Guides:
    """Read every guide; with ``known``, check where the leaves lead. Faulty ones are left out."""
    guides: dict[str, Guide] = {}
    problems: list[Problem] = []
    for path in sorted((folder / GUIDES).glob("*.yml")):
        if path.name.endswith(SCENARIOS):
            continue
        read = read_model(path, Guide, problems)
        if read is None:
            continue
        guide, lines = read
        found = [lines.problem(place, reason) for place, reason in faults(guide, known)] if known else []
        if guide.name != path.stem:
            found.append(lines.problem(("name",), f"name phải là tên file: '{path.stem}'"))
        if not path.with_name(guide.name + SCENARIOS).exists():
            found.append(lines.problem(("name",), f"thiếu file tình huống {guide.name}{SCENARIOS}"))
        problems += found
        if not found:
            guides[guide.name] = guide
    return Guides(guides, tuple(problems))
