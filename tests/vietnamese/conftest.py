from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT
from vietnamese.corpus import train_restorer
from vietnamese.restore import Restorer
from vietnamese.understand import Understander


def _examples(folder: Path) -> list[str]:
    lines: list[str] = []
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["nlu"]:
            lines += [line.removeprefix("- ") for line in block["examples"].splitlines()]
    return lines


@pytest.fixture(scope="session")
def restorer() -> Restorer:
    """The diacritics model that the assistant itself learns, in some two seconds."""
    return train_restorer(_examples(ROOT / "data" / "nlu"), [ROOT / "knowledge" / "content"])


@pytest.fixture(scope="session")
def understander(restorer: Restorer) -> Understander:
    return Understander(restorer)
