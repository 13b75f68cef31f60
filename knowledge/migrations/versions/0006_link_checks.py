"""links that were tried"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "link_checks",
        sa.Column("url", sa.String(length=600), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("problem", sa.String(length=60), nullable=True),
        sa.PrimaryKeyConstraint("url", name=op.f("pk_link_checks")),
    )


def downgrade() -> None:
    op.drop_table("link_checks")
