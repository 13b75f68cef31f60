"""The tables, in SQLAlchemy 1.4's 2.0 style.

A procedure has two layers with the same tables: what the portal says
('official') and what people wrote ('editorial'). Rows of a layer are replaced
together; ``revisions`` keeps every version of a layer, so history and restore
need no second bookkeeping.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

CODE = String(40)
LAYER = String(10)


def _code() -> Column:  # type: ignore[type-arg]
    """The procedure that a row belongs to; part of the row's key."""
    return Column("code", CODE, ForeignKey("procedures.code", ondelete="CASCADE"), primary_key=True)


def _layer_table(name: str, *columns: Column) -> Table:  # type: ignore[type-arg]
    """A table whose rows belong to a layer of a procedure, in order."""
    return Table(
        name,
        metadata,
        _code(),
        Column("layer", LAYER, primary_key=True),
        Column("position", Integer, primary_key=True),
        *columns,
    )


procedures = Table(
    "procedures",
    metadata,
    Column("code", CODE, primary_key=True),
    Column("state", String(12), nullable=False, index=True),  # draft, in_review, published, retired
    Column("area", String(20)),  # life area, 'ho_tich', ...
    Column("prior", Float, nullable=False, default=0.0),  # how often people need it: log odds against the average
    Column("revision", Integer, nullable=False, default=0),
    Column("created_at", DateTime, nullable=False),
    Column("updated_at", DateTime, nullable=False),
)

