"""Read what staff work on: layers as they are published, drafts, and the versions before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Optional

from sqlalchemy import func, select
from sqlalchemy.engine import Connection

from knowledge import store
from knowledge import tables as t
from knowledge.editing.model import Draft, Payload, State, Work


def read_work(connection: Connection, code: str) -> Work:
    """Everything of one procedure; an unknown code has nothing yet."""
    return read_works(connection, [code])[code]


def read_works(connection: Connection, codes: Sequence[str]) -> dict[str, Work]:
    """Everything of some procedures, in a few queries."""
    wanted = list(dict.fromkeys(codes))
    live: dict[str, State] = {}
    revisions: dict[tuple[str, str], tuple[int, Payload]] = {}
    drafts: dict[str, Draft] = {}
    for batch in store.batches(wanted):
        for row in connection.execute(
            select(t.procedures.c.code, t.procedures.c.state).where(t.procedures.c.code.in_(batch))
        ):
            live[row.code] = State(row.state)
        for row in connection.execute(_newest(batch)):
            revisions[row.code, row.layer] = (row.revision, row.payload)
        for row in connection.execute(select(t.drafts).where(t.drafts.c.code.in_(batch))):
            drafts[row.code] = draft_of(row)
    none: tuple[int, Optional[Payload]] = (0, None)
    return {
        code: Work(
            code,
            live.get(code),
            *revisions.get((code, store.EDITORIAL), none),
            revisions.get((code, store.OFFICIAL), none)[1],
            drafts.get(code),
        )
        for code in wanted
    }


def _newest(codes: Sequence[str]) -> Any:
    """The newest revision of each layer that is there now."""
    r, present = t.revisions, t.layers
    newest = (
        select(r.c.code, r.c.layer, func.max(r.c.revision).label("revision"))
        .where(r.c.code.in_(codes))
        .group_by(r.c.code, r.c.layer)
        .subquery()
    )
    return (
        select(r.c.code, r.c.layer, r.c.revision, r.c.payload)
        .join(
            newest,
            (newest.c.code == r.c.code) & (newest.c.layer == r.c.layer) & (newest.c.revision == r.c.revision),
        )
        .join(present, (present.c.code == r.c.code) & (present.c.layer == r.c.layer))
    )


def draft_of(row: Any) -> Draft:
    """A row of the table as a draft."""
    return Draft(
        row.code, row.version, row.base_revision, State(row.state), row.author, row.comment, row.at, row.payload
    )


def revision_payload(connection: Connection, code: str, which: str, revision: int) -> Optional[Payload]:
    """A layer as it stood at a revision; None where there is none such."""
    r = t.revisions.c
    query = select(r.payload).where(r.code == code, r.layer == which, r.revision == revision)
    found: Optional[Payload] = connection.execute(query).scalar()
    return found


def draft_payload(connection: Connection, code: str, version: int) -> Optional[Payload]:
    """A draft as it stood at a version; None where it is no longer kept."""
    v = t.draft_versions.c
    found: Optional[Payload] = connection.execute(
        select(v.payload).where(v.code == code, v.version == version)
    ).scalar()
    return found


def written_last(connection: Connection, code: str, which: str) -> Any:
    """Who wrote a layer last and when, as a row with 'actor' and 'at'; None for nobody."""
    r = t.revisions.c
    query = select(r.actor, r.at).where(r.code == code, r.layer == which).order_by(r.revision.desc()).limit(1)
    return connection.execute(query).first()
