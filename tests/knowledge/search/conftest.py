from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from knowledge.content import FOLDER
from knowledge.database import open_engine
from knowledge.search.background import read_examples
from knowledge.search.build import IndexKeeper
from knowledge.search.entry import Entry
from knowledge.search.index import Result, SearchIndex
from knowledge.search.terms import Background, QueryMaker
from knowledge.search.weights import Weights
from tests.conftest import ROOT
from tests.knowledge.made_up import LetterEncoder
from vietnamese.corpus import train_restorer
from vietnamese.embedding import SentenceEncoder
from vietnamese.understand import Understander

Search = Callable[[str], Result]


@pytest.fixture(scope="session")
def understander() -> Understander:
    """As the assistant itself understands."""
    examples = read_examples(ROOT / "data" / "nlu")
    return Understander(train_restorer((text for texts in examples.values() for text in texts), [FOLDER]))


@pytest.fixture(scope="session")
def content_index(content_database: Path, encoder: SentenceEncoder) -> SearchIndex:
    """The index of our own content, with real vectors."""
    engine = open_engine(f"sqlite:///{content_database}")
    index = IndexKeeper(engine, encoder).index
    engine.dispose()
    return index


@pytest.fixture(scope="session")
def search(content_index: SearchIndex, encoder: SentenceEncoder, understander: Understander) -> Search:
    """Search our own content with a typed message."""

    def find(typed: str) -> Result:
        text = understander.understand(typed).text
        return content_index.search(text, encoder.query(text))

    return find


def small_index(entries: Sequence[Entry], encoder: LetterEncoder | None = None) -> SearchIndex:
    """An index of made-up entries."""
    encoder = encoder or LetterEncoder()
    return SearchIndex(
        entries,
        encoder.passages([entry.name for entry in entries]),
        encoder.passages([key for entry in entries for key in entry.keys]),
        QueryMaker(Background(), {}),
        Weights.load(),
    )
