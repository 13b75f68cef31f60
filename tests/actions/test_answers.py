from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.knowledge_base import KnowledgeBase
from answers import answer
from answers.outcome import Aspect
from answers.reply import LIMIT, Block, Item, Items, Paragraph, Reply, SourceLine, Title, fit
from knowledge.layer import Channel, ChannelKind, Document, Fee, Instead, Layer, ProcessingTime, Source
from knowledge.procedure import Procedure
from knowledge.wording import fee_text
from tests.conftest import TODAY

ASPECTS = [aspect for aspect in Aspect if aspect is not Aspect.STATUS]
GOLDEN_CODES = ("1.001193", "1.000894", "1.013076", "1.001612", "1.014064")


@pytest.mark.parametrize("code", GOLDEN_CODES)
@pytest.mark.parametrize("aspect", ASPECTS, ids=lambda aspect: str(aspect.value))
def test_answers_read_as_agreed(
    knowledge: KnowledgeBase, golden: Callable[[str, Reply], None], code: str, aspect: Aspect
) -> None:
    procedure = knowledge.procedure(code)
    assert procedure is not None
    golden(f"{code}/{aspect.value}", answer(procedure, aspect, TODAY))


def test_every_answer_is_short_sourced_and_leads_on(knowledge: KnowledgeBase) -> None:
    codes = knowledge.keeper.index.codes
    assert len(codes) >= 40
    for code in codes:
        procedure = knowledge.procedure(code)
        assert procedure is not None
        cases = [None, *range(len(procedure.cases))]
        for aspect in ASPECTS:
            for case in cases if aspect is Aspect.DOCUMENTS else [None]:
                reply = answer(procedure, aspect, TODAY, case=case)
                assert len(reply.text()) <= LIMIT, (code, aspect, case)
                assert isinstance(reply.blocks[0], Title)
                assert isinstance(reply.blocks[-1], SourceLine)
                assert "kiểm ngày" in reply.blocks[-1].text
                assert reply.buttons[-1].url == procedure.portal_url
                assert any(button.payload for button in reply.buttons)


def procedure_with(**fields: object) -> Procedure:
    source = Source(name="Bản ghi thử", url="https://example.vn/x", checked=TODAY)
    layer = Layer(code="9.999999", name="Thủ tục thử", sources={"portal": source}, **fields)
    return Procedure("9.999999", layer, None)


@pytest.mark.parametrize("aspect", ASPECTS, ids=lambda aspect: str(aspect.value))
@pytest.mark.parametrize(
    ("code", "listed", "caution"),
    [("9.999999", dt.date(2025, 4, 28), "danh mục ngày 28/4/2025"), ("nuoi-chim", None, "Chưa thấy mã")],
)
def test_a_code_that_is_not_sure_is_never_told_as_one(
    code: str, listed: dt.date | None, caution: str, aspect: Aspect
) -> None:
    source = Source(name="Danh mục thử", checked=TODAY)
    made = Layer(
        code=code,
        name="Cấp thẻ nuôi chim",
        sources={"portal": source},
        code_listed=listed,
        channels=[Channel(kind=ChannelKind.ONLINE)],
        instead=[Instead(when="Làm việc nuôi gà", code="nuoi-ga")],
    )
    reply = answer(Procedure(code, None, made), aspect, TODAY)
    assert caution in reply.text()
    assert code not in reply.text()
    assert "nuoi-ga" not in reply.text()
    assert reply.buttons[-1].title == "Tìm trên Cổng"


def test_a_case_named_in_the_message_decides_the_documents(knowledge: KnowledgeBase) -> None:
    procedure = knowledge.procedure("1.001193")
    assert procedure is not None
    reply = answer(procedure, Aspect.DOCUMENTS, TODAY, ["be", "bi", "bo", "roi", "khai", "sinh", "can", "gi"])
    assert "Biên bản về việc trẻ bị bỏ rơi" in reply.text()
    assert "mang thai hộ" not in reply.text()


def test_only_the_documents_of_the_case_are_listed(knowledge: KnowledgeBase) -> None:
    procedure = knowledge.procedure("1.001193")
    assert procedure is not None
    names = {case.name: {paper.name for paper in case.documents} for case in procedure.cases}
    for at, case in enumerate(procedure.cases):
        reply = answer(procedure, Aspect.DOCUMENTS, TODAY, case=at)
        listed = {item.text for block in reply.blocks if isinstance(block, Items) for item in block.items}
        assert listed <= names[case.name]


@pytest.mark.parametrize(
    ("day", "says"),
    [
        (dt.date(2026, 12, 31), "25.000 đồng, áp dụng đến 31/12/2026"),
        (dt.date(2027, 1, 1), "50.000 đồng"),
    ],
)
def test_the_fee_of_the_day_is_told(day: dt.date, says: str) -> None:
    fees = [
        Fee(label="Lệ phí", amount=25_000, end=dt.date(2026, 12, 31)),
        Fee(label="Lệ phí", amount=50_000, start=dt.date(2027, 1, 1)),
    ]
    text = answer(procedure_with(channels=[Channel(kind="online", fees=fees)]), Aspect.FEE, day).text()
    assert f"Lệ phí: {says}" in text
    assert ("25.000" in text) != ("50.000" in text)


