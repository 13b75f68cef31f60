"""Guides and life events that staff wrote are used from the next turn on."""

from __future__ import annotations

from sqlalchemy.engine import Engine

from actions.guide_talk import GuideTalk
from actions.knowledge_base import KnowledgeBase
from actions.life_event_talk import LifeEventTalk
from actions.procedure_talk import ProcedureTalk
from knowledge.editing import service, texts
from knowledge.editing.model import Actor
from knowledge.editing.texts import Kind
from knowledge.search.build import IndexKeeper
from tests.knowledge.made_up import LetterEncoder


def test_a_guide_and_an_event_of_staff_count_at_once_and_until_they_are_taken_back(content_engine: Engine) -> None:
    knowledge = KnowledgeBase(content_engine, IndexKeeper(content_engine, LetterEncoder()))
    guides, events = GuideTalk(knowledge, ProcedureTalk(knowledge)), LifeEventTalk(knowledge)
    reviewer = Actor("ha", may_publish=True)

    def titles(kind: Kind, name: str) -> str:
        knowledge.refresh()
        return (guides._guides if kind is Kind.GUIDE else events._events)[name].title

    for kind in Kind:
        with content_engine.connect() as connection:
            text = texts.list_texts(connection, kind)[0]
        before = titles(kind, text.name)
        lines = text.text.splitlines()
        new = "\n".join("title: Tên của cán bộ" if line.startswith("title:") else line for line in lines)
        with service.writing(content_engine) as connection:
            texts.save_text(connection, kind, text.name, new, text.scenarios, base=0, actor=reviewer)
        assert titles(kind, text.name) == "Tên của cán bộ"
        with service.writing(content_engine) as connection:
            texts.take_back(connection, kind, text.name, base=1, actor=reviewer)
        assert titles(kind, text.name) == before
