"""Train the model, when what it learns from has changed."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Optional

from knowledge.errors import MotCuaError
from motcua.environment import child_environment
from settings import VAR, model_folder
from storage.models import examples_file, forget_old, model_file, name_of, serve, serving

INPUTS = ("config.yml", "domain.yml", "data", "bot/nlu", "vietnamese", "knowledge/content", "requirements.lock")
"""What a model depends on."""
_SUFFIXES = frozenset({".yml", ".py", ".tsv", ".lock"})
KEPT = 2
"""Models kept: the one in use and the one before."""
Tell = Callable[[str], None]

_STEPS = (
    (re.compile(r"Starting to train component 'VietnameseNormaliser'"), "học dấu tiếng Việt"),
    (
        re.compile(r"Finished training component 'VietnameseNormaliser'"),
        "tính véc-tơ cho các câu mẫu (khoảng một phút)",
    ),
    (re.compile(r"Starting to train component 'LinearIntentClassifier'"), "học ý định của câu hỏi"),
    (re.compile(r"Starting to train component 'RulePolicy'"), "học luật hội thoại"),
    (re.compile(r"Your Rasa model is trained"), "xong"),
)


class TrainingFailed(MotCuaError):
    """The model couldn't be trained."""


def _files() -> Iterator[Path]:
    for name in INPUTS:
        path = Path(name)
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        yield from (file for file in inside if file.is_file() and file.suffix in _SUFFIXES)


def fingerprint() -> str:
    """A fingerprint of all that the model learns from."""
    digest = hashlib.sha256()
    for file in _files():
        digest.update(str(file).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def learnt_examples() -> str:
    """The staff's examples that the model in use has learnt, as NLU data; '' for none.

    A model for a new release of the software learns them too, or an update would undo what staff chose.
    """
    model = serving(model_folder())
    beside = examples_file(model_folder(), name_of(model)) if model else None
    return beside.read_text(encoding="utf-8") if beside and beside.is_file() else ""


def name_for(examples: str = "") -> str:
    """The name of the model that learns from today's inputs and some examples of the staff's.

    Args:
        examples: NLU data; '' for none.
    """
    added = f"-{hashlib.sha256(examples.encode()).hexdigest()[:8]}" if examples else ""
    return f"motcua-{fingerprint()}{added}"


def current_model(examples: Optional[str] = None) -> Optional[Path]:
    """The model that fits today's inputs, if it has been trained.

    Args:
        examples: of the staff's; by default those that the model in use has learnt.
    """
    path = model_file(model_folder(), name_for(learnt_examples() if examples is None else examples))
    return path if path.exists() else None


def latest_model() -> Optional[Path]:
    """The model to serve: the one that was chosen last, by a training or by staff."""
    return serving(model_folder())


def train(tell: Tell, force: bool = False) -> Path:
    """Train unless a model of today's inputs is there, telling how far it got; it is the one to serve from now on.

    Raises:
        TrainingFailed: Rasa gave up; the text names the log.
    """
    examples = learnt_examples()
    model = current_model(examples)
    if model and not force:
        tell("Mô hình đã đúng với dữ liệu, không cần học lại.")
    else:
        tell("Huấn luyện mô hình (khoảng hai phút trên hai nhân)…")
        model = train_model(tell, examples)
    if model != serving(model_folder()):
        serve(model_folder(), name_of(model))
    forget_old(model_folder(), KEPT, frozenset({name_of(model)}))
    return model


def train_model(tell: Tell, examples: str = "") -> Path:
    """Train a model; which one is served stays as it is.

    Args:
        tell: is told how far it got; what it raises ends the training.
        examples: of the staff's, learnt beside those that come with the software.

    Raises:
        TrainingFailed: Rasa gave up; the text names the log.
    """
    started = time.monotonic()
    log = VAR / "log" / "train.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    name = name_for(examples)
    beside = examples_file(model_folder(), name)
    if examples:
        beside.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(examples, encoding="utf-8")
    # Rasa's own cache doesn't see changes of the vietnamese package: what is trained is trained whole. It would be
    # written into the checkout, which a service may only read.
    # fmt: off
    command = [sys.executable, "-m", "rasa", "train", "--fixed-model-name", name, "--out", str(model_folder()),
               "--skip-validation", "--force", *(["--data", "data", str(beside)] if examples else [])]
    # fmt: on
    environment = {**child_environment(), "LOG_LEVEL": "INFO", "RASA_MAX_CACHE_SIZE": "0"}
    with (
        log.open("w", encoding="utf-8") as out,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=environment
        ) as process,
    ):
        assert process.stdout is not None
        try:
            for line in process.stdout:
                out.write(line)
                for pattern, step in _STEPS:
                    if pattern.search(line):
                        tell(f"  {time.monotonic() - started:4.0f} giây: {step}")
        except BaseException:
            process.kill()  # given up meanwhile: another training may have begun
            beside.unlink(missing_ok=True)
            raise
    code = process.returncode
    model = model_file(model_folder(), name)
    if code or not model.exists():
        beside.unlink(missing_ok=True)
        raise TrainingFailed(f"Huấn luyện mô hình không xong. Hãy xem {log}.")
    return model
