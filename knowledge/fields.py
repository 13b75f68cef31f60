"""Which life area a field of the portal belongs to: for records that nobody has sorted yet."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Optional

from knowledge.content import FOLDER, read_yaml
from knowledge.layer import Group
from vietnamese.normalise import normalise

FILE = FOLDER / "fields.yml"


def group_of_field(field: Optional[str]) -> Optional[Group]:
    """The life area of a field as the portal names it ('Hộ tịch'); None for a field that isn't in the table."""
    return _table().get(_plain(field)) if field else None


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Group]:
    return read_table(FILE)


def read_table(path: Path) -> dict[str, Group]:
    """Read the table.

    Raises:
        ValueError: a life area is none, or a field stands in two; the message says which.
    """
    value, _ = read_yaml(path)
    table: dict[str, Group] = {}
    for area, fields in value.items():
        for field in fields:
            if _plain(field) in table:
                raise ValueError(f"lĩnh vực '{field}' xếp vào hai nhóm")
            table[_plain(field)] = Group(area)
    return table


def _plain(field: str) -> str:
    return " ".join(normalise(field).lower().replace("–", "-").split())
