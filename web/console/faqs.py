"""General questions: the list, one with its draft and history, the form."""

from __future__ import annotations

from functools import partial
from typing import Any, Optional

from starlette.responses import Response

from accounts.roles import Role
from analytics.settling import Settled, find, settle
from answers.common import source_line
from knowledge.editing import faqs, service
from knowledge.editing.faqs import FaqWork, Step
from knowledge.editing.model import Payload
from knowledge.errors import EditRefused
from settings import today
from web.console import faq_words as words
from web.console.pages import Pages, Tile
from web.console.procedures import actor_of
from web.console.visit import Visit
from web.turn_log import turn_log

PATH = "/cau-hoi-chung"
ONE = PATH + "/{name}"
_LONGEST = 20_000
"""Characters of a whole form."""

pages = Pages(Tile(PATH, words.TITLE, words.TILE_TEXT, Role.VIEWER))


@pages.get(PATH, Role.VIEWER)
def listing(visit: Visit) -> Response:
    """All of them, those that somebody works on first."""
    with visit.engine.connect() as connection:
        works = faqs.read_all(connection)
    works.sort(key=lambda work: work.draft is None)
    return visit.page("faqs.html", works=works, fw=words, path=PATH)


@pages.get(f"{PATH}/moi", Role.EDITOR)
def new(visit: Visit) -> Response:
    """The form for a new one; out of a question to settle, with its words."""
    question = find(turn_log(visit.engine), visit.query("tu-cau")) if visit.query("tu-cau") else None
    given = list(dict.fromkeys([question.understood, *question.others])) if question else []
    payload = {"question": given[0].capitalize() if given else "", "ask": given, "source": {"checked": str(today())}}
    return _form(visit, None, payload, source=visit.query("tu-cau") if question else "")


@pages.post(f"{PATH}/moi", Role.EDITOR)
def make(visit: Visit) -> Response:
    """Save a new one as a draft."""
    payload = _payload(visit)
    if not payload["question"]:
        return _form(visit, None, payload, fault=words.NO_QUESTION, status=422, source=visit.text("tu_cau"))
    with service.writing(visit.engine) as connection:
        taken = [work.name for work in faqs.read_all(connection)] + [row.name for row in faqs.steps(connection)]
        name = faqs.new_name(str(payload["question"]), taken)
        faqs.save_draft(connection, name, payload, base=0, actor=actor_of(visit), reason=visit.text("loi"))
    question = find(turn_log(visit.engine), visit.text("tu_cau")) if visit.text("tu_cau") else None
    if question is not None:
        with turn_log(visit.engine).begin() as connection:
            settle(connection, question.keys, Settled.FAQ, visit.user.name)
    return visit.go(f"{PATH}/{name}", words.SAVED)


@pages.get(ONE, Role.VIEWER)
def one(visit: Visit) -> Response:
    """One with what the draft changes, the answer to citizens and the history."""
    work = _work(visit)
    return _missing(visit) if work is None else _one(visit, work)


def _one(visit: Visit, work: FaqWork, fault: str = "", status: int = 200) -> Response:
    with visit.engine.connect() as connection:
        rows = faqs.steps(connection, work.name)
        found = faqs.faults(connection, work.name, work.payload)
    faq, _ = faqs.read(work.name, work.payload)
    # Each step against the one before it; the first against what comes with the software.
    before = [row.payload for row in [*rows[1:], *rows[-1:]]]
    if rows:
        before[-1] = work.shipped or {}
    return visit.page(
        "faq.html", status=status, work=work, faq=faq, faults=found, fault=fault, fw=words, path=PATH, Step=Step,
        line=source_line([faq.source], today()) if faq else None,
        changes=faqs.differences(work.live or {}, work.payload) if work.draft else [],
        history=[(row, faqs.differences(old, row.payload)) for row, old in zip(rows, before, strict=True)],
    )  # fmt: skip


@pages.get(f"{ONE}/sua", Role.EDITOR)
def edit(visit: Visit) -> Response:
    """The form."""
    work = _work(visit)
    return _missing(visit) if work is None else _form(visit, work, _from_step(visit) or work.payload)


def _from_step(visit: Visit) -> Optional[Payload]:
    """An earlier version to begin from."""
    number = visit.query("buoc")
    with visit.engine.connect() as connection:
        rows = faqs.steps(connection, visit.path("name")) if number else []
    return next((row.payload for row in rows if str(row.number) == number), None)


@pages.post(f"{ONE}/luu", Role.EDITOR)
def save(visit: Visit) -> Response:
    """Save a draft, mistakes and all."""
    work = _work(visit)
    if work is None:
        return _missing(visit)
    payload = _payload(visit)
    try:
        with service.writing(visit.engine) as connection:
            faqs.save_draft(
                connection,
                work.name,
                payload,
                base=visit.count("buoc"),
                actor=actor_of(visit),
                reason=visit.text("loi"),
            )
    except EditRefused as error:
        theirs = faqs.differences(payload, work.payload)
        return _form(visit, work, payload, fault=str(error), status=422, theirs=theirs)
    return visit.go(f"{PATH}/{work.name}", words.SAVED)


def _step(visit: Visit, *, to: Step) -> Response:
    """Take a question a step further: hand it in, publish it, take it back."""
    name = visit.path("name")
    try:
        with service.writing(visit.engine) as connection:
            faqs.move(connection, name, to, base=visit.count("buoc"), actor=actor_of(visit), reason=visit.text("loi"))
    except EditRefused as error:
        work = _work(visit)
        return _missing(visit) if work is None else _one(visit, work, fault=str(error), status=422)
    gone = to is Step.DROPPED and _work(visit) is None
    return visit.go(PATH if gone else f"{PATH}/{name}", words.DONE[to])


for _address, _to, _needs in (
    ("gui-duyet", Step.IN_REVIEW, Role.EDITOR),
    ("bo-nhap", Step.DROPPED, Role.EDITOR),
    ("tra-lai", Step.DRAFT, Role.REVIEWER),
    ("cong-bo", Step.PUBLISHED, Role.REVIEWER),
    ("thoi-dung", Step.RETIRED, Role.REVIEWER),
    ("ban-di-kem", Step.SHIPPED, Role.REVIEWER),
):
    pages.post(f"{ONE}/{_address}", _needs)(partial(_step, to=_to))


def _work(visit: Visit) -> Optional[FaqWork]:
    name = visit.path("name")
    if not faqs.is_name(name):
        return None
    with visit.engine.connect() as connection:
        return faqs.read_faq(connection, name)


def _missing(visit: Visit) -> Response:
    return visit.page("refused.html", status=404, text=words.NO_SUCH)


def _payload(visit: Visit) -> Payload:
    """What the form holds."""
    told = {name: visit.text(name)[:_LONGEST] for name in ("question", "answer", "ask", "codes")}
    source = {part: visit.text(f"source.{part}")[:500] for part in ("name", "url", "dated", "checked")}
    lines = {name: [line.strip() for line in told[name].splitlines() if line.strip()] for name in ("ask", "codes")}
    return {"question": told["question"], "answer": told["answer"].replace("\r\n", "\n"), **lines, "source": source}


def _form(
    visit: Visit, work: Optional[FaqWork], payload: Payload, *, fault: str = "", status: int = 200, source: str = "",
    theirs: Any = (),
) -> Response:  # fmt: skip
    return visit.page(
        "faq_form.html", status=status, work=work, payload=payload, labels=faqs.LABELS, fault=fault, path=PATH,
        hints=words.HINTS, source=source, theirs=theirs, base=work.base if work else 0,
    )  # fmt: skip
