"""Send questions through the whole assistant, each with a sender that has never been seen."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Optional

import httpx

from evaluation.items import Answer, Question, answer_of

WORKERS = 2
"""Conversations at a time: what two cores serve without waiting on each other."""
Progress = Callable[[int, int], None]


class Assistant:
    """A running assistant, through the door that the web page uses.

    Args:
        url: the Rasa server.
        secret: the channel's secret.
    """

    def __init__(self, url: str, secret: str) -> None:
        self._client = httpx.Client(base_url=url, headers={"X-Motcua-Secret": secret}, timeout=60)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def ready(self) -> bool:
        """Say whether it answers with its model loaded."""
        try:
            return self._client.get("/webhooks/web/", timeout=3).status_code == 200
        except httpx.HTTPError:
            return False

    def say(self, sender: str, text: str) -> dict[str, object]:
        """Send one message and wait for the turn's end.

        Raises:
            httpx.HTTPError: the assistant doesn't answer.
        """
        answer = self._client.post("/webhooks/web/message", json={"sender": sender, "text": text})
        answer.raise_for_status()
        body: dict[str, object] = answer.json()
        return body


def ask(assistant: Assistant, sender: str, question: Question) -> Answer:
    """Ask one question; an assistant that breaks is an outcome too."""
    started = time.monotonic()
    try:
        body = assistant.say(sender, question.text)
    except httpx.HTTPError:
        body = {}
    spent = round((time.monotonic() - started) * 1000, 1)
    turn = body.get("turn")
    answer = answer_of(question.id, turn if isinstance(turn, dict) else {})
    replies = body.get("replies")
    answer.turn, answer.ms = question.turn, spent
    answer.replies = [str(reply.get("text")) for reply in replies] if isinstance(replies, list) else []
    return answer


def run(
    assistant: Assistant, conversations: Sequence[Iterable[Question]], progress: Optional[Progress] = None
) -> list[tuple[Question, Answer]]:
    """Run conversations (single questions are conversations of one turn), results in their order."""

    def converse(questions: Iterable[Question]) -> list[tuple[Question, Answer]]:
        sender = f"eval-{uuid.uuid4()}"
        return [(question, ask(assistant, sender, question)) for question in questions]

    results: list[tuple[Question, Answer]] = []
    with ThreadPoolExecutor(WORKERS) as pool:
        for done, pairs in enumerate(pool.map(converse, conversations), 1):
            results += pairs
            if progress:
                progress(done, len(conversations))
    return results
