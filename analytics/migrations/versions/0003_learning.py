"""examples that staff collected, trainings that they began"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "analytics_examples",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("key", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("intent", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("by", sa.String(length=60), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analytics_examples")),
        sa.UniqueConstraint("key", name=op.f("uq_analytics_examples_key")),
    )
    op.create_table(
        "analytics_trainings",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("asked_by", sa.String(length=60), nullable=False),
        sa.Column("beat", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("step", sa.String(length=200), nullable=False),
        sa.Column("percent", sa.SmallInteger(), nullable=False),
        sa.Column("model", sa.String(length=80), nullable=True),
        sa.Column("earlier", sa.String(length=80), nullable=True),
        sa.Column("examples", sa.JSON(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("fault", sa.String(length=500), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_analytics_trainings")),
    )


def downgrade() -> None:
    op.drop_table("analytics_trainings")
    op.drop_table("analytics_examples")
