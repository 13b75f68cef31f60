"""Ways to look at our pages with a real browser."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
from selenium import webdriver
from selenium.webdriver.common.by import By
from starlette.applications import Starlette

from tests.whole.conftest import free_ports, wait_until

PHONE = {"width": 360, "height": 740, "deviceScaleFactor": 2, "mobile": True}


@contextlib.contextmanager
def served(app: Starlette) -> Iterator[str]:
    """An application on a port of its own; gives its address."""
    (port,) = free_ports(1)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="error", ws="none", lifespan="on"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    wait_until(lambda: server.started, 30, "the pages are served")
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)


def audit(browser: webdriver.Chrome, axe: str, scheme: str) -> list[Any]:
    """What axe-core finds wrong with the page that is open, in light or dark."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    browser.execute_script(axe)  # type: ignore[no-untyped-call]
    found: dict[str, Any] = browser.execute_async_script(
        "const done = arguments[0]; axe.run().then(found => done({passes: found.passes.length, violations:"
        " found.violations.map(v => [v.impact, v.id, v.nodes.map(n => n.target.join(' ')).slice(0, 3)])}))"
    )
    assert found["passes"] > 15, "axe looked at next to nothing"
    return list(found["violations"])


@contextlib.contextmanager
def on_a_phone(browser: webdriver.Chrome) -> Iterator[Callable[[], int]]:
    """Give the browser the screen of a phone; gives how wide the page that is open has become.

    Whatever a thumb hits is seen to be high enough too.
    """
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", PHONE)

    def width() -> int:
        for control in browser.find_elements(By.CSS_SELECTOR, "main button, main .button, main select, main input"):
            if control.is_displayed() and control.get_attribute("type") not in ("radio", "checkbox"):
                assert control.size["height"] >= 44, control.get_attribute("outerHTML")  # what a thumb hits
        return int(browser.execute_script("return document.documentElement.scrollWidth"))  # type: ignore[no-untyped-call]

    try:
        yield width
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
