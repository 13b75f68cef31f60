"""What happened to a procedure: every version of its layers and every step of its drafts, the newest first."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Optional

from sqlalchemy import select
from sqlalchemy.engine import Connection

from knowledge import store
from knowledge import tables as t
from knowledge.editing.differences import Difference, differences
from knowledge.editing.model import Payload

STATES = {
    None: "(chưa có)",
    "draft": "bản nháp",
    "in_review": "chờ duyệt",
    "published": "công bố",
    "retired": "thôi áp dụng",
}
"""Words of the states, also of none."""
MOST = 200
"""Versions of a layer that are told."""


@dataclass(frozen=True)
class Entry:
    """One thing that happened.

    Attributes:
        at: when, UTC.
        actor: who.
        reason: why, where they said so.
        layer: 'official' or 'editorial'.
        revision: the version of the layer that it made; None for a step of a draft.
        changes: what it changed, in words; for the first version of a layer nothing.
        step: the states before and after, in words; None for a version.
    """

    at: dt.datetime
    actor: str
    reason: Optional[str]
    layer: str
    revision: Optional[int] = None
    changes: tuple[Difference, ...] = ()
    step: Optional[tuple[str, str]] = None


def history(connection: Connection, code: str) -> list[Entry]:
    """Everything that happened to a procedure, the newest first."""
    entries: list[Entry] = []
    r = t.revisions.c
    for which in (store.OFFICIAL, store.EDITORIAL):
        query = select(t.revisions).where(r.code == code, r.layer == which).order_by(r.revision.desc()).limit(MOST)
        before: Optional[Payload] = None
        for row in reversed(connection.execute(query).all()):
            changes = tuple(differences(before, row.payload)) if before is not None else ()
            entries.append(Entry(row.at, row.actor, row.reason, which, row.revision, changes))
            before = row.payload
    a = t.audit_log.c
    steps = select(t.audit_log).where(a.code == code, a.action.in_(("state", "removed"))).order_by(a.id.desc())
    for row in reversed(connection.execute(steps.limit(MOST)).all()):
        old, new = ("có", "gỡ lớp này") if row.action == "removed" else (_state(row.old), _state(row.new))
        entries.append(Entry(row.at, row.actor, row.reason, row.layer, step=(old, new)))
    # Of the same second, a version comes after the step that led to it.
    return sorted(entries, key=lambda entry: (entry.at, entry.revision is not None))[::-1]


def _state(name: Optional[str]) -> str:
    return STATES.get(name, str(name))
