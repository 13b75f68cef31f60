"""Tables of what was asked and how it ended. Times are UTC, days are Vietnam's; people are numbers made with a secret.

No identity of a channel, and no text but the masked one of turns that somebody has to settle.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
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
CODE = String(40)
PLACE = String(80)

# One row for each turn. All turns of a conversation carry the day on which it began, so that figures of days add up.
turns = Table(
    "analytics_turns",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    # Of the message: the same however often its events come in.
    Column("key", String(32), nullable=False, unique=True),
    Column("at", DateTime, nullable=False),
    Column("day", Date, nullable=False),
    Column("person", BigInteger, nullable=False),
    Column("conversation", BigInteger, nullable=False),
    Column("channel", NAME, nullable=False),
    # Today's ward, commune or special zone, where the conversation has named one.
    Column("place", PLACE),
    Column("outcome", NAME, nullable=False),
    Column("aspect", NAME),
    Column("intent", String(40)),
    # What was answered, or the first procedure offered.
    Column("procedure", CODE),
    Column("codes", JSON, nullable=False),
    Column("options", JSON, nullable=False),
    # What this turn took of the options of the turn before.
    Column("chosen", CODE),
    Column("confidence", Float),
    Column("ms", Integer),
    # 1 or -1 where somebody rated this answer.
    Column("rated", SmallInteger),
    Index("ix_analytics_turns_day", "day", "channel"),
    Index("ix_analytics_turns_person", "person", "at"),
    Index("ix_analytics_turns_conversation", "conversation"),
    Index("ix_analytics_turns_procedure", "procedure", "day"),
    Index("ix_analytics_turns_place", "place", "day"),
)

# The masked text of a turn; rows without a reason are deleted as soon as it is clear that nothing went wrong.
texts = Table(
    "analytics_texts",
    metadata,
    Column("key", String(32), primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("person", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("understood", Text, nullable=False),
    # Its sentence vector in 8 bits, as the NLU made it; none for another encoder.
    Column("vector", LargeBinary),
    # not_found, no_choice, corrected, rated_down, handed_over; see analytics.log.Reason
    Column("reason", NAME),
    # way, faq, outside, example, set_aside; see analytics.settling
    Column("settled", NAME),
    Column("settled_at", DateTime),
    Column("settled_by", String(60)),
    Index("ix_analytics_texts_reason", "reason", "settled", "at"),
    Index("ix_analytics_texts_at", "at"),
    Index("ix_analytics_texts_person", "person"),
)

# Figures of a day or a month, made once it is over; 'figures' is analytics.tally.Tally as JSON.
rollups = Table(
    "analytics_rollups",
    metadata,
    Column("span", String(5), primary_key=True),  # day, month
    Column("start", Date, primary_key=True),
    # A row with the channel '' says that the span was counted, even if nobody came.
    Column("channel", NAME, primary_key=True),
    # Of procedures; '' for all turns, whatever they were about.
    Column("area", NAME, primary_key=True),
    Column("figures", Text, nullable=False),
    # Numbers of people, 8 bytes each, little-endian, sorted.
    Column("people", LargeBinary, nullable=False),
)

# How often links to the portal were opened; nothing of who.
link_days = Table(
    "analytics_link_days",
    metadata,
    Column("day", Date, primary_key=True),
    Column("channel", NAME, primary_key=True),
    # '' counts each person once a day, whatever was opened.
    Column("code", CODE, primary_key=True),
    Column("opened", Integer, nullable=False),
)

# What keeps one person's second tap of a day from counting again; emptied every day.
link_marks = Table(
    "analytics_link_marks",
    metadata,
    Column("day", Date, primary_key=True),
    Column("token", String(16), primary_key=True),
    Column("code", CODE, primary_key=True),
)

# Example messages with their intents that staff collected for the next training; nothing says whose they were.
examples = Table(
    "analytics_examples",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    # Of the text's folded words: an example is collected once.
    Column("key", String(32), nullable=False, unique=True),
    Column("text", Text, nullable=False),
    Column("intent", String(40), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("by", String(60), nullable=False),
)

# Trainings that staff began; see analytics.learning.
trainings = Table(
    "analytics_trainings",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("state", String(10), nullable=False),
    Column("asked_at", DateTime, nullable=False),
    Column("asked_by", String(60), nullable=False),
    # Grows while the training lives; one that stopped long ago was cut off.
    Column("beat", DateTime, nullable=False),
    Column("ended_at", DateTime),
    Column("step", String(200), nullable=False),
    Column("percent", SmallInteger, nullable=False),
    # The model that was made, and the one that was served when it began.
    Column("model", String(80)),
    Column("earlier", String(80)),
    # [text, intent] each, as they were when it began.
    Column("examples", JSON, nullable=False),
    # The comparison, as analytics.learning.Comparison in JSON.
    Column("result", JSON),
    Column("fault", String(500)),
)
