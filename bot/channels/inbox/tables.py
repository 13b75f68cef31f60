"""The inbox's tables. Times are UTC; texts are emptied as soon as they are answered."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = BigInteger().with_variant(Integer, "sqlite")
NAME = String(20)
PERSON = String(120)

inbox_messages = Table(
    "inbox_messages",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("channel", NAME, nullable=False),
    Column("key", String(120), nullable=False),
    Column("sender", PERSON, nullable=False),
    Column("address", PERSON, nullable=False),
    Column("kind", String(10), nullable=False),
    # {text, remark, details}; emptied when the message is done.
    Column("content", JSON),
    # new, working, done, poison, dropped
    Column("status", String(10), nullable=False),
    Column("received_at", DateTime, nullable=False),
    Column("handled_at", DateTime),
    # How often it was taken up, and how often its turn failed.
    Column("claims", Integer, nullable=False, default=0),
    Column("failures", Integer, nullable=False, default=0),
    Column("error", String(80)),
    UniqueConstraint("channel", "key"),
    Index("ix_inbox_messages_sender_status", "sender", "status", "id"),
    Index("ix_inbox_messages_status", "status", "id"),
)

outbox_messages = Table(
    "outbox_messages",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    # The message it answers; none for notices.
    Column("message_id", ID),
    Column("channel", NAME, nullable=False),
    Column("sender", PERSON, nullable=False),
    Column("address", PERSON, nullable=False),
    # The channel's own JSON; emptied when sent or given up.
    Column("body", JSON),
    # waiting, sending, sent, unsure, refused, dropped
    Column("status", String(10), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("sent_at", DateTime),
    Column("tries", Integer, nullable=False, default=0),
    Column("platform_id", String(120)),
    Column("error", String(80)),
    Index("ix_outbox_messages_sender_status", "sender", "status", "id"),
    Index("ix_outbox_messages_status", "status", "id"),
    Index("ix_outbox_messages_message", "message_id"),
)

# One row per person and channel. It is also the lock that keeps one person's
# messages in order: whoever holds the lease of the row works for that person.
# A lease without an owner is a rest before the next try.
channel_contacts = Table(
    "channel_contacts",
    metadata,
    Column("sender", PERSON, primary_key=True),
    Column("channel", NAME, nullable=False),
    Column("address", PERSON, nullable=False),
    Column("last_seen", DateTime, nullable=False),
    Column("reachable", Boolean, nullable=False, default=True),
    # Asked to be forgotten: the row goes once the answer has been sent.
    Column("forget", Boolean, nullable=False, default=False, server_default=false()),
    # A person of the staff is talking: no turns until then.
    Column("silent_until", DateTime),
    # Payloads of the last numbered menu.
    Column("offered", JSON),
    Column("turn_owner", String(40)),
    Column("turn_until", DateTime),
    Column("send_owner", String(40)),
    Column("send_until", DateTime),
    Index("ix_channel_contacts_channel", "channel"),
)

button_tokens = Table(
    "button_tokens",
    metadata,
    Column("token", String(40), primary_key=True),
    Column("sender", PERSON, nullable=False),
    Column("payload", String(300), nullable=False),
    Column("title", String(200), nullable=False),
    Column("expires_at", DateTime, nullable=False),
    Index("ix_button_tokens_sender", "sender"),
    Index("ix_button_tokens_expires", "expires_at"),
)

# Small things a channel keeps for all processes, and leases that only one process may hold.
channel_state = Table(
    "channel_state",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("value", Text),
    Column("owner", String(40)),
    Column("until", DateTime),
)
