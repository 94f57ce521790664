"""One figure on an open page: what it shows, and a way to wait for the answer to a touch."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page


class Shown:
    """The figure of a name, wherever marimo put it."""

    def __init__(self, page: Page, name: str) -> None:
        self.page, self.root = page, page.locator(f"#figure-{name}")

    @property
    def serial(self) -> int:
        """How often it was drawn."""
        return int(self.root.get_attribute("data-serial") or 0)

    def after(self, act: Callable[[], object]) -> None:
        """Act, and wait for the drawing that answers."""
        before = self.serial
        act()
        self.page.wait_for_function(
            "([figure, before]) => Number(figure.dataset.serial) > before", arg=[self.root.element_handle(), before]
        )

    def canvas(self, panel: str) -> Locator:
        """The canvas of a panel."""
        return self.root.locator(f"[data-panel={panel}] canvas")

    def picture(self, panel: str) -> str:
        """What a panel's canvas holds, as one word, once it is painted."""
        self.page.evaluate("() => new Promise(requestAnimationFrame)")
        return self.canvas(panel).evaluate("canvas => canvas.toDataURL()")
