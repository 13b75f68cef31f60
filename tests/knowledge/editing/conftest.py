"""Editors, a reviewer, and a procedure that is published."""

from __future__ import annotations

from typing import Any, Optional

import pytest
from sqlalchemy.engine import Engine

from knowledge.editing import reading, service
from knowledge.editing.model import Actor, Base, Draft, Work
from tests.knowledge.made_up import CODE, content_of

LAN = Actor("lan")
MINH = Actor("minh")
REVIEWER = Actor("ha", may_publish=True)
VIEWER = Actor("xem", may_edit=False)


def work_of(engine: Engine, code: str = CODE) -> Work:
    with engine.connect() as connection:
        return reading.read_work(connection, code)


def draft(
    engine: Engine, payload: dict[str, Any], actor: Actor = LAN, base: Optional[Base] = None, comment: str = ""
) -> Draft:
    """Save a draft over what stands now, or over what an editor saw."""
    with service.writing(engine) as connection:
        at = base or reading.read_work(connection, payload["code"]).base
        return service.save_draft(connection, payload, base=at, actor=actor, comment=comment or None)


def publish(engine: Engine, made: Draft, comment: str = "thử") -> None:
    with service.writing(engine) as connection:
        service.publish(connection, made.code, version=made.version, actor=REVIEWER, comment=comment)


def with_fee(amount: int, **changes: Any) -> dict[str, Any]:
    """The made-up procedure with a fee."""
    return content_of(channels=[{"kind": "direct", "fees": [{"label": "Lệ phí", "amount": amount}]}], **changes)


@pytest.fixture
def published(engine: Engine) -> Engine:
    """A database with one procedure that staff have published."""
    publish(engine, draft(engine, with_fee(50_000)))
    return engine
