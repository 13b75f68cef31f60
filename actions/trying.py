"""Try a new way to ask on the index that answers people: what it would find, and which questions it would break."""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import Any, Optional

from actions.knowledge_base import KnowledgeBase
from evaluation.figures import asks_for_procedure
from evaluation.items import EvaluationInvalid, read_questions
from knowledge.search.trial import Asked, effect
from knowledge.vectors import embed_missing, stored_vectors
from vietnamese.understand import Understander

logger = logging.getLogger(__name__)


class Trier:
    """Tries changes, one at a time: a second index costs memory while it is there.

    Args:
        knowledge: whose index answers people.
        file: questions with their right procedures; None for none.
    """

    def __init__(self, knowledge: KnowledgeBase, file: Optional[Path] = None) -> None:
        self._knowledge = knowledge
        self._file = file
        self._read_at: Optional[float] = None
        self._questions: list[Asked] = []
        self._one_at_a_time = threading.Lock()

    def try_way(self, code: str, way: str) -> dict[str, Any]:
        """Tell what a new way to ask of a procedure would change.

        Args:
            code: the procedure's.
            way: the way to ask, as understood.

        Returns:
            ``effect``: ``knowledge.search.trial.Effect`` in plain values; None where the index lacks the procedure.
        """
        with self._one_at_a_time:
            keeper = self._knowledge.keeper
            index = keeper.index
            if code not in index.at:
                return {"effect": None}
            vector = keeper.encoder.query(way)
            return {"effect": effect(index, code, way, vector, self._evaluation()).as_json()}

    def _evaluation(self) -> list[Asked]:
        """The file's questions that ask for a procedure, read anew when the file has changed."""
        try:
            changed = self._file.stat().st_mtime if self._file else None
        except OSError:
            changed = None
        if self._file is not None and changed is not None and changed != self._read_at:
            try:
                self._questions = self._read(self._file)
            except EvaluationInvalid as error:
                logger.warning("the evaluation file can't be used: %s", error)
                self._questions = []
            self._read_at = changed
        return self._questions

    def _read(self, file: Path) -> list[Asked]:
        understander, encoder = Understander(), self._knowledge.keeper.encoder
        asked = [question for question in read_questions(file) if asks_for_procedure(question)]
        texts = [understander.understand(question.text).text for question in asked]
        # Made once: the first trial waits for them, later ones find them stored.
        embed_missing(self._knowledge.engine, encoder, texts)
        with self._knowledge.engine.connect() as connection:
            vectors = stored_vectors(connection, encoder, texts)
        return [
            Asked(text, vector, tuple(sorted(question.expected.codes)))
            for text, vector, question in zip(texts, vectors, asked, strict=True)
        ]
