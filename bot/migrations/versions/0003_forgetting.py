"""Somebody who asked to be forgotten still gets the answer that says so.

Revision ID: 0003
Revises: 0002
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Mark contacts that go once nothing waits for them."""
    with op.batch_alter_table("channel_contacts") as batch:
        batch.add_column(sa.Column("forget", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Without the mark."""
    with op.batch_alter_table("channel_contacts") as batch:
        batch.drop_column("forget")
