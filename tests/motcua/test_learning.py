"""A training that staff began: what they are told of it, and that what is served is theirs to decide.

Nothing is trained here: what stands in for the training leaves an empty file where a model would lie.
"""

from __future__ import annotations

import asyncio
import logging
import os
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Optional

import pytest
from aiohttp import ClientConnectionError
from sqlalchemy.engine import Engine

from analytics import learning
from analytics.database import migrate
from analytics.examples import as_nlu_data, collect, collected
from analytics.learning import CUT_OFF_TOLD, State, Training
from motcua import learning as at_work
from motcua.learning import UNFORESEEN, Work
from motcua.training import Tell, TrainingFailed
from storage.models import examples_file, model_file, models, name_of, serve, serving

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # what Rasa imports itself
    import bot.comparison
    from bot.comparison import Guesses

OLD, NEW, NEWER = "motcua-0123456789abcdef", "motcua-0123456789abcdef-11111111", "motcua-fedcba9876543210"
SAID = ("chi phí hết nhiêu dẫy", "ask_fee")
QUESTIONS = """{"id": "1", "text": "làm khai sinh cần gì", "aspect": "documents", "codes": ["1.001193"]}
{"id": "2", "text": "thắng trận chưa", "aspect": "out_of_scope", "codes": []}
"""
Record = dict[str, Any]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the model that is served."""
    found = tmp_path / "models"
    found.mkdir()
    monkeypatch.setenv("MOTCUA_MODELS", str(found))
    monkeypatch.delenv("MOTCUA_EVALUATION_FILE", raising=False)
    add_model(found, OLD, 100)
    return found


@pytest.fixture
def log(engine: Engine) -> Engine:
    """The database where the console reads how far a training is."""
    migrate(engine)
    return engine


@pytest.fixture
def questions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An evaluation file of two questions."""
    file = tmp_path / "questions.jsonl"
    file.write_text(QUESTIONS, encoding="utf-8")
    monkeypatch.setenv("MOTCUA_EVALUATION_FILE", str(file))
    return file


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture(autouse=True)
def stand_ins(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What stands in for Rasa's training and for both comparisons."""
    monkeypatch.setattr(at_work, "current_model", lambda _examples: None)
    monkeypatch.setattr(at_work, "train_model", trained(folder))
    monkeypatch.setattr(bot.comparison, "compare", compared)
    monkeypatch.setattr(bot.comparison, "decide", decided)


def add_model(folder: Path, name: str, age: int, examples: str = "") -> None:
    """A model that was made so many seconds ago."""
    model = model_file(folder, name)
    model.touch()
    os.utime(model, (model.stat().st_mtime - age,) * 2)
    if examples:
        examples_file(folder, name).write_text(examples, encoding="utf-8")


def trained(folder: Path) -> Callable[[Tell, str], Path]:
    """A training that takes no time."""

    def train_model(tell: Tell, examples: str = "") -> Path:
        tell("   12 giây: học ý định của câu hỏi")
        add_model(folder, NEW, 0, examples)
        return model_file(folder, NEW)

    return train_model


def compared(*asked: Any) -> tuple[Guesses, Guesses]:
    """Of the software's examples one got better and one worse; of the staff's the one did better."""
    _data, _corpus, _earlier, later, tell = asked
    tell(1, 5)
    right = ["ask_fee", "greet", "deny"]
    return (
        Guesses(["phí sao", "chào", "thôi"], right, ["ask_form", "greet", "deny"], ["ask_fee", "greet", "greet"]),
        Guesses([text for text, _ in later], [intent for _, intent in later], ["deny"] * len(later),
                [intent for _, intent in later]),
    )  # fmt: skip


async def decided(model: Path, texts: Sequence[str], _url: str, tell: Callable[[], None]) -> list[Record]:
    """The earlier model doesn't find the procedure, the new one does; both leave the other question alone."""
    for _ in texts:
        tell()
    found: Record = {"outcome": "answered", "answer": "1.001193", "codes": ["1.001193"], "aspect": "documents"}
    return [{"outcome": "not_found"} if name_of(model) == OLD else found, {"outcome": "out_of_scope"}]


def begun(log: Engine, earlier: Optional[str] = OLD) -> Training:
    """A training with one example, as the console begins it."""
    with log.begin() as connection:
        collect(connection, *SAID, "hoa.nguyen")
    with log.begin() as connection:
        number = learning.begin(connection, collected(log), earlier, "hoa.nguyen")
    return told(log, number)


def told(log: Engine, number: int) -> Training:
    """What the console tells of it."""
    training = learning.find(log, number)
    assert training is not None
    return training


def run(log: Engine, earlier: Optional[str] = OLD) -> Training:
    """A training from its beginning to its end."""
    training = begun(log, earlier)
    Work(log, training).run()
    return told(log, training.id)


def test_it_ends_with_its_comparison_and_what_was_served_still_is(log: Engine, folder: Path, questions: Path) -> None:
    training = run(log)
    assert (training.state, training.percent, training.model, training.fault) == (State.DONE, 100, NEW, "")
    assert training.comparison is not None
    assert training.comparison.note == ""
    assert [(one.name, one.before, one.after, one.of) for one in training.comparison.examples[1:]] == [
        ("accuracy", pytest.approx(2 / 3), pytest.approx(2 / 3), 3),
        ("collected", 0.0, 1.0, 1),
    ]
    assert [(one.name, one.before, one.after, one.of) for one in training.comparison.questions] == [
        ("first", 0.0, 1.0, 1),
        ("resolved", 0.0, 1.0, 1),
        ("aspect", 0.0, 1.0, 1),
        ("refused", 1.0, 1.0, 1),
    ]
    changes = [(one.text, one.before, one.after, one.better) for one in training.comparison.changes]
    assert changes[0] == ("thôi", "deny", "greet", False)  # what got worse is looked at first
    assert sorted(changes[1:]) == [
        (SAID[0], "deny", "ask_fee", True),
        ("làm khai sinh cần gì", "not_found", "1.001193", True),
        ("phí sao", "ask_form", "ask_fee", True),
    ]
    assert training.comparison.worse == 1
    assert serving(folder) == model_file(folder, OLD)
    assert examples_file(folder, NEW).read_text(encoding="utf-8") == as_nlu_data([SAID])


def test_a_model_that_nobody_had_chosen_is_not_replaced_by_the_newest(log: Engine, folder: Path) -> None:
    assert not (folder / "serving").exists()
    run(log)
    assert models(folder)[0] == model_file(folder, NEW)
    assert serving(folder) == model_file(folder, OLD)


def test_a_model_of_the_same_examples_is_compared_without_being_trained_again(
    log: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve(folder, OLD)
    add_model(folder, NEW, 0)

    def never(*_: Any) -> Path:
        raise AssertionError("trained again")

    monkeypatch.setattr(at_work, "current_model", lambda _examples: model_file(folder, NEW))
    monkeypatch.setattr(at_work, "train_model", never)
    training = run(log)
    assert (training.state, training.model) == (State.DONE, NEW)


def test_a_training_that_fails_says_why_and_leaves_all_as_it_was(
    log: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any) -> Path:
        raise TrainingFailed("Huấn luyện mô hình không xong. Hãy xem var/log/train.log.")

    monkeypatch.setattr(at_work, "train_model", failing)
    training = run(log)
    assert (training.state, training.model, training.comparison) == (State.FAILED, None, None)
    assert training.fault == "Huấn luyện mô hình không xong. Hãy xem var/log/train.log."
    assert serving(folder) == model_file(folder, OLD)
    begun(log)  # and another may begin


def test_an_unforeseen_error_is_told_without_what_anybody_wrote(
    log: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> Path:
        raise KeyError(f"no vector of '{SAID[0]}'")

    monkeypatch.setattr(bot.comparison, "compare", broken)
    training = run(log)
    assert (training.state, training.fault) == (State.FAILED, UNFORESEEN)
    assert serving(folder) == model_file(folder, OLD)
    assert f"training {training.id} failed: KeyError" in caplog.text
    assert "in broken" in caplog.text  # where it broke
    written = caplog.text + "".join(str(record.exc_info) for record in caplog.records)
    assert SAID[0] not in written


def test_a_training_that_was_given_up_ends_at_its_next_step(
    log: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    training = begun(log)

    def given_up(tell: Tell, _examples: str = "") -> Path:
        learning.fail(log, training.id, CUT_OFF_TOLD)
        tell("   12 giây: học ý định của câu hỏi")
        raise AssertionError("it went on")

    monkeypatch.setattr(at_work, "train_model", given_up)
    Work(log, training).run()
    ended = told(log, training.id)
    assert (ended.state, ended.fault, ended.comparison) == (State.FAILED, CUT_OFF_TOLD, None)
    assert serving(folder) == model_file(folder, OLD)


def test_old_models_are_forgotten_but_not_the_one_that_is_served(log: Engine, folder: Path) -> None:
    serve(folder, OLD)
    for age in (10, 20, 30):
        add_model(folder, f"motcua-{age}", age, as_nlu_data([SAID]))
    run(log)
    assert {name_of(model) for model in models(folder)} == {NEW, OLD, "motcua-10"}
    assert not examples_file(folder, "motcua-20").exists()
    assert serving(folder) == model_file(folder, OLD)


def test_a_failed_training_forgets_no_model(log: Engine, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for age in (10, 20, 30):
        add_model(folder, f"motcua-{age}", age)
    before = models(folder)
    monkeypatch.setattr(bot.comparison, "compare", lambda *_: 1 / 0)
    assert run(log).state is State.FAILED
    assert [model for model in models(folder) if name_of(model) != NEW] == before


def test_without_an_evaluation_file_the_examples_alone_are_compared(log: Engine) -> None:
    training = run(log)
    assert training.state is State.DONE
    assert training.comparison is not None
    assert training.comparison.examples
    assert (training.comparison.questions, training.comparison.note) == ([], "")


@pytest.mark.parametrize(
    ("stopped", "why"),
    [
        (lambda file, _folder: file.unlink(), "Không đọc được"),
        (lambda file, _folder: file.write_text("{}\n", encoding="utf-8"), "dòng 1"),
    ],
    ids=["gone", "unreadable"],
)
def test_an_evaluation_file_that_cannot_be_read_is_told_beside_the_rest(
    log: Engine, folder: Path, questions: Path, stopped: Callable[[Path, Path], object], why: str
) -> None:
    stopped(questions, folder)
    note = noted(run(log))
    assert note.startswith("Chưa so được trên bộ câu hỏi đánh giá: ")
    assert why in note


@pytest.mark.parametrize("earlier", [None, NEWER], ids=["none", "deleted"])
def test_without_the_model_before_the_questions_are_not_compared(
    log: Engine, questions: Path, earlier: Optional[str]
) -> None:
    assert "không còn mô hình trước" in noted(run(log, earlier))


@pytest.mark.parametrize("error", [ClientConnectionError("no"), ConnectionRefusedError(), asyncio.TimeoutError()])
def test_an_action_server_that_is_away_is_told_beside_the_rest(
    log: Engine, questions: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    async def away(*_: Any) -> list[Record]:
        raise error

    monkeypatch.setattr(bot.comparison, "decide", away)
    assert "máy chủ hành động không trả lời" in noted(run(log))


def noted(training: Training) -> str:
    """What is said of a comparison that lacks the questions; the rest is there."""
    assert training.state is State.DONE
    assert training.comparison is not None
    assert training.comparison.examples
    assert training.comparison.questions == []
    return training.comparison.note
