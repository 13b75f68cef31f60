"""``python -m motcua.learning NUMBER``: a training that staff began in the console, in a process of its own.

It writes how far it got and what came of it where the console reads it (``analytics.learning``). Which model is served
stays as it is: that is the staff's to decide, once they have seen the comparison.
"""

from __future__ import annotations

from motcua.environment import prepare

prepare()

import asyncio  # noqa: E402
import logging  # noqa: E402
import os  # noqa: E402
import sys  # noqa: E402
import threading  # noqa: E402
import traceback  # noqa: E402
from pathlib import Path  # noqa: E402

from sqlalchemy.engine import Engine  # noqa: E402

from analytics import learning  # noqa: E402
from analytics.database import open_analytics  # noqa: E402
from analytics.examples import as_nlu_data, from_nlu_data  # noqa: E402
from analytics.learning import Comparison, Training  # noqa: E402
from evaluation.changes import changes_of, measures_of  # noqa: E402
from evaluation.items import answer_of, read_questions  # noqa: E402
from knowledge.content import FOLDER  # noqa: E402
from motcua.training import KEPT, current_model, learnt_examples, train_model  # noqa: E402
from settings import evaluation_file, model_folder  # noqa: E402
from settings.cluster import actions_url  # noqa: E402
from storage.errors import MotCuaError  # noqa: E402
from storage.models import forget_old, model_file, name_of, serve, serving  # noqa: E402
from watching.logs import set_up_logs  # noqa: E402

logger = logging.getLogger(__name__)

POLITE = 10
"""How far this process stands behind those that answer people (the nice value)."""
TRAINED, COMPARED = 50, 75
"""Percent after the training, and after the comparison on examples; the evaluation file is the rest."""
MOST_CHANGES = 60
UNFORESEEN = (
    "Việc học không xong vì lỗi ngoài dự kiến. Quản trị viên xem nhật ký learning.log và train.log trên máy chủ."
)
NO_QUESTIONS = "Chưa so được trên bộ câu hỏi đánh giá: {why}"
NO_ACTIONS = "máy chủ hành động không trả lời."


class GivenUp(MotCuaError):
    """The training was given up meanwhile, so that another may run."""


