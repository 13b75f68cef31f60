"""What those who follow a procedure know of it, and what it was when they learnt of it last."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Optional

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from knowledge import store
from knowledge import tables as t
from knowledge.layer import Layer
from knowledge.procedure import Procedure


@dataclass(frozen=True)
class Standing:
    """Where a procedure stands.

    Attributes:
        code: its code.
        official: revision of the portal's layer; 0 where there is none now.
        editorial: revision of what staff wrote; 0 where there is none now.
        state: 'published', 'retired' and so on.
        changed_at: when anything of it was written last, UTC.
    """

    code: str
    official: int
    editorial: int
    state: str
    changed_at: Optional[dt.datetime]


def standings(connection: Connection, codes: Sequence[str]) -> dict[str, Standing]:
    """Where procedures stand now, by code; those that are gone altogether are left out."""
    found: dict[str, Standing] = {}
    for batch in store.batches(list(dict.fromkeys(codes))):
        present = {
            (row.code, row.layer)
            for row in connection.execute(select(t.layers.c.code, t.layers.c.layer).where(t.layers.c.code.in_(batch)))
        }
        latest = connection.execute(
            select(t.revisions.c.code, t.revisions.c.layer, func.max(t.revisions.c.revision).label("number"))
            .where(t.revisions.c.code.in_(batch))
            .group_by(t.revisions.c.code, t.revisions.c.layer)
        )
        numbers = {(row.code, row.layer): row.number for row in latest if (row.code, row.layer) in present}
        lines = select(t.audit_log.c.code, func.max(t.audit_log.c.at).label("at")).where(t.audit_log.c.code.in_(batch))
        changed = {row.code: row.at for row in connection.execute(lines.group_by(t.audit_log.c.code))}
        states = select(t.procedures.c.code, t.procedures.c.state).where(t.procedures.c.code.in_(batch))
        for row in connection.execute(states):
            found[row.code] = Standing(
                row.code,
                int(numbers.get((row.code, store.OFFICIAL), 0)),
                int(numbers.get((row.code, store.EDITORIAL), 0)),
                row.state,
                changed.get(row.code),
            )
    return found


def as_it_was(
    connection: Connection, code: str, official: int, editorial: int, doubtful: frozenset[str]
) -> Optional[Procedure]:
    """A procedure as it was told at two revisions; None where one of them isn't known any more.

    Args:
        connection: to the knowledge base.
        code: the procedure.
        official: revision of the portal's layer, 0 for none.
        editorial: revision of the editorial layer, 0 for none.
        doubtful: fields under doubt, as they are today: doubts keep no history.
    """
    layers: dict[str, Layer] = {}
    for which, number in ((store.OFFICIAL, official), (store.EDITORIAL, editorial)):
        if not number:
            continue
        mine = (t.revisions.c.code == code, t.revisions.c.layer == which, t.revisions.c.revision == number)
        payload = connection.execute(select(t.revisions.c.payload).where(*mine)).scalar_one_or_none()
        if payload is None:
            return None
        layers[which] = Layer.parse_obj(payload)
    if not layers:
        return None
    return Procedure(code, layers.get(store.OFFICIAL), layers.get(store.EDITORIAL), doubtful)
