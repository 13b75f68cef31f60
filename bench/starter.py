"""What a turn is held against: a small bot as Rasa's own starter is, with the pipeline and policies Rasa suggests.

No pipeline is written down in its configuration, so Rasa takes its default: DIET, TED and what goes with them. It
answers from its domain, without an action server.
"""

from __future__ import annotations

import contextlib
import itertools
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import yaml

from bench.processes import FOLDER, BenchFailed, environment, free_ports, processes

PROJECT = FOLDER / "starter"
_QUIET = {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "3", "SQLALCHEMY_SILENCE_UBER_WARNING": "1"}
_SAID = {
    "greet": "xin chào|chào bạn|chào buổi sáng|alo|hello bạn|chào em|bạn ơi|có ai không|hi bạn|chào anh chị",
    "goodbye": "tạm biệt|chào nhé|hẹn gặp lại|bye bạn|thôi mình đi đây|tạm biệt nhé|gặp lại sau|mai nói tiếp nhé",
    "affirm": "đúng rồi|phải|vâng|ừ|dạ đúng|chính xác|có chứ|ok bạn|đúng vậy|chuẩn luôn",
    "deny": "không|không phải|sai rồi|chưa đâu|không đúng|không muốn|thôi khỏi|đừng|chẳng phải|không nhé",
    "mood_great": "mình vui lắm|hôm nay tuyệt vời|rất ổn|mình khỏe|tuyệt cú mèo|vui quá|cực kỳ tốt|mọi thứ đều ổn",
    "mood_unhappy": "mình buồn quá|hôm nay tệ thật|chán lắm|mình không vui|mệt mỏi quá|tồi tệ|thất vọng ghê",
    "bot_challenge": "bạn là người hay máy|bạn là robot à|mình đang nói chuyện với ai|bạn là ai|có phải bot không",
}
_ANSWERS = {
    "greet": "Chào bạn, hôm nay bạn thế nào?",
    "goodbye": "Tạm biệt bạn.",
    "affirm": "Vậy thì tốt quá.",
    "deny": "Mình hiểu rồi.",
    "mood_great": "Tuyệt, cứ thế nhé!",
    "mood_unhappy": "Để mình làm bạn vui lên nhé.",
    "bot_challenge": "Mình là máy trả lời tự động.",
}


def write(folder: Path = PROJECT) -> None:
    """Write the project."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    parts = {
        "config.yml": {
            "recipe": "default.v1",
            "assistant_id": "starter",
            "language": "vi",
            "pipeline": None,
            "policies": None,
        },
        "credentials.yml": {"rest": None},
        "endpoints.yml": {},
        "domain.yml": {
            "version": "3.1",
            "intents": list(_SAID),
            "responses": {f"utter_{name}": [{"text": text}] for name, text in _ANSWERS.items()},
            "session_config": {"session_expiration_time": 60, "carry_over_slots_to_new_session": True},
        },
        "data/nlu.yml": {
            "version": "3.1",
            "nlu": [
                {"intent": name, "examples": "".join(f"- {text}\n" for text in said.split("|"))}
                for name, said in _SAID.items()
            ],
        },
        "data/stories.yml": {
            "version": "3.1",
            "stories": [
                {"story": name, "steps": [*_steps("greet"), *_steps(mood), *_steps(after)]}
                for name, mood, after in (
                    ("glad", "mood_great", "goodbye"),
                    ("sad, helped", "mood_unhappy", "affirm"),
                    ("sad", "mood_unhappy", "deny"),
                )
            ],
        },
        "data/rules.yml": {
            "version": "3.1",
            "rules": [{"rule": name, "steps": _steps(name)} for name in ("goodbye", "bot_challenge")],
        },
    }
    for name, content in parts.items():
        (folder / name).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")


def _steps(intent: str) -> list[dict[str, str]]:
    return [{"intent": intent}, {"action": f"utter_{intent}"}]


def train() -> None:
    """Train it, once for each state of its files.

    Raises:
        BenchFailed: Rasa gave up.
    """
    if list((PROJECT / "models").glob("*.tar.gz")):
        return
    write()
    with (FOLDER / "starter-train.log").open("wb") as log:
        told = subprocess.run(
            [sys.executable, "-m", "rasa", "train", "--quiet"],
            cwd=PROJECT, env=environment(**_QUIET), stdout=log, stderr=log, check=False,
        )  # fmt: skip
    if told.returncode:
        raise BenchFailed(f"the starter bot wasn't trained, see {FOLDER}/starter-train.log")


class Starter:
    """The running bot, over its REST channel."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=60)
        self._texts = itertools.cycle([text for said in _SAID.values() for text in said.split("|")])
        self._turns = 0

    def say(self) -> float:
        """Send the next message, five for each person; seconds until the answer was there.

        Raises:
            RuntimeError: it said nothing.
        """
        sender = f"person{self._turns // 5}"
        self._turns += 1
        started = time.perf_counter()
        answer = self._client.post("/webhooks/rest/webhook", json={"sender": sender, "message": next(self._texts)})
        took = time.perf_counter() - started
        if answer.status_code != 200:
            raise RuntimeError(f"the starter bot answered {answer.status_code}")
        return took


@contextlib.contextmanager
def running() -> Iterator[Starter]:
    """The bot, ready."""
    train()
    (port,) = free_ports(1)
    model = str(next((PROJECT / "models").glob("*.tar.gz")))
    command = [sys.executable, "-m", "rasa", "run", "--port", str(port), "--interface", "127.0.0.1", "--model", model]
    command += ["--credentials", str(PROJECT / "credentials.yml"), "--endpoints", str(PROJECT / "endpoints.yml")]
    url = f"http://127.0.0.1:{port}"
    with processes({"starter": command}, {"starter": _QUIET}, [f"{url}/webhooks/rest/"]):
        starter = Starter(url)
        _wait_for_model(starter)
        yield starter


def _wait_for_model(starter: Starter) -> None:
    """Rasa's REST channel answers before its model is there, and then says nothing or fails."""
    until = time.monotonic() + 120
    while True:
        try:
            starter.say()
            return
        except (RuntimeError, httpx.HTTPError):
            if time.monotonic() > until:
                raise
            time.sleep(0.5)
