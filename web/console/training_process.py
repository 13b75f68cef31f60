"""Start a training beside the web page. It goes on where the page is restarted; it ends with the machine alone."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable

from sqlalchemy.engine import Engine

from analytics import learning
from settings import VAR

ENDED = "Việc học dừng đột ngột (mã {code}), có thể vì máy thiếu bộ nhớ. Bạn bấm học lại nhé."
Start = Callable[[Engine, int], None]


def start(engine: Engine, number: int) -> None:
    """Start the process of a training that was written down, and write down if it dies without a word.

    Args:
        engine: the database; the process opens that of the settings.
        number: of the training.

    Raises:
        OSError: it can't be started.
    """
    log = VAR / "log" / "learning.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "motcua.learning", str(number)],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,  # the supervisor ends the page's whole group when it restarts it
        )
    threading.Thread(target=_wait, args=(process, engine, number), name="training", daemon=True).start()


def _wait(process: subprocess.Popen[bytes], engine: Engine, number: int) -> None:
    code = process.wait()
    # Does nothing where the process has told how it ended.
    learning.fail(engine, number, ENDED.format(code=code))
