"""day of the list that an unconfirmed code was last seen in"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("procedure_layers") as batch:
        batch.add_column(sa.Column("code_listed", sa.Date(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("procedure_layers") as batch:
        batch.drop_column("code_listed")
