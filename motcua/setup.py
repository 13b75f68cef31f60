"""Bring a checkout from nothing to ready: database, content, vectors, model."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import Engine

from accounts.database import open_accounts
from knowledge.content import load_content
from knowledge.database import migrate, open_engine
from knowledge.search.build import embed_all
from knowledge.vectors import load_shipped
from motcua.training import Tell, train
from vietnamese.embedding import default_encoder


def ready_database(tell: Tell) -> Engine:
    """The settings' database: reachable, migrated, with our own content.

    Raises:
        DatabaseUnreachable: it doesn't answer.
        ContentInvalid: a content file has a mistake.
    """
    engine = open_engine()
    migrate(engine)
    open_accounts(engine)
    outcome = load_content(engine)
    fresh = len(outcome.created) + len(outcome.changed)
    if fresh:
        tell(f"Đã nạp nội dung của {fresh} thủ tục.")
    return engine


def ready_vectors(engine: Engine, tell: Tell) -> int:
    """Every vector that the search needs; returns how many had to be made."""
    encoder = default_encoder()
    with engine.begin() as connection:
        load_shipped(connection, encoder)

    def progress(done: int, total: int) -> None:
        if done == total or done % 1024 == 0:
            tell(f"  véc-tơ câu: {done}/{total}")

    return embed_all(engine, encoder, progress)


def set_up(tell: Tell) -> Path:
    """Everything but serving; returns the model."""
    engine = ready_database(tell)
    ready_vectors(engine, tell)
    engine.dispose()
    return train(tell)
