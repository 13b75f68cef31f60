"""What is published is found within five seconds, without training and without anybody asking first."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from sqlalchemy.engine import Engine

from actions.knowledge_base import KnowledgeBase
from knowledge.editing import service
from tests.knowledge.editing.conftest import REVIEWER, draft, publish, work_of
from tests.knowledge.made_up import content_of
from vietnamese.embedding import SentenceEncoder

WITHIN = 5.0
BIRTH = "1.001193"


def seconds_until(holds: Callable[[], bool]) -> float:
    started = time.monotonic()
    while not holds():
        assert time.monotonic() - started < 4 * WITHIN, "never came"
        time.sleep(0.05)
    return time.monotonic() - started


@pytest.mark.measured
def test_a_published_change_is_in_the_search_and_in_the_answer(
    content_engine: Engine, encoder: SentenceEncoder
) -> None:
    knowledge = KnowledgeBase(content_engine)
    knowledge.keeper.watch()
    asked = "làm thẻ cho bầy sáo biết hót"

    def first() -> str:
        hits = knowledge.search(asked).hits
        return hits[0].code if hits else ""

    try:
        made = draft(content_engine, content_of(popular_names=["thẻ chim sáo"], ways_to_ask=[f"{asked} ở đâu"]))
        time.sleep(1.5)
        assert first() != made.code, "a draft is nobody's business"
        publish(content_engine, made)
        assert seconds_until(lambda: first() == made.code) < WITHIN
        # The vector of the new way to ask was made on the way: meaning counts, not only words.
        assert knowledge.keeper.index.vector_of(f"{asked} ở đâu") is not None
        with service.writing(content_engine) as connection:
            service.retire(connection, made.code, actor=REVIEWER, comment="thử")
        assert seconds_until(lambda: first() != made.code) < WITHIN
        # A fact needs no index: the next turn has it.
        changed = {**work_of(content_engine, BIRTH).payload, "summary": "Lời mới của cán bộ."}
        publish(content_engine, draft(content_engine, changed))
        knowledge.refresh()
        record = knowledge.procedure(BIRTH)
        assert record is not None
        assert record.summary == "Lời mới của cán bộ."
    finally:
        knowledge.keeper.close()
