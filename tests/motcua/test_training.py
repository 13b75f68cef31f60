"""When a model is trained, and what is said of it; no test trains one."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from motcua import training

INPUTS = (
    "config.yml",
    "domain.yml",
    "data/nlu/ask_fee.yml",
    "bot/nlu/tokenizer.py",
    "vietnamese/fold.py",
    "vietnamese/tables/abbreviations.tsv",
    "knowledge/content/procedures/1.yml",
    "requirements.lock",
)
NO_INPUTS = (
    "README.md",
    "endpoints.yml",
    "actions/dialogue.py",
    "bot/channels/web.py",
    "knowledge/content/vectors.npz",
    "data/nlu/notes.txt",
    "bot/nlu/__pycache__/tokenizer.pyc",
)
# What stands in for Python: 'rasa train' as it shows itself, without the work.
RASA = """#!/bin/sh
echo "Starting to train component 'VietnameseNormaliser'."
echo "text of an example"
echo "Your Rasa model is trained and saved."
echo "cache of $RASA_MAX_CACHE_SIZE MB"
[ -e fail ] && exit 1
[ -e slow ] && exec sleep 60
while [ $# -gt 0 ]; do
  [ "$1" = --fixed-model-name ] && name=$2
  [ "$1" = --out ] && out=$2
  shift
done
mkdir -p "$out" && echo model > "$out/$name.tar.gz"
"""


@pytest.fixture(autouse=True)
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout in small."""
    for name in (*INPUTS, *NO_INPUTS):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.chdir(tmp_path)
    fake = tmp_path / "python"
    fake.write_text(RASA)
    fake.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(fake))
    return tmp_path


@pytest.mark.parametrize("name", INPUTS)
def test_the_fingerprint_changes_with_what_a_model_learns_from(name: str) -> None:
    before = training.fingerprint()
    assert training.fingerprint() == before
    Path(name).write_text("other")
    changed = training.fingerprint()
    Path(name).unlink()
    assert len({before, changed, training.fingerprint()}) == 3


@pytest.mark.parametrize("name", NO_INPUTS)
def test_the_fingerprint_does_not_change_with_anything_else(name: str) -> None:
    before = training.fingerprint()
    Path(name).write_text("other")
    assert training.fingerprint() == before


def test_a_renamed_input_counts_as_a_change() -> None:
    before = training.fingerprint()
    Path("data/nlu/ask_fee.yml").rename("data/nlu/ask_form.yml")
    assert training.fingerprint() != before


def test_a_model_is_trained_once_for_the_same_inputs() -> None:
    told: list[str] = []
    model = training.train(told.append)
    assert model.read_text() == "model\n"
    assert model == training.current_model() == training.latest_model()
    assert any("học dấu tiếng Việt" in line for line in told)
    assert any("xong" in line for line in told)
    model.write_text("kept")
    told.clear()
    assert training.train(told.append) == model
    assert model.read_text() == "kept"
    assert told == ["Mô hình đã đúng với dữ liệu, không cần học lại."]
    assert training.train(told.append, force=True).read_text() == "model\n"


def test_changed_inputs_train_anew_and_old_models_go() -> None:
    models = []
    for turn in range(4):
        Path("config.yml").write_text(str(turn))
        models.append(training.train(lambda _: None))
        os.utime(models[-1], (turn, turn))
    assert len(set(models)) == 4
    assert sorted(Path("models").iterdir()) == sorted(models[-2:])
    assert training.current_model() == models[-1]


def test_the_examples_go_to_the_log_not_to_the_screen() -> None:
    told: list[str] = []
    training.train(told.append)
    assert "text of an example" in Path("var/log/train.log").read_text()
    assert not any("text of an example" in line for line in told)


def test_rasa_keeps_no_cache_beside_the_programme_which_a_service_may_only_read() -> None:
    training.train(lambda _: None)
    assert "cache of 0 MB" in Path("var/log/train.log").read_text()


def test_a_failed_training_is_told_with_its_log() -> None:
    Path("fail").touch()
    with pytest.raises(training.TrainingFailed, match=r"var/log/train\.log"):
        training.train(lambda _: None)
    assert training.current_model() is None


def test_a_training_that_is_given_up_meanwhile_does_not_go_on() -> None:
    Path("slow").touch()

    def given_up(line: str) -> None:
        raise training.TrainingFailed(line)

    started = time.monotonic()
    with pytest.raises(training.TrainingFailed):
        training.train_model(given_up, "examples: of the staff's\n")
    assert time.monotonic() - started < 30
    assert list(Path("models").iterdir()) == []


def test_models_may_be_kept_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_MODELS", "elsewhere")
    assert training.train(lambda _: None).parent == Path("elsewhere")