def test_a_checklist_leads_to_the_page_that_prints_it(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = [{"name": name, "documents": [Document(name="Tờ khai")]} for name in ("Lần đầu", "Cấp lại")]
    procedure = procedure_with(cases=cases)
    titles = [button.title for button in answer(procedure, Aspect.DOCUMENTS, TODAY, case=1).buttons]
    assert "In danh sách" not in titles  # nobody knows the page's address
    monkeypatch.setenv("MOTCUA_PUBLIC_URL", "https://hoi.example.vn/")
    pages = {}
    for case in (None, 0, 1):
        buttons = answer(procedure, Aspect.DOCUMENTS, TODAY, case=case).buttons
        pages[case] = next(button.url for button in buttons if button.title == "In danh sách")
    whole = "https://hoi.example.vn/thu-tuc/9.999999"
    assert pages == {None: whole, 0: f"{whole}?truong-hop=1", 1: f"{whole}?truong-hop=2"}
    assert "In danh sách" not in [button.title for button in answer(procedure, Aspect.FEE, TODAY).buttons]


@pytest.mark.parametrize(("age", "old"), [(0, False), (180, False), (181, True), (400, True)])
def test_a_check_of_long_ago_is_said_to_be_one(age: int, old: bool) -> None:
    procedure = procedure_with(results=["Giấy chứng nhận"])
    line = answer(procedure, Aspect.RESULT, TODAY + dt.timedelta(days=age)).blocks[-1]
    assert isinstance(line, SourceLine)
    assert "kiểm ngày 24/11/2026" in line.text
    assert ("hơn 180 ngày" in line.text) == old


def test_what_is_not_stated_is_said_so_with_the_link() -> None:
    procedure = procedure_with(portal_url="https://dichvucong.gov.vn/p")
    for aspect in (Aspect.FEE, Aspect.TIME, Aspect.DOCUMENTS, Aspect.RESULT, Aspect.LEGAL_BASIS, Aspect.FORM):
        reply = answer(procedure, aspect, TODAY)
        assert "chưa nêu rõ" in reply.text()
        assert reply.buttons[-1].url == "https://dichvucong.gov.vn/p"


def test_a_doubtful_field_is_never_told() -> None:
    channel = Channel(kind="direct", fees=[Fee(label="Phí", amount=120_000)], times=[ProcessingTime(text="5 ngày")])
    procedure = procedure_with(channels=[channel])
    doubtful = Procedure(procedure.code, procedure.official, None, frozenset({"fees", "times"}))
    for aspect in (Aspect.FEE, Aspect.TIME, Aspect.WHICH):
        text = answer(doubtful, aspect, TODAY).text()
        assert "120.000" not in text
        assert "5 ngày" not in text
    assert "đang cần kiểm lại" in answer(doubtful, Aspect.FEE, TODAY).text()


def test_old_district_names_are_marked() -> None:
    procedure = procedure_with(conditions=["Nộp tại Ủy ban nhân dân cấp huyện"])
    assert "cấp huyện đã bỏ từ 1/7/2025" in answer(procedure, Aspect.ELIGIBILITY, TODAY).text()


def test_copies_and_originals_are_counted() -> None:
    papers = [Document(name="Giấy A", original=1, copy=2), Document(name="Giấy B", original=1, show_only=True)]
    text = answer(procedure_with(cases=[{"name": "Chung", "documents": papers}]), Aspect.DOCUMENTS, TODAY).text()
    assert "Giấy A (1 bản chính và 2 bản sao)" in text
    assert "Giấy B (xuất trình 1 bản chính)" in text


def test_free_is_said_in_words_and_an_area_is_named() -> None:
    fee = Fee(label="Lệ phí", amount=0, area="TP.HCM", when="Nộp trực tuyến")
    assert fee_text(fee) == "Lệ phí: miễn phí (nộp trực tuyến, ở TP.HCM)"


text = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=400)
blocks = st.one_of(
    text.map(Paragraph), st.lists(text.map(Item), min_size=1, max_size=12).map(lambda items: Items(tuple(items)))
)


@given(st.lists(blocks, max_size=5))
@settings(deadline=None, max_examples=80)
def test_any_reply_fits_and_keeps_its_head_and_source(middle: list[Block]) -> None:
    head, source = Title("Tên thủ tục"), SourceLine("Bản ghi, kiểm ngày 1/1/2026")
    fitted = fit([head, *middle, source], "… còn {count} mục nữa.")
    assert fitted[0] == head
    assert fitted[-1] == source
    assert len(Reply(fitted).text()) <= LIMIT
