"""Questions to settle: into a way to ask (tried first), a general question to write, out of scope, or aside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Optional
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from accounts.roles import Role
from analytics.examples import OUTSIDE, ExampleRefused, collect
from analytics.log import Reason
from analytics.settling import Question, Settled, find, open_questions, settle
from knowledge.catalogue import Listed
from knowledge.editing import service
from knowledge.editing.listing import names_of
from knowledge.editing.model import Actor
from knowledge.editing.reading import read_work
from knowledge.search.trial import Effect
from privacy.mask import mask
from vietnamese.normalise import normalise
from web.assistant import Assistant, Unexplained
from web.console import settle_words as words
from web.console import trials
from web.console.explain_words import INTENTS
from web.console.pages import Pages, Tile
from web.console.paging import paged
from web.console.visit import Visit
from web.turn_log import turn_log

PATH = "/cau-hoi"
SHORTEST, LONGEST = 3, 200
_CHOICES = 8
_PUT_AWAY = (Settled.FAQ, Settled.OUTSIDE, Settled.SET_ASIDE)

pages = Pages(Tile(PATH, words.TITLE, words.TILE_TEXT, Role.EDITOR))


@pages.get(PATH, Role.EDITOR)
def questions(visit: Visit) -> Response:
    """The list, the most frequent first."""
    given = visit.query("vi")
    reason = next((reason for reason in Reason if reason.value == given), None)
    listed = open_questions(turn_log(visit.engine), reason)
    shown = paged(visit, listed)
    names = _names(visit, (code for question in shown.rows for code in question.candidates))
    return visit.page(
        "settle.html", sw=words, page=shown, reason=reason, names=names, path=PATH,
        intents=INTENTS,
    )  # fmt: skip


@pages.post(f"{PATH}/xep", Role.EDITOR)
def put_away(visit: Visit) -> Response:
    """A general question, out of scope, or aside."""
    given = visit.text("thanh")
    kind = next((kind for kind in _PUT_AWAY if kind.value == given), None)
    question = find(turn_log(visit.engine), visit.text("cau"))
    if kind is None or question is None:
        return visit.go(PATH, words.GONE, bad=True)
    if kind is Settled.FAQ:  # it is settled once its answer has been begun
        return visit.go(f"/cau-hoi-chung/moi?tu-cau={quote(question.name)}")
    _settle(visit, question, kind)
    if kind is Settled.OUTSIDE and not _keep_example(visit, question.understood, OUTSIDE):
        return visit.go(PATH, words.NO_EXAMPLE)
    return visit.go(PATH, words.DONE[kind])


@pages.post(f"{PATH}/mau", Role.EDITOR)
def make_example(visit: Visit) -> Response:
    """An example for the next training, with what it wants."""
    question = find(turn_log(visit.engine), visit.text("cau"))
    intent = visit.text("muon")
    if question is None:
        return visit.go(PATH, words.GONE, bad=True)
    if intent not in INTENTS:
        return visit.go(PATH, words.NO_INTENT, bad=True)
    if not _keep_example(visit, visit.text("mau") or question.understood, intent):
        return visit.go(PATH, words.PERSONAL, bad=True)
    _settle(visit, question, Settled.EXAMPLE)
    return visit.go(PATH, words.DONE[Settled.EXAMPLE])


def _keep_example(visit: Visit, text: str, intent: str) -> bool:
    """Keep a text as an example; False where it can't be one."""
    try:
        with turn_log(visit.engine).begin() as connection:
            collect(connection, text, intent, visit.user.name)
    except ExampleRefused:
        return False
    return True


@pages.post(f"{PATH}/thu", Role.EDITOR)
async def try_out(visit: Visit) -> Response:
    """Show what a way to ask would change; nothing is written."""
    change = await run_in_threadpool(_asked, visit)
    if isinstance(change, Response):
        return change
    assistant: Assistant = visit.request.app.state.assistant
    try:
        effect, fault = await assistant.try_way(change.listed.code, change.way), ""
    except Unexplained as error:
        effect, fault = None, str(error)
    if effect is None:
        fault = fault or words.PREPARING
        return await run_in_threadpool(
            lambda: _page(visit, change.question, change.way, listed=change.listed, fault=fault, status=422)
        )
    worse = len(effect.worse)
    proof = trials.prove(visit.user.name, change.listed.code, change.way, worse)
    return await run_in_threadpool(
        lambda: _page(visit, change.question, change.way, listed=change.listed, effect=effect, proof=proof)
    )


