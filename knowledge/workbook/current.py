"""What of a procedure goes into a workbook, and the mark by which a file says what it was made from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Optional

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.engine import Connection

from knowledge import store
from knowledge import tables as t
from knowledge.editing.model import Payload, Work
from knowledge.editing.reading import read_works
from knowledge.errors import ProcedureUnknown
from knowledge.layer import Group, Layer

_MARK = 12
"""Hexadecimal digits of a version's mark: enough to tell versions of one procedure apart."""


def shown(work: Work) -> Optional[Layer]:
    """What staff work on: the draft, else the editorial layer, else the portal's record; None for nothing.

    A draft with mistakes in its very shape doesn't fit into tables; what is published stands in for it.
    """
    for payload in (work.draft.payload if work.draft else None, work.editorial, work.official):
        if payload is not None and (layer := _layer(payload)) is not None:
            return layer
    return None


def _layer(payload: Payload) -> Optional[Layer]:
    try:
        return Layer.parse_obj(payload)
    except ValidationError:
        return None


def mark(work: Work) -> Optional[str]:
    """The mark of what is shown and of the draft over it; None for a procedure that isn't there."""
    layer = shown(work)
    if layer is None:
        return None
    draft = work.draft.version if work.draft else 0
    # A letter first: digits alone would be a number to Excel.
    return "v" + store.digest_of([store.payload_of(layer), work.revision, draft])[:_MARK]


def codes_of(connection: Connection, group: Optional[Group] = None) -> list[str]:
    """Codes of all procedures, or of a life area, drafts of new ones among them; in their order."""
    query = select(t.procedures.c.code)
    if group is not None:
        return sorted(connection.execute(query.where(t.procedures.c.area == group.value)).scalars())
    return sorted({*connection.execute(query).scalars(), *connection.execute(select(t.drafts.c.code)).scalars()})


def read_shown(connection: Connection, codes: Sequence[str]) -> list[tuple[Layer, str]]:
    """What goes into a workbook for some procedures, each with its mark, in the order given.

    Raises:
        ProcedureUnknown: a code is none of ours.
    """
    works = read_works(connection, codes)
    found = [(shown(work), mark(work)) for work in works.values()]
    missing = [code for code, (layer, _) in zip(works, found, strict=True) if layer is None]
    if missing:
        more = f" và {len(missing) - 5} mã nữa" if len(missing) > 5 else ""
        raise ProcedureUnknown(f"Trong kho không có thủ tục {', '.join(missing[:5])}{more}. Hãy xem lại mã.")
    return [(layer, version) for layer, version in found if layer is not None and version is not None]