class Work:
    """One training at work.

    Args:
        engine: the database.
        training: as it was begun.
    """

    def __init__(self, engine: Engine, training: Training) -> None:
        self._engine = engine
        self._training = training
        self._ended = threading.Event()

    def run(self) -> None:
        """Train, compare, write down what came of it; whatever breaks is told there too."""
        pulse = threading.Thread(target=self._live, name="beat", daemon=True)
        pulse.start()
        number = self._training.id
        try:
            model, comparison = self._learn()
            learning.finish(self._engine, number, model, comparison)
        except MotCuaError as error:
            learning.fail(self._engine, number, str(error))
        except Exception as error:
            # Where it broke, not what it said: an error's text may quote a message.
            where = "".join(traceback.format_tb(error.__traceback__))
            logger.error("training %d failed: %s\n%s", number, type(error).__name__, where)
            learning.fail(self._engine, number, UNFORESEEN)
        finally:
            self._ended.set()
            pulse.join()

    def _live(self) -> None:
        while not self._ended.wait(learning.BEAT_SECONDS):
            learning.beat(self._engine, self._training.id)

    def _tell(self, step: str, percent: int) -> None:
        if not learning.beat(self._engine, self._training.id, step, percent):
            raise GivenUp("Lần học này đã bị bỏ.")

    def _learn(self) -> tuple[str, Comparison]:
        folder = model_folder()
        if (now := serving(folder)) is not None:
            serve(folder, name_of(now))  # so that the newest isn't served before somebody says so
        known = from_nlu_data(learnt_examples())
        told = 0

        def step(line: str) -> None:
            nonlocal told
            told = min(told + 9, TRAINED - 2)
            self._tell("Đang học: " + line.split(": ", 1)[-1].strip(), told)

        self._tell("Đang học", 1)
        data = as_nlu_data(self._training.examples)
        model = current_model(data) or train_model(step, data)
        comparison = Comparison()
        self._compare_examples(comparison, known)
        earlier = model_file(folder, self._training.earlier) if self._training.earlier else None
        if file := evaluation_file():
            self._compare_questions(comparison, file, earlier, model)
        comparison.changes.sort(key=lambda change: change.better)
        del comparison.changes[MOST_CHANGES:]
        spared = {name_of(model), *([self._training.earlier] if self._training.earlier else [])}
        forget_old(folder, KEPT + 1, frozenset(spared))
        return name_of(model), comparison

    def _compare_examples(self, comparison: Comparison, known: list[tuple[str, str]]) -> None:
        # Rasa isn't loaded while its own process trains.
        from bot.comparison import compare
        from bot.quiet_logs import keep_quiet

        keep_quiet()  # it would write down every message
        self._tell("So sánh trên câu mẫu để riêng", TRAINED)
        step = (COMPARED - TRAINED) // 5
        shipped, fresh = compare(
            Path("data/nlu"), [FOLDER], known, list(self._training.examples),
            lambda done, _of: self._tell("So sánh trên câu mẫu để riêng", TRAINED + done * step),
        )  # fmt: skip
        f1, accuracy = shipped.scores()
        comparison.examples = [
            learning.Measure("macro_f1", *f1, len(shipped.texts)),
            learning.Measure("accuracy", *accuracy, len(shipped.texts)),
        ]
        if fresh.texts:
            comparison.examples.append(learning.Measure("collected", *fresh.scores()[1], len(fresh.texts)))
        for guesses in (fresh, shipped):
            for text, right, before, after in zip(
                guesses.texts, guesses.right, guesses.before, guesses.after, strict=True
            ):
                if (before == right) != (after == right):
                    comparison.changes.append(learning.Change(text, right, before, after, after == right))

    def _compare_questions(self, comparison: Comparison, file: Path, earlier: Path | None, model: Path) -> None:
        from aiohttp import ClientError

        from bot.comparison import decide

        try:
            questions = read_questions(file)
            if earlier is None or not earlier.is_file():
                raise MotCuaError("không còn mô hình trước để so.")
            answers = []
            for at, which in enumerate((earlier, model)):
                asked = _Asked(self, len(questions), at)
                records = asyncio.run(decide(which, [q.text for q in questions], actions_url(), asked))
                answers.append([answer_of(q.id, record) for q, record in zip(questions, records, strict=True)])
        except MotCuaError as error:
            comparison.note = NO_QUESTIONS.format(why=error)
            return
        except (ClientError, OSError, asyncio.TimeoutError):
            comparison.note = NO_QUESTIONS.format(why=NO_ACTIONS)
            return
        asked_twice = list(zip(questions, *answers, strict=True))
        comparison.questions = [learning.Measure(*figures) for figures in measures_of(asked_twice)]
        comparison.changes += [learning.Change(*change) for change in changes_of(asked_twice)]


class _Asked:
    """Tells how many questions have been asked of which model."""

    def __init__(self, work: Work, count: int, which: int) -> None:
        self._work, self._count, self._which, self._done = work, max(1, count), which, 0

    def __call__(self) -> None:
        self._done += 1
        if self._done % 20 == 0:
            share = (self._which + self._done / self._count) / 2
            self._work._tell("So sánh trên bộ câu hỏi đánh giá", COMPARED + int(share * (99 - COMPARED)))


def main() -> None:
    """Run the training of the number that is given."""
    set_up_logs(logging.WARNING)
    os.nice(POLITE)
    engine = open_analytics()
    training = learning.find(engine, int(sys.argv[1]))
    if training is not None and training.state is learning.State.RUNNING:
        Work(engine, training).run()


if __name__ == "__main__":
    main()
