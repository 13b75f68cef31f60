from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
import structlog

from bot.quiet_logs import keep_quiet


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


def test_rasa_tells_only_the_names_of_what_went_wrong(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    keep_quiet()
    rasa = structlog.get_logger("rasa.core.processor")
    rasa.debug("processor.message.parse", parse_data_text="bí mật")
    rasa.info("processor.message", text="bí mật")
    rasa.warning("processor.message.odd", text="bí mật", event_info="Message 'bí mật' is odd.")
    rasa.error("Could not handle 'bí mật'")
    assert [record.getMessage() for record in caplog.records] == ["processor.message.odd", "(rasa)"]
