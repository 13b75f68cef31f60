"""The desk's tables. Times are UTC; texts are masked before they come here, and deleted with their conversation."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = BigInteger().with_variant(Integer, "sqlite")
NAME = String(20)
PERSON = String(120)
STAFF = String(80)

handovers = Table(
    "desk_handovers",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("channel", NAME, nullable=False),
    Column("sender", PERSON, nullable=False),
    # The sender while the conversation is open, else nothing: a person has one open conversation at most.
    Column("open_sender", PERSON, unique=True),
    # waiting, claimed, closed
    Column("state", String(10), nullable=False),
    Column("asked_at", DateTime, nullable=False),
    # Asked for outside working hours: a question left behind.
    Column("left", Boolean, nullable=False, default=False),
    # What was talked about: the procedure and the question before, and today's ward where it was named.
    Column("code", String(40)),
    Column("question", Text),
    Column("ward", String(120)),
    Column("claimed_by", STAFF),
    Column("claimed_at", DateTime),
    Column("citizen_at", DateTime, nullable=False),
    Column("staff_at", DateTime),
    # The citizen was told that it takes long.
    Column("sorry_at", DateTime),
    Column("closed_at", DateTime),
    # citizen, staff, silence, unanswered
    Column("closed_by", String(10)),
    Index("ix_desk_handovers_state", "state", "asked_at"),
    Index("ix_desk_handovers_sender", "sender"),
    sqlite_autoincrement=True,
)

# Numbers of rows are never used again (sqlite_autoincrement): pages ask for what came after a number.
outgoing = Table(
    "desk_outgoing",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("sender", PERSON, nullable=False),
    Column("channel", NAME, nullable=False),
    # reply (of the staff), word (of the desk itself), notice (of a change)
    Column("kind", String(10), nullable=False),
    # The reply's tree; emptied once a channel has taken it.
    Column("tree", JSON),
    # waiting, held (until the person writes again), handed (to the outbox), sent, unsure, refused, dropped
    Column("state", String(10), nullable=False),
    Column("created_at", DateTime, nullable=False),
    Column("changed_at", DateTime, nullable=False),
    # The outbox's row that carries its end.
    Column("outbox_id", ID),
    Index("ix_desk_outgoing_state", "state", "channel", "id"),
    Index("ix_desk_outgoing_sender", "sender", "id"),
    sqlite_autoincrement=True,
)

messages = Table(
    "desk_messages",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("handover_id", ID, ForeignKey("desk_handovers.id", ondelete="CASCADE"), nullable=False),
    # asked (the words that asked for a person), citizen, staff, note (something that can't be shown)
    Column("direction", String(10), nullable=False),
    Column("author", STAFF),
    Column("text", Text, nullable=False),
    Column("at", DateTime, nullable=False),
    # The same for every try to write the same message.
    Column("key", String(120), nullable=False),
    Column("outgoing_id", ID),
    UniqueConstraint("handover_id", "key"),
    sqlite_autoincrement=True,
)

followers = Table(
    "desk_followers",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("sender", PERSON, nullable=False),
    Column("channel", NAME, nullable=False),
    Column("code", String(40), nullable=False),
    Column("since", DateTime, nullable=False),
    # Revisions of the two layers up to which the person knows the procedure; 0 for a layer that wasn't there.
    Column("official", Integer, nullable=False),
    Column("editorial", Integer, nullable=False),
    UniqueConstraint("sender", "code"),
    Index("ix_desk_followers_code", "code"),
)

canned_answers = Table(
    "desk_canned_answers",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("title", String(120), nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("changed_by", STAFF),
    Column("changed_at", DateTime, nullable=False),
)

# Who of the staff looked at the queue, and when: a promise of somebody who isn't there would be a false one.
presence = Table(
    "desk_presence",
    metadata,
    Column("staff", STAFF, primary_key=True),
    Column("seen_at", DateTime, nullable=False),
)