layers = Table(
    "procedure_layers",
    metadata,
    _code(),
    Column("layer", LAYER, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("name", Text),
    Column("official_name", Text),
    Column("summary", Text),
    Column("levels", String(60)),
    Column("kind", Text),
    Column("field", Text),
    Column("ministry", Text),
    Column("applicants", Text),
    Column("online", String(10)),
    Column("portal_url", Text),
    Column("decision", Text),
    Column("documents_note", Text),
    Column("code_listed", Date),
)

sources = Table(
    "sources",
    metadata,
    _code(),
    Column("layer", LAYER, primary_key=True),
    Column("key", String(40), primary_key=True),
    Column("name", Text, nullable=False),
    Column("url", Text),
    Column("dated", Date),
    Column("checked_on", Date, nullable=False),
)

notes = _layer_table(
    "notes",
    Column("kind", String(12), nullable=False),  # applies, condition, mistake, warning
    Column("text", Text, nullable=False),
)
cases = _layer_table(
    "cases", Column("name", Text, nullable=False), Column("condition", Text), Column("source", String(40))
)
documents = Table(
    "documents",
    metadata,
    _code(),
    Column("layer", LAYER, primary_key=True),
    Column("case_position", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("originals", Integer, nullable=False),
    Column("copies", Integer, nullable=False),
    Column("show_only", Boolean, nullable=False),
    Column("if_any", Boolean, nullable=False),
    Column("form", Text),
    Column("note", Text),
)
channels = _layer_table(
    "channels", Column("kind", String(10), nullable=False), Column("place", Text), Column("note", Text)
)
_PERIOD = ("valid_from", "valid_to")
processing_times = Table(
    "processing_times",
    metadata,
    _code(),
    Column("layer", LAYER, primary_key=True),
    Column("channel_position", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("amount", Integer),
    Column("unit", String(12)),
    Column("condition", Text),
    *(Column(name, Date) for name in _PERIOD),
    Column("source", String(40)),
)
fees = Table(
    "fees",
    metadata,
    _code(),
    Column("layer", LAYER, primary_key=True),
    Column("channel_position", Integer, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("label", Text, nullable=False),
    Column("amount", Integer),  # đồng; 0 is free, NULL is no fixed sum
    Column("per", Text),
    Column("text", Text),
    Column("condition", Text),
    Column("area", Text),
    *(Column(name, Date) for name in _PERIOD),
    Column("source", String(40)),
)
steps = _layer_table("steps", Column("text", Text, nullable=False))
results = _layer_table("results", Column("name", Text, nullable=False))
forms = _layer_table("forms", Column("name", Text, nullable=False), Column("note", Text), Column("url", Text))

agencies = Table("agencies", metadata, Column("name", String(300), primary_key=True))
procedure_agencies = _layer_table(
    "procedure_agencies",
    Column("role", String(12), nullable=False),  # decides, receives, carries_out, cooperates
    Column("agency", String(300), ForeignKey("agencies.name"), nullable=False),
    Column("source", String(40)),
)
legal_bases = Table(
    "legal_bases", metadata, Column("number", String(80), primary_key=True), Column("title", Text, nullable=False)
)
procedure_legal_bases = _layer_table(
    "procedure_legal_bases", Column("number", String(80), ForeignKey("legal_bases.number"), nullable=False)
)
related = _layer_table(
    "related_procedures",
    Column("relation", String(10), nullable=False),  # instead, related
    Column("to_code", CODE, nullable=False),
    Column("condition", Text),
)
popular_names = _layer_table("popular_names", Column("text", Text, nullable=False))
ways_to_ask = _layer_table("ways_to_ask", Column("text", Text, nullable=False))

# Names and ways people ask for procedures that may not have been imported yet.
search_keys = Table(
    "search_keys",
    metadata,
    Column("code", CODE, primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", String(12), nullable=False),  # popular_name, way_to_ask
    Column("text", Text, nullable=False),
)

# What people call a thing, and what the records call it.
aliases = Table(
    "aliases",
    metadata,
    Column("alias", String(120), primary_key=True),
    Column("term", Text, primary_key=False, nullable=False),
)

doubts = Table(
    "doubts",
    metadata,
    Column("code", CODE, primary_key=True),
    Column("field", String(20), primary_key=True),  # fees, times, documents, agencies, legal_bases
    Column("position", Integer, primary_key=True),
    Column("what", Text, nullable=False),
    Column("instead", Text),
    Column("confidence", String(10)),
)

import_runs = Table(
    "import_runs",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("file", Text, nullable=False),
    Column("format", String(20), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("started_at", DateTime, nullable=False),
    Column("finished_at", DateTime, nullable=False),
    Column("created", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("unchanged", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
)
import_rejections = Table(
    "import_rejections",
    metadata,
    Column("run_id", Integer, ForeignKey("import_runs.id", ondelete="CASCADE"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("code", CODE),
    Column("reason", Text, nullable=False),
)

revisions = Table(
    "revisions",
    metadata,
    _code(),
    Column("layer", LAYER, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("reason", Text),
    Column("payload", JSON, nullable=False),
)
audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("at", DateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("action", String(12), nullable=False),  # created, changed, removed, state
    Column("code", CODE),
    Column("layer", LAYER),
    Column("field", String(40)),
    Column("old", JSON),
    Column("new", JSON),
    Column("reason", Text),
    Index("ix_audit_log_code_at", "code", "at"),
)

# What staff are working on: the newest version of each draft, and all versions, so that two editors who meet can be
# shown what each of them began from. A draft may be of a procedure that isn't there yet.
drafts = Table(
    "drafts",
    metadata,
    Column("code", CODE, primary_key=True),
    Column("version", Integer, nullable=False),  # of draft_versions; never used twice
    Column("base_revision", Integer, nullable=False),  # of the editorial layer; 0 where there was none
    Column("state", String(12), nullable=False),  # draft, in_review
    Column("name", Text),  # as the draft has it, for the list
    Column("author", String(80), nullable=False),
    Column("comment", Text),
    Column("at", DateTime, nullable=False),
    Column("payload", JSON, nullable=False),
)
draft_versions = Table(
    "draft_versions",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),  # from a counter
    Column("code", CODE, nullable=False, index=True),
    Column("base_revision", Integer, nullable=False),
    Column("author", String(80), nullable=False),
    Column("comment", Text),
    Column("at", DateTime, nullable=False),
    Column("payload", JSON, nullable=False),
)
# A value that staff have written over has changed underneath: on the portal ('official') or in the texts that come
# with the software ('content').
review_items = Table(
    "review_items",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("code", CODE, nullable=False, index=True),
    Column("origin", String(10), nullable=False),
    Column("field", String(40), nullable=False),
    Column("old", JSON),
    Column("new", JSON),
    Column("digest", String(64), nullable=False),  # of the new value, so that a repeat raises nothing
    Column("raised_at", DateTime, nullable=False),
    Column("state", String(10), nullable=False, index=True),  # open, kept, accepted, outdated
    Column("settled_at", DateTime),
    Column("settled_by", String(80)),
    Column("comment", Text),
)
# Guides and life events as staff wrote them, over the files that come with the software. The newest revision counts.
# General questions as staff work on them, a row for each step; rows are never changed (knowledge/editing/faqs.py).
faq_steps = Table(
    "faq_steps",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("name", String(80), nullable=False),
    Column("state", String(12), nullable=False),  # draft, in_review, dropped, published, retired, shipped
    Column("payload", JSON, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("at", DateTime, nullable=False),
    Column("reason", Text),
    Index("ix_faq_steps_name", "name", "number"),
)
staff_texts = Table(
    "staff_texts",
    metadata,
    Column("kind", String(12), primary_key=True),  # guide, life_event
    Column("name", String(80), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("text", Text),  # NULL: back to the file
    Column("scenarios", Text),
    Column("shipped", String(64), nullable=False),  # fingerprint of the file it was written over; '' for none
    Column("at", DateTime, nullable=False),
    Column("actor", String(80), nullable=False),
    Column("reason", Text),
)

# A file that staff have handed in and are looking through before anything of it is written.
import_previews = Table(
    "import_previews",
    metadata,
    Column("token", String(64), primary_key=True),  # SHA-256 of what the browser holds
    Column("actor", String(80), nullable=False),
    Column("file", Text, nullable=False),
    Column("at", DateTime, nullable=False, index=True),
    Column("plan", LargeBinary, nullable=False),  # what was shown: JSON, packed with zlib
    Column("body", LargeBinary, nullable=False),  # the file as it came
)

# Addresses in the records, and whether they led anywhere when they were last tried.
link_checks = Table(
    "link_checks",
    metadata,
    Column("url", String(600), primary_key=True),
    Column("at", DateTime, nullable=False),
    Column("problem", String(60)),  # NULL: it works
)

vectors = Table(
    "vectors",
    metadata,
    Column("model", String(60), primary_key=True),
    Column("text_hash", String(64), primary_key=True),
    Column("vector", LargeBinary, nullable=False),  # float16, little-endian
)
counters = Table(
    "counters", metadata, Column("name", String(40), primary_key=True), Column("value", Integer, nullable=False)
)
# What was loaded last, so that an unchanged load costs nothing.
fingerprints = Table(
    "fingerprints", metadata, Column("name", String(40), primary_key=True), Column("value", String(64), nullable=False)
)
