from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

EXAMPLES = {
    "ask_fee": (
        "lệ phí bao nhiêu",
        "làm hộ chiếu bao nhiêu tiền",
        "mất bao nhiêu tiền vậy",
        "phí đăng ký xe là bao nhiêu",
    ),
    "ask_documents": (
        "hồ sơ cần giấy tờ gì",
        "làm hộ chiếu cần giấy tờ gì",
        "đăng ký xe phải mang gì",
        "cần mang giấy tờ gì",
    ),
    "greet": ("xin chào", "chào bạn", "chào em", "xin chào ạ"),
    "goodbye": ("tạm biệt", "tạm biệt bạn", "tạm biệt em nhé", "chào tạm biệt"),
}
Make = Callable[..., Any]


def messages(*texts: str) -> list[Message]:
    return [Message({TEXT: text}) for text in texts]


def few_examples() -> TrainingData:
    """A few examples of four intents."""
    return TrainingData([Message({TEXT: text, INTENT: name}) for name, texts in EXAMPLES.items() for text in texts])


@pytest.fixture
def training_data() -> TrainingData:
    return few_examples()


@pytest.fixture
def storage(tmp_path: Path) -> ModelStorage:
    return LocalModelStorage.create(tmp_path)


@pytest.fixture
def make(storage: ModelStorage) -> Make:
    """Make a component as Rasa's graph does; ``load=True`` reads what it wrote in training."""

    def build(kind: Any, load: bool = False, **config: Any) -> Any:
        context = ExecutionContext(GraphSchema({}), node_name=kind.__name__)
        maker = kind.load if load else kind.create
        return maker({**kind.get_default_config(), **config}, storage, Resource(kind.__name__), context)

    return build
