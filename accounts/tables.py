"""The tables of accounts. Times are UTC; of secrets only hashes are kept, but for the key of the one-time codes."""

from __future__ import annotations

from sqlalchemy import (
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
HASH = String(64)
"""A SHA-256 in hexadecimal."""


def _user() -> Column:  # type: ignore[type-arg]
    return Column("user_id", ID, ForeignKey("users.id", ondelete="CASCADE"), nullable=False)


users = Table(
    "users",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    # What is typed to sign in; never changes, so that the history keeps its meaning.
    Column("name", String(40), nullable=False, unique=True),
    Column("full_name", String(80), nullable=False),
    Column("role", String(20), nullable=False),
    Column("disabled", Boolean, nullable=False),
    # Argon2id; empty until the person has chosen a password.
    Column("password_hash", String(200)),
    Column("setup_hash", HASH, unique=True),
    Column("setup_until", DateTime),
    # The key of the one-time codes, the key that isn't confirmed yet, and the last 30-second step that was used.
    Column("totp_secret", String(64)),
    Column("totp_pending", String(64)),
    Column("totp_step", BigInteger),
    Column("created_at", DateTime, nullable=False),
    Column("signed_in_at", DateTime),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("code_hash", HASH, primary_key=True),
    _user(),
    Index("ix_recovery_codes_user_id", "user_id"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", HASH, primary_key=True),
    _user(),
    # The password was right, the one-time code is still wanted.
    Column("pending", Boolean, nullable=False),
    Column("started_at", DateTime, nullable=False),
    Column("seen_at", DateTime, nullable=False),
    Index("ix_sessions_user_id", "user_id"),
)

sign_in_attempts = Table(
    "sign_in_attempts",
    metadata,
    # A keyed hash of the name or the address: people type passwords into the field for names.
    Column("key", HASH, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("failed_at", DateTime, nullable=False),
    Column("locked_until", DateTime),
)

account_events = Table(
    "account_events",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("at", DateTime, nullable=False),
    Column("event", String(30), nullable=False),
    # Who did it and to whom, by name; a name outlives its user.
    Column("actor", String(40), nullable=False),
    Column("subject", String(40)),
    Column("details", String(200)),
    # Tells addresses apart without saying them.
    Column("address", String(12)),
    Index("ix_account_events_at", "at"),
)