@dataclass(frozen=True)
class Change:
    """A way to ask that is to be tried."""

    question: Question
    way: str
    listed: Listed


def _asked(visit: Visit) -> Change | Response:
    """What is to be tried, or the page that says what is missing."""
    question = find(turn_log(visit.engine), visit.text("cau"))
    if question is None:
        return visit.go(PATH, words.GONE, bad=True)
    way, code = normalise(visit.text("cach_hoi") or question.understood), visit.text("ma")
    listed = _listed(visit, code)
    if listed is None:
        return _page(visit, question, way, choices=_choices(visit, code), fault=words.CHOOSE)
    if fault := _fault(visit, way, code):
        return _page(visit, question, way, listed=listed, fault=fault, status=422)
    return Change(question, way, listed)


@pages.post(f"{PATH}/cach-hoi", Role.EDITOR)
def add_way(visit: Visit) -> Response:
    """Make it a way to ask, once it was tried: published at once by whoever may, else handed in."""
    question = find(turn_log(visit.engine), visit.text("cau"))
    way, code = normalise(visit.text("cach_hoi")), visit.text("ma")
    listed = _listed(visit, code)
    if question is None or listed is None:
        return visit.go(PATH, words.GONE, bad=True)
    worse = trials.proven(visit.text("thu"), visit.user.name, code, way)
    fault = _fault(visit, way, code) or (words.TRY_FIRST if worse is None else "")
    if not fault and worse and not visit.text("van_them"):
        fault = words.WORSE
    if fault:
        return _page(visit, question, way, listed=listed, fault=fault, status=422)
    told = _write(visit, way, code)
    _settle(visit, question, Settled.WAY)
    return visit.go(PATH, told)


def _settle(visit: Visit, question: Question, kind: Settled) -> None:
    with turn_log(visit.engine).begin() as connection:
        settle(connection, question.keys, kind, visit.user.name)


def _write(visit: Visit, way: str, code: str) -> str:
    """Through the same steps as any change of a procedure; returns what came of it."""
    actor = Actor(visit.user.name, may_edit=True, may_publish=visit.may(Role.REVIEWER))
    with service.writing(visit.engine) as connection:
        work = read_work(connection, code)
        ways = [*work.payload.get("ways_to_ask", []), way]
        payload = {**work.payload, "ways_to_ask": ways}
        draft = service.save_draft(connection, payload, base=work.base, actor=actor, comment=words.COMMENT)
        if work.draft is not None:
            return words.KEPT_IN_DRAFT
        if actor.may_publish:
            service.publish(connection, code, version=draft.version, actor=actor, comment=words.COMMENT)
            return words.PUBLISHED
        service.submit(connection, code, version=draft.version, actor=actor, comment=words.COMMENT)
        return words.SUBMITTED


def _fault(visit: Visit, way: str, code: str) -> str:
    if not SHORTEST <= len(way) <= LONGEST:
        return words.TOO_SHORT
    if mask(way).kinds or "[" in way:
        return words.PERSONAL
    with visit.engine.connect() as connection:
        ways = read_work(connection, code).payload.get("ways_to_ask", [])
    return words.THERE_ALREADY if way in ways else ""


def _listed(visit: Visit, code: str) -> Optional[Listed]:
    found: Optional[Listed] = visit.request.app.state.library.catalogue().at.get(code)
    return found


def _choices(visit: Visit, typed: str) -> list[Listed]:
    """Procedures that fit what was typed instead of a code."""
    found: list[Listed] = visit.request.app.state.library.catalogue().find(typed) if typed else []
    return found[:_CHOICES]


def _names(visit: Visit, codes: Iterable[str]) -> dict[str, str]:
    with visit.engine.connect() as connection:
        return names_of(connection, list(codes))


def _page(
    visit: Visit,
    question: Question,
    way: str,
    *,
    listed: Optional[Listed] = None,
    choices: Optional[list[Listed]] = None,
    effect: Optional[Effect] = None,
    proof: str = "",
    fault: str = "",
    status: int = 200,
) -> Response:
    return visit.page(
        "settle_try.html", status=status, sw=words, question=question, way=way, listed=listed, choices=choices or [],
        effect=effect, proof=proof, fault=fault, names=_names(visit, _codes(effect)), path=PATH,
    )  # fmt: skip


def _codes(effect: Optional[Effect]) -> Iterable[str]:
    """All procedures that a trial names."""
    if effect is None:
        return ()
    hits = (code for found in (effect.before, effect.after) for code, _ in found.hits)
    return (*hits, *(code for case in effect.worse for code in (case.before, case.after)))
