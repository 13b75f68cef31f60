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


def current_model() -> Optional[Path]:
    """The model that fits today's inputs, if it has been trained."""
    path = model_folder() / f"motcua-{fingerprint()}.tar.gz"
    return path if path.exists() else None


def latest_model() -> Optional[Path]:
    """The newest model there is, whatever it was trained from."""
    models = sorted(model_folder().glob("motcua-*.tar.gz"), key=lambda path: path.stat().st_mtime)
    return models[-1] if models else None


def train(tell: Tell, force: bool = False) -> Path:
    """Train unless a model of today's inputs is there, telling how far it got.

    Raises:
        TrainingFailed: Rasa gave up; the text names the log.
    """
    model = current_model()
    if model and not force:
        tell("Mô hình đã đúng với dữ liệu, không cần học lại.")
        return model
    started = time.monotonic()
    log = VAR / "log" / "train.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    name = f"motcua-{fingerprint()}"
    # Rasa's own cache doesn't see changes of the vietnamese package: what is trained is trained whole.
    # fmt: off
    command = [sys.executable, "-m", "rasa", "train", "--fixed-model-name", name, "--out", str(model_folder()),
               "--skip-validation", "--force"]
    # fmt: on
    environment = {**child_environment(), "LOG_LEVEL": "INFO"}
    tell("Huấn luyện mô hình (khoảng hai phút trên hai nhân)…")
    with (
        log.open("w", encoding="utf-8") as out,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", env=environment
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            out.write(line)
            for pattern, step in _STEPS:
                if pattern.search(line):
                    tell(f"  {time.monotonic() - started:4.0f} giây: {step}")
    code = process.returncode
    model = model_folder() / f"{name}.tar.gz"
    if code or not model.exists():
        raise TrainingFailed(f"Huấn luyện mô hình không xong. Hãy xem {log}.")
    _forget_old(model)
    return model


def _forget_old(newest: Path) -> None:
    models = sorted(model_folder().glob("motcua-*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in [path for path in models if path != newest][KEPT - 1 :]:
        old.unlink()
