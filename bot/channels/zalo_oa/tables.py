"""The table of Zalo's tokens, beside the inbox's."""

from __future__ import annotations

from sqlalchemy import Column, Float, String, Table, Text

from bot.channels.inbox.tables import metadata

zalo_tokens = Table(
    "zalo_tokens",
    metadata,
    # The Official Account's id.
    Column("account", String(30), primary_key=True),
    Column("access_token", Text, nullable=False),
    Column("refresh_token", Text, nullable=False),
    # Seconds since 1970, as all times here.
    Column("expires_at", Float(53), nullable=False),
    Column("renewed_at", Float(53), nullable=False),
    # good, trying, uncertain, spent
    Column("state", String(10), nullable=False),
    Column("lease_owner", String(40)),
    Column("lease_until", Float(53), nullable=False),
)
