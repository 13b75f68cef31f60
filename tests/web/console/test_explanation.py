"""Why did it say that, in the browser: a real turn over our own content, shown in words, with nothing kept."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
import time_machine
import yaml
from sqlalchemy.engine import Engine

from actions.explain import Explainer
from actions.knowledge_base import KnowledgeBase
from actions.memory import Message
from desk.database import Desk
from knowledge.database import open_engine
from knowledge.search.build import IndexKeeper
from knowledge.search.weights import FEATURES, MEASURES
from tests.actions.conftest import ranking
from tests.conftest import ROOT as CHECKOUT
from tests.conftest import TODAY
from tests.web.conftest import Rasa
from tests.web.console.conftest import ROOT, Browser
from vietnamese.embedding import SentenceEncoder
from vietnamese.normalise import normalise
from vietnamese.segment import words as segmented
from vietnamese.understand import Understander
from web.console import explain_words
from web.console.explanation import percent, signed

ATTACK = '"><script>alert(1)</script><img src=x onerror=alert(1)> làm khai sinh'
Tell = Callable[[str], None]


@pytest.fixture(scope="module")
def explainer(content_database: Path, encoder: SentenceEncoder) -> Explainer:
    engine = open_engine(f"sqlite:///{content_database}")
    return Explainer(KnowledgeBase(engine, IndexKeeper(engine, encoder)))


@pytest.fixture
def assistant(rasa: Rasa, explainer: Explainer, understander: Understander) -> Rasa:
    """The made-up Rasa explains with the real reading and the real dialogue; only the classifier is told its word."""

    def answer(request: httpx.Request) -> httpx.Response:
        text = json.loads(request.content)["text"]
        understood, intents = understander.understand(text).text, ranking("ask_documents", 0.85)
        with time_machine.travel(f"{TODAY}T09:00:00+07:00", tick=True):
            decision = explainer.explain("action_answer", Message(understood, "ask_documents", intents))
        told: dict[str, Any] = {
            "text": text,
            "normal": normalise(text),
            "written": Understander().understand(text).text,
            "understood": understood,
            "words": [word.text for word in segmented(understood)],
            "intents": [{"name": name, "confidence": chance} for name, chance in list(intents.items())[:6]],
            "entities": [{"entity": "place", "role": "ward", "value": "Phường Tân Định"}],
            "about": 2.197,
            "action": "action_answer",
            "policy": "RulePolicy",
            "decision": decision,
        }
        return httpx.Response(200, json=told)

    rasa.answer = answer
    return rasa


def explained(browser: Browser, text: str) -> str:
    answer = browser.submit("/giai-thich", {"tin": text}, of="/giai-thich")
    assert answer.status_code == 200, answer.text
    page: str = answer.text
    return page


def test_the_whole_way_of_a_message_is_shown(viewer: Browser, assistant: Rasa) -> None:
    page = explained(viewer, "lam giay khai sinh cho con can giay to j")
    assert assistant.sent == [{"text": "lam giay khai sinh cho con can giay to j"}]
    for shown in (
        "lam giay khai sinh cho con can giay to j",  # as typed
        "lam giay khai sinh cho con can giay to gì",  # written out
        "làm giấy khai sinh cho con cần giấy tờ gì",  # restored
        "khai sinh · cho",  # segmented
        "Hỏi giấy tờ: 85 %",
        "Phường Tân Định",
        "+2,20",  # log odds that it is about procedures
        "nghiêng về thủ tục, xác suất 90 %",
        "action_answer",
        "Trả lời được",
        'href="/quan-tri/thu-tuc/1.001193"',
        "Chữ giống tên thủ tục",
        "Có thủ tục phù hợp",
        "Nghĩa gần tên",
        "từ 22 %",  # KNOWN_AT_LEAST
        "Nguồn: ",  # of the reply
    ):
        assert shown in page, shown
    assert 'action="/"' not in page  # a button of the reply would send a question


def test_a_message_that_names_nothing_misses_its_threshold(viewer: Browser, assistant: Rasa) -> None:
    page = explained(viewer, "phải làm sao đây")
    assert "chưa đạt" in page
    assert "Hỏi lại để chọn" in page


def test_what_is_pasted_never_becomes_part_of_the_page(viewer: Browser, assistant: Rasa) -> None:
    page = explained(viewer, ATTACK)
    assert assistant.sent
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "&lt;script&gt;alert(1)" in page


def rows(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            name: connection.execute(sa.select(sa.func.count()).select_from(sa.table(name))).scalar_one()
            for name in sa.inspect(connection).get_table_names()
        }


def test_nothing_is_kept(viewer: Browser, assistant: Rasa, staff_engine: Engine, desk: Desk) -> None:
    viewer.get(f"{ROOT}/giai-thich")
    before = rows(staff_engine), rows(desk.engine)
    assert len(before[0]) > 10
    assert "bé mới sinh" in explained(viewer, "bé mới sinh cần giấy gì")
    assert (rows(staff_engine), rows(desk.engine)) == before
    assert "bé mới sinh" not in viewer.get(f"{ROOT}/giai-thich").text


@pytest.mark.parametrize("text", ["", "   ", "a" * 2_001])
def test_a_message_that_cannot_be_read_is_not_sent(viewer: Browser, assistant: Rasa, text: str) -> None:
    answer = viewer.submit("/giai-thich", {"tin": text}, of="/giai-thich")
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert assistant.sent == []


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (503, {"error": "loading"}, "đang khởi động"),
        (502, {"error": "failed"}, "Chưa hỏi được trợ lý"),
        (200, {"decision": None}, "Chưa hỏi được trợ lý"),
        (200, [], "Chưa hỏi được trợ lý"),
    ],
)
def test_an_assistant_that_cannot_tell_is_said(viewer: Browser, rasa: Rasa, status: int, body: Any, told: str) -> None:
    rasa.answer = lambda _: httpx.Response(status, json=body)
    answer = viewer.submit("/giai-thich", {"tin": "câu đã gõ"}, of="/giai-thich")
    assert answer.status_code == 422
    assert told in answer.text
    assert "câu đã gõ" in answer.text  # stays in the form


def test_an_assistant_out_of_reach_is_said(viewer: Browser, rasa: Rasa) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    rasa.answer = refuse
    answer = viewer.submit("/giai-thich", {"tin": "x"}, of="/giai-thich")
    assert (answer.status_code, "Chưa hỏi được trợ lý" in answer.text) == (422, True)


def test_everything_has_its_word() -> None:
    domain = yaml.safe_load((CHECKOUT / "domain.yml").read_text(encoding="utf-8"))
    assert set(explain_words.INTENTS) == set(domain["intents"])
    entities = {next(iter(one)) if isinstance(one, dict) else one for one in domain["entities"]}
    assert set(explain_words.ENTITIES) == entities
    assert set(explain_words.FEATURES) == set(FEATURES)
    assert set(explain_words.MEASURES) == set(MEASURES)


def test_numbers_are_written_as_in_vietnam() -> None:
    assert [signed(value) for value in (2.305, -0.39, 0.0, -0.001)] == ["+2,31", "−0,39", "+0,00", "+0,00"]
    assert [percent(value) for value in (0.734, 0.042, 0.0, 1.0)] == ["73 %", "4,2 %", "0 %", "100 %"]
