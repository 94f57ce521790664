"""Debian's Chromium on the served course, with an eye on its log: what went wrong, and what left the machine."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

import needs

AXE = Path(__file__).parents[1] / "src/vitreous/study/browser/node_modules/axe-core/axe.min.js"
FLAGS = ["--no-sandbox", "--disable-gpu", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
FIGURE_MS = 60_000
"""Patience with a first figure: a busy machine may start several practicals at one time."""


@dataclass
class Log:
    """What pages complained of, and every address that they asked for."""

    wrong: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Listen to every page of a context, the practicals in their frames too."""
        context.on("console", self._hear)
        context.on("weberror", lambda error: self.wrong.append(str(error.error)))
        context.on("request", lambda request: self.asked.append(request.url))

    def _hear(self, said: ConsoleMessage) -> None:
        if said.type == "error":
            self.wrong.append(f"{said.text} {said.location}")

    def outside(self, base: str) -> list[str]:
        """Every address that is not the course's own."""
        return [url for url in self.asked if not url.startswith((f"{base}/", "data:", "blob:"))]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=needs.program("chromium"), args=FLAGS)
        yield browser
        browser.close()


def entered(browser: Browser, address: str) -> Any:
    """Show the token, and return the state of a browser that did."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(address)
    state = context.storage_state()
    context.close()
    return state


def settled(page: Page) -> None:
    """Wait until a practical's first figure is drawn, and then until no more of them come."""
    figures = page.locator("figure[data-serial]")
    figures.first.wait_for(timeout=FIGURE_MS)
    before = 0
    while before < figures.count():
        before = figures.count()
        page.wait_for_timeout(700)


def violations(page: Any) -> list[str]:
    """Run axe on a page or frame; each violation with the elements at fault."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [f"{item['id']}: {node['html'][:160]} {node['target']}" for item in found for node in item["nodes"]]


def overflow(page: Any) -> int:
    """Return how many pixels a page is wider than what shows it."""
    return page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
