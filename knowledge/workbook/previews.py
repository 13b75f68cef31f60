"""A preview is kept on the server under a token: what was looked through is what is written, or it is shown again."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import secrets
import zlib
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Any, Optional

from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Connection, Engine

from knowledge import store
from knowledge import tables as t
from knowledge.editing.model import Actor
from knowledge.editing.service import writing
from knowledge.errors import PreviewGone
from knowledge.workbook.compare import Change, RowChange
from knowledge.workbook.files import Written, plan_file, still_so, write_plan
from knowledge.workbook.plan import Item, Plan, Status
from knowledge.workbook.table import Fault

KEPT_FOR = dt.timedelta(hours=2)
_KEPT_EACH = 3
"""Previews of one person that are kept; the oldest goes first."""


@dataclass(frozen=True)
class Preview:
    """A file that somebody is looking through.

    Attributes:
        file: its name.
        plan: what was shown (without what would be written).
        again: codes that are shown again, because they changed after they had been looked at.
        digests: of what was shown.
        body: the file.
    """

    file: str
    plan: Plan
    again: frozenset[str]
    digests: frozenset[str]
    body: bytes


@dataclass(frozen=True)
class Confirmed:
    """What a confirmation did: either it was written, or there is something new to look at.

    Attributes:
        written: what was done; None where nothing was.
        token: of the preview to look at now.
    """

    written: Optional[Written]
    token: Optional[str] = None


def begin(engine: Engine, data: bytes, name: str, *, actor: Actor, today: dt.date) -> str:
    """Plan a file and keep the preview; returns its token.

    Raises:
        ImportRefused: it can't be read as a whole.
    """
    with engine.connect() as connection:
        plan = plan_file(connection, data, name, today=today)
    with writing(engine) as connection:
        return _keep(connection, plan, data, name, actor, frozenset())


def read_preview(connection: Connection, token: str, *, actor: Actor) -> Preview:
    """The preview of a token.

    Raises:
        PreviewGone: there is none, it is too old, or it is somebody else's.
    """
    row = connection.execute(select(t.import_previews).where(t.import_previews.c.token == _hash(token))).first()
    if row is None or row.actor != actor.name or store.now() - row.at > KEPT_FOR:
        raise PreviewGone("Bản xem trước này không còn (quá 2 giờ, đã ghi hoặc của người khác). Hãy tải file lên lại.")
    told = json.loads(zlib.decompress(row.plan))
    plan = Plan(told["format"], tuple(map(_item, told["items"])), tuple(told["remarks"]))
    return Preview(row.file, plan, frozenset(told["again"]), frozenset(told["digests"]), row.body)


def confirm(
    engine: Engine, token: str, *, actor: Actor, publish: bool, today: dt.date, comment: Optional[str] = None
) -> Confirmed:
    """Write what was looked through, in one transaction; or keep a new preview where something has changed since.

    Args:
        engine: the database.
        token: of the preview.
        actor: who confirms; the one who handed the file in.
        publish: at once; otherwise as drafts.
        today: as in ``begin``.
        comment: why, for the history.

    Raises:
        PreviewGone: there is no such preview (any more).
        EditRefused: the actor may not; nothing was written.
    """
    with engine.connect() as connection:
        preview = read_preview(connection, token, actor=actor)
        # Read anew from the file, outside of the writers' lock: this takes the time.
        plan = plan_file(connection, preview.body, preview.file, today=today)
    with writing(engine) as connection:
        read_preview(connection, token, actor=actor)  # two clicks write once
        again = plan.differing(preview.digests)
        if not again and not still_so(connection, plan):
            plan = plan_file(connection, preview.body, preview.file, today=today)
            again = plan.differing(preview.digests)
        connection.execute(delete(t.import_previews).where(t.import_previews.c.token == _hash(token)))
        if again:
            return Confirmed(None, _keep(connection, plan, preview.body, preview.file, actor, again))
        return Confirmed(
            write_plan(connection, plan, preview.body, preview.file, actor=actor, publish=publish, today=today,
                       comment=comment)
        )  # fmt: skip


def drop(engine: Engine, token: str, *, actor: Actor) -> None:
    """Forget a preview without writing."""
    mine = (t.import_previews.c.token == _hash(token)) & (t.import_previews.c.actor == actor.name)
    with engine.begin() as connection:
        connection.execute(delete(t.import_previews).where(mine))


def _keep(connection: Connection, plan: Plan, data: bytes, name: str, actor: Actor, again: Collection[str]) -> str:
    previews = t.import_previews.c
    connection.execute(delete(t.import_previews).where(previews.at < store.now() - KEPT_FOR))
    mine = select(previews.token).where(previews.actor == actor.name).order_by(previews.at.desc())
    for old in list(connection.execute(mine).scalars())[_KEPT_EACH - 1 :]:
        connection.execute(delete(t.import_previews).where(previews.token == old))
    token = secrets.token_urlsafe(24)
    told = {
        "format": plan.format,
        "remarks": plan.remarks,
        "items": [{**asdict(item), "payload": None} for item in plan.items],
        "again": sorted(again),
        "digests": [item.digest for item in plan.items],
    }
    packed = zlib.compress(json.dumps(told, ensure_ascii=False).encode())
    connection.execute(
        insert(t.import_previews).values(
            token=_hash(token), actor=actor.name, file=name[:200], at=store.now(), plan=packed, body=data
        )
    )
    return token


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _item(told: dict[str, Any]) -> Item:
    changes = [
        RowChange(change["sheet"], change["row"], Change(change["change"]), change["label"],
                  tuple((heading, old, new) for heading, old, new in change["cells"]))
        for change in told["changes"]
    ]  # fmt: skip
    return Item(
        told["code"], told["name"], Status(told["status"]), told["rows"], tuple(changes),
        tuple(Fault(**fault) for fault in told["faults"]), tuple(told["notes"]), None, told["base"],
    )  # fmt: skip
