"""Trainings: what was collected, a training in the background, before and after, and which model is used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, cast

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from accounts.roles import Role
from analytics import learning as trainings
from analytics.examples import ExampleRefused, as_nlu_data, clean, collect, collected, drop, from_nlu_data
from analytics.learning import State, Training
from knowledge.editing.listing import names_of
from settings import evaluation_file, model_folder
from storage.models import examples_file, model_file, models, name_of, serve, serving, writable
from web.assistant import Assistant
from web.console import explain_words, figure_words
from web.console import learning_words as words
from web.console.pages import Pages, Tile
from web.console.paging import paged
from web.console.training_process import Start, start
from web.console.visit import Visit
from web.turn_log import turn_log

PATH = "/huan-luyen"

pages = Pages(Tile(PATH, words.TITLE, words.TILE_TEXT, Role.EDITOR))


@dataclass(frozen=True)
class Model:
    """A model that lies ready.

    Attributes:
        name: its name.
        examples: how many of the staff's examples it has learnt.
        training: that made it; None for one that came with the software or was trained by hand.
        used: it is the chosen one.
    """

    name: str
    examples: int
    training: Optional[Training]
    used: bool


@pages.get(PATH, Role.EDITOR)
async def overview(visit: Visit) -> Response:
    """What was collected, how far the training is, the models to choose from."""
    assistant: Assistant = visit.request.app.state.assistant
    parts = await assistant.parts() or {}
    loaded = str((parts.get("model") or {}).get("name") or "")
    return await run_in_threadpool(_page, visit, loaded)


@pages.get(f"{PATH}/tien-do", Role.EDITOR)
def progress(visit: Visit) -> Response:
    """The piece of the page that tells how far the training is; htmx asks for it every few seconds."""
    last = next(iter(trainings.latest(turn_log(visit.engine), 1)), None)
    response = visit.page("learning_progress.html", lw=words, last=last, path=PATH)
    if visit.live and (last is None or last.state is not State.RUNNING):
        response.headers["HX-Refresh"] = "true"  # the comparison stands on the whole page
    return response


@pages.get(PATH + "/{id:int}", Role.EDITOR)
def one(visit: Visit) -> Response:
    """A training with its comparison."""
    training = trainings.find(turn_log(visit.engine), visit.number("id"))
    if training is None:
        return visit.page("refused.html", status=404, text=words.GONE)
    found = {model.name: model for model in _models(visit)}
    return visit.page(
        "learning_result.html", lw=words, training=training, path=PATH, labels=_labels(visit, training), models=found,
    )  # fmt: skip


@pages.post(f"{PATH}/cau", Role.EDITOR)
def add(visit: Visit) -> Response:
    """Keep an example."""
    intent = visit.text("muon")
    if intent not in explain_words.INTENTS:
        return _page(visit, fault=words.NO_INTENT, status=422)
    try:
        clean(visit.text("cau"))
        with turn_log(visit.engine).begin() as connection:
            changed = collect(connection, visit.text("cau"), intent, visit.user.name)
    except ExampleRefused as error:
        return _page(visit, fault=str(error), status=422)
    return visit.go(PATH, words.COLLECTED if changed else words.KNOWN)


@pages.post(PATH + "/cau/{id:int}/bo", Role.EDITOR)
def take_away(visit: Visit) -> Response:
    """Take an example away; models that have learnt it keep it until the next training."""
    with turn_log(visit.engine).begin() as connection:
        drop(connection, visit.number("id"))
    return visit.go(PATH, words.DROPPED)


@pages.post(f"{PATH}/hoc", Role.REVIEWER)
def begin(visit: Visit) -> Response:
    """Begin a training."""
    folder, engine = model_folder(), turn_log(visit.engine)
    if not writable(folder):
        return _page(visit, fault=words.NOT_HERE, status=422)
    examples, now = collected(engine), serving(folder)
    if as_nlu_data([(one.text, one.intent) for one in examples]) == as_nlu_data(_learnt(name_of(now) if now else "")):
        return _page(visit, fault=words.NOTHING_NEW, status=422)
    with engine.begin() as connection:
        number = trainings.begin(connection, examples, name_of(now) if now else None, visit.user.name)
    try:
        cast(Start, getattr(visit.request.app.state, "start_training", start))(engine, number)
    except OSError:
        trainings.fail(engine, number, words.NOT_STARTED)
        return _page(visit, fault=words.NOT_STARTED, status=422)
    return visit.go(PATH, words.STARTED)


@pages.post(f"{PATH}/dung", Role.REVIEWER)
def choose(visit: Visit) -> Response:
    """Use a model from now on: a new one, or an earlier one again."""
    if not serve(model_folder(), visit.text("mo_hinh")):
        return visit.go(PATH, words.GONE, bad=True)
    return visit.go(PATH, words.CHOSEN)


def _labels(visit: Visit, training: Training) -> dict[str, str]:
    """What a comparison tells of, in words: how a turn ended, what was wanted, procedures by their codes."""
    changes = training.comparison.changes if training.comparison else []
    told = [part for one in changes for what in (one.right, one.before, one.after) for part in what.split(", ")]
    with visit.engine.connect() as connection:
        return {**figure_words.OUTCOMES, **explain_words.INTENTS, **names_of(connection, told)}


def _learnt(name: str) -> list[tuple[str, str]]:
    """The staff's examples that a model has learnt."""
    path = examples_file(model_folder(), name)
    return from_nlu_data(path.read_text(encoding="utf-8")) if name and path.is_file() else []


def _models(visit: Visit) -> list[Model]:
    folder = model_folder()
    now = serving(folder)
    made = {training.model: training for training in reversed(trainings.latest(turn_log(visit.engine)))}
    names = [name_of(path) for path in models(folder)]
    return [Model(name, len(_learnt(name)), made.get(name), now == model_file(folder, name)) for name in names]


def _page(visit: Visit, loaded: str = "", fault: str = "", status: int = 200) -> Response:
    engine = turn_log(visit.engine)
    found = _models(visit)
    examples = collected(engine)
    history = trainings.latest(engine)
    learnt = set(_learnt(next((model.name for model in found if model.used), "")))
    ready = {model.name for model in found if not model.used}
    # What has learnt all this already only waits for somebody to decide.
    waiting = next((one for one in history[:1] if one.state is State.DONE and one.model in ready), None)
    if waiting and set(waiting.examples) != {(one.text, one.intent) for one in examples}:
        waiting = None
    return visit.page(
        "learning.html", status=status, lw=words, fault=fault, path=PATH, page=paged(visit, examples), models=found,
        last=history[0] if history else None, history=history, labels=explain_words.INTENTS, learnt=learnt,
        fresh=sum((one.text, one.intent) not in learnt for one in examples), running=loaded.removesuffix(".tar.gz"),
        waiting=waiting, compared=evaluation_file() is not None, typed=visit.text("cau"), wanted=visit.text("muon"),
    )  # fmt: skip
