"""Questions to settle: into a way to ask (tried first), a general question to write, out of scope, or aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional

import yaml
from starlette.responses import Response

from accounts.roles import Role
from analytics import trial
from analytics.log import Reason
from analytics.settling import Question, Settled, find, open_questions, settle, settled_texts
from knowledge.catalogue import Listed
from knowledge.editing import service
from knowledge.editing.model import Actor
from knowledge.editing.reading import read_work
from privacy.mask import mask
from vietnamese.normalise import normalise
from web.console import settle_words as words
from web.console.pages import Pages, Tile
from web.console.paging import paged
from web.console.trying import keeper
from web.console.visit import Visit
from web.turn_log import turn_log

PATH = "/cau-hoi"
SHORTEST, LONGEST = 3, 200
_CHOICES = 8

pages = Pages(Tile(PATH, words.TITLE, words.TILE_TEXT, Role.EDITOR))


@dataclass(frozen=True)
class Effect:
    """What a way to ask would do."""

    before: trial.Found
    after: trial.Found
    check: trial.Check


@pages.get(PATH, Role.EDITOR)
def questions(visit: Visit) -> Response:
    """The list, the most frequent first."""
    given = visit.query("vi")
    reason = next((reason for reason in Reason if reason.value == given), None)
    listed = open_questions(turn_log(visit.engine), reason)
    keeper(visit.engine)  # so that it is there when something is tried
    return visit.page("settle.html", sw=words, page=paged(visit, listed), reason=reason, names=_names(visit), path=PATH)


@pages.post(f"{PATH}/xep", Role.EDITOR)
def put_away(visit: Visit) -> Response:
    """A general question, out of scope, or aside."""
    given = visit.text("thanh")
    kind = next((kind for kind in words.DONE if kind.value == given), None)
    question = find(turn_log(visit.engine), visit.text("cau"))
    if kind is None or question is None:
        return visit.go(PATH, words.GONE, bad=True)
    _settle(visit, question, kind)
    return visit.go(PATH, words.DONE[kind])


@pages.post(f"{PATH}/thu", Role.EDITOR)
def try_out(visit: Visit) -> Response:
    """Show what a way to ask would change; nothing is written."""
    question = find(turn_log(visit.engine), visit.text("cau"))
    if question is None:
        return visit.go(PATH, words.GONE, bad=True)
    way, code = normalise(visit.text("cach_hoi") or question.understood), visit.text("ma")
    listed = _listed(visit, code)
    if listed is None:
        return _page(visit, question, way, choices=_choices(visit, code), fault=words.CHOOSE)
    if fault := _fault(visit, way, code):
        return _page(visit, question, way, listed=listed, fault=fault, status=422)
    effect = _effect(visit, way, code)
    fault = "" if effect else words.PREPARING
    return _page(visit, question, way, listed=listed, effect=effect, fault=fault)


@pages.post(f"{PATH}/cach-hoi", Role.EDITOR)
def add_way(visit: Visit) -> Response:
    """Make it a way to ask: published at once by whoever may, else handed in."""
    question = find(turn_log(visit.engine), visit.text("cau"))
    way, code = normalise(visit.text("cach_hoi")), visit.text("ma")
    if question is None or _listed(visit, code) is None:
        return visit.go(PATH, words.GONE, bad=True)
    if fault := _fault(visit, way, code):
        return _page(visit, question, way, listed=_listed(visit, code), fault=fault, status=422)
    told = _write(visit, way, code)
    _settle(visit, question, Settled.WAY)
    return visit.go(PATH, told)


@pages.get(PATH + "/{kind:str}.yml", Role.EDITOR)
def download(visit: Visit) -> Response:
    """What was collected: general questions to write, or examples for the next training."""
    kind = visit.path("kind")
    if kind == "faq":
        made = [{"question": text, "answer": "", "ask": [text]} for text in _collected(visit, Settled.FAQ)]
    elif kind == "ngoai-pham-vi":
        listed = "".join(f"- {text}\n" for text in _collected(visit, Settled.OUTSIDE))
        made = {"version": "3.1", "nlu": [{"intent": "out_of_scope", "examples": listed}]}  # type: ignore[assignment]
    else:
        return visit.page("refused.html", status=404, text=words.GONE)
    text = yaml.safe_dump(made, allow_unicode=True, sort_keys=False)
    return Response(text, media_type="text/yaml; charset=utf-8")


def _collected(visit: Visit, settled: Settled) -> list[str]:
    return settled_texts(turn_log(visit.engine), settled)


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


def _effect(visit: Visit, way: str, code: str) -> Optional[Effect]:
    held = keeper(visit.engine)
    if held is None or code not in held.index.at:
        return None
    before, vector = held.index, held.encoder.query(way)
    after = trial.with_way(before, code, way, vector)
    asked = trial.near(before, vector)
    return Effect(trial.look(before, way, vector), trial.look(after, way, vector), trial.check(before, after, asked))


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


def _names(visit: Visit) -> dict[str, str]:
    return {listed.code: listed.name for listed in visit.request.app.state.library.catalogue().listed}


def _page(
    visit: Visit,
    question: Question,
    way: str,
    *,
    listed: Optional[Listed] = None,
    choices: Optional[list[Listed]] = None,
    effect: Optional[Effect] = None,
    fault: str = "",
    status: int = 200,
) -> Response:
    return visit.page(
        "settle_try.html", status=status, sw=words, question=question, way=way, listed=listed, choices=choices or [],
        effect=effect, fault=fault, names=_names(visit), path=PATH,
    )  # fmt: skip
