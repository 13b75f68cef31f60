"""Read a content file into a model, with file and line for every mistake."""

from __future__ import annotations

import re
from collections.abc import Hashable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Optional, TypeVar

from pydantic import BaseModel, ValidationError

from knowledge.content import Content, Problem, read_yaml
from knowledge.errors import ContentInvalid
from knowledge.faults import told

Place = tuple[Hashable, ...]
M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class Known:
    """What the other content files hold, to check references against.

    Attributes:
        cases: names of the cases of each procedure that has a file.
        codes: codes that have a file, or names and ways to ask of their own.
    """

    cases: dict[str, tuple[str, ...]] = field(default_factory=dict)
    codes: frozenset[str] = frozenset()

    @classmethod
    def of(cls, content: Content) -> Known:
        """What a read folder knows."""
        cases = {procedure.code: tuple(case.name for case in procedure.cases) for procedure in content.procedures}
        return cls(cases, frozenset(cases) | {key.code for key in content.keys})

    def fault(self, code: str, case: Optional[str]) -> Optional[str]:
        """Why a reference to a case of a procedure can't stand, or None."""
        if code not in self.codes:
            return f"chưa có thủ tục {code} trong nội dung"
        names = self.cases.get(code, ())
        if case is None:
            return f"thủ tục {code} có {len(names)} trường hợp, phải ghi case" if len(names) > 1 else None
        return None if case in names else f"thủ tục {code} không có trường hợp '{case}'"


class Lines:
    """Problems of one file, placed by the lines of its nodes."""

    def __init__(self, path: Path, lines: dict[Place, int]) -> None:
        self._path, self._lines = path, lines

    def problem(self, place: Place, reason: str) -> Problem:
        """A problem at a node, or at the nearest one around it that is written."""
        while place and place not in self._lines:
            place = place[:-1]
        return Problem(self._path.name, self._lines.get(place, 1), reason)


def read_model(path: Path, model: type[M], problems: list[Problem]) -> Optional[tuple[M, Lines]]:
    """Read one file into a model; what is wrong goes into ``problems``, then the result is None."""
    try:
        value, lines = read_yaml(path)
    except ContentInvalid as error:
        file, line, reason = re.split(r":(\d+): ", str(error), maxsplit=1)
        problems.append(Problem(file, int(line), reason))
        return None
    places = Lines(path, lines)
    try:
        return model.parse_obj(value), places
    except ValidationError as error:
        for fault in error.errors():
            place = tuple(part for part in fault["loc"] if part != "__root__")
            problems.append(places.problem(place, f"{'.'.join(map(str, place)) or 'file'}: {told(fault)}"))
        return None


def plain_code(value: Any) -> Any:
    """A code that YAML took for a number, because it was written without quotes: 1.01406 -> '1.014060'."""
    return f"{value:.6f}" if isinstance(value, float) else value
