"""Pictures of every meeting page and every practical, wide and narrow, in screenshots/: ``make screenshots``."""

from pathlib import Path

from playwright.sync_api import Page

from browsing import chromium, entered, settled
from serving import served
from vitreous.study.meetings import read_curriculum
from vitreous.study.site.practicals import practical_paths

FOLDER = Path(__file__).parents[1] / "screenshots"
WIDTHS = (1280, 390)
TALLEST = 16_000
"""Chromium draws no taller picture."""


def take(page: Page, address: str, name: str, width: int) -> None:
    """Take the whole of one page."""
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(address)
    if "/practicals/" in address:
        settled(page)
    page.wait_for_load_state("networkidle")
    # a practical scrolls inside its page: the window is made as tall as what it holds
    inside = "Math.max(...[...document.querySelectorAll('*')].map(part => part.scrollHeight))"
    page.set_viewport_size({"width": width, "height": min(page.evaluate(inside) + 50, TALLEST)})
    page.wait_for_timeout(1500)
    page.screenshot(path=FOLDER / f"{name}-{width}.png", full_page=True)
    print(f"{name}-{width}.png", flush=True)


def main() -> None:
    """Take them all."""
    FOLDER.mkdir(exist_ok=True)
    meetings = {f"meeting-{key.replace('/', '-')}": f"/meetings/{key}/" for key in read_curriculum().pages}
    practicals = {f"practical-{name}": f"/practicals/{name}/" for name in practical_paths()}
    pages = {"home": "/", "schedule": "/schedule/", "problems": "/problems/", **meetings, **practicals}
    with served() as address, chromium() as browser:
        base = address.split("/?")[0]
        page = browser.new_context(storage_state=entered(browser, address), reduced_motion="reduce").new_page()
        for name, path in pages.items():
            for width in WIDTHS:
                take(page, base + path, name, width)


if __name__ == "__main__":
    main()
