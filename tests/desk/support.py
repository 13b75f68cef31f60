"""What tests of the desk share: wishes, messages, a look at what citizens are told."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from desk import citizen
from desk.citizen import Request, Standing
from desk.database import Desk
from desk.tables import outgoing
from desk.words import Tree, say
from settings.desk import DeskSettings

SETTINGS = DeskSettings()
AN = "tg:700000001"
BINH = "zalo:8000000001"
CHI = "web-aaaaaaaaaaaaaaaaaaaaaaaa"
_CHANNELS = {AN: "telegram", BINH: "zalo", CHI: "web"}


def ask(desk: Desk, sender: str = AN, text: str = "cho em gặp cán bộ", **more: Any) -> Standing:
    """Somebody asks for a person."""
    return citizen.ask(desk, Request(sender, _CHANNELS[sender], text, "k0", **more), SETTINGS)


def number(desk: Desk, sender: str = AN) -> int:
    """Number of a person's open conversation."""
    found = citizen.find_open(desk, sender)
    assert found
    return found.id


def write(desk: Desk, text: str, key: str = "k1", sender: str = AN) -> None:
    """A citizen writes to the staff."""
    conversation = citizen.find_open(desk, sender)
    assert conversation
    with desk.begin() as connection:
        citizen.relay(connection, conversation, text, key)


def told(desk: Desk, sender: str = AN) -> list[str]:
    """Everything that the desk says to a citizen, in order."""
    query = sa.select(outgoing.c.tree).where(outgoing.c.sender == sender).order_by(outgoing.c.id)
    with desk.begin() as connection:
        return [text_of(tree) for tree in connection.execute(query).scalars()]


def text_of(tree: Tree) -> str:
    """The words of a reply."""
    return "\n".join(block["text"] for block in tree["blocks"])


def words(name: str) -> str:
    """Ready words of the desk."""
    return text_of(say(name))
