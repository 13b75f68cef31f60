"""A made-up Rasa behind a real connection, for what reaches the assistant over HTTP."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from evaluation.run import Assistant

SECRET = "c" * 32


class FakeRasa:
    """Serves the web channel's two routes on a free port of this machine.

    Attributes:
        body: what a message is answered with.
        status: of every answer.
        sent: the messages so far.
    """

    def __init__(self) -> None:
        self.body: dict[str, Any] = {}
        self.status = 200
        self.sent: list[dict[str, Any]] = []
        self._made: list[Assistant] = []
        rasa = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._answer(rasa.status, {"status": "ok"})

            def do_POST(self) -> None:
                message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                if self.headers["X-Motcua-Secret"] != SECRET:
                    self._answer(403, {})
                    return
                rasa.sent.append(message)
                self._answer(rasa.status, rasa.body)

            def _answer(self, status: int, body: dict[str, Any]) -> None:
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def assistant(self) -> Assistant:
        """A client that knows the secret."""
        self._made.append(Assistant(self.url, SECRET))
        return self._made[-1]

    def close(self) -> None:
        """Stop answering; may be called again."""
        for assistant in self._made:
            assistant.close()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
