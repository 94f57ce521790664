"""One server, one browser and one open gallery for the tests of a module.

Not for longer: while Playwright is open its event loop is the thread's, and other tests start loops of their own.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from browsing import Log, chromium
from shown import Shown


@pytest.fixture(scope="module")
def address():
    command = [sys.executable, str(Path(__file__).with_name("serve_gallery.py"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        yield server.stdout.readline().strip()
        server.terminate()


@pytest.fixture(scope="module")
def opened(address):
    """Opens the gallery once more, with settings in its address; nothing may go wrong while any of them is open."""
    log = Log()
    with chromium() as browser:

        def open_page(query="", **context):
            made = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **context})
            log.watch(made)
            page = made.new_page()
            page.goto(address + query)
            page.locator("#figure-words[data-serial='1']").wait_for(timeout=60_000)
            return page

        yield open_page
    assert log.wrong == []
    assert log.outside(address.removesuffix("/gallery/")) == []


@pytest.fixture(scope="module")
def gallery(opened):
    return opened()


@pytest.fixture
def shown(gallery):
    """Finds a figure of the gallery, at rest."""

    def at_rest(name):
        figure = Shown(gallery, name)
        figure.after(figure.root.get_by_role("button", name="Reset").click)
        return figure

    return at_rest
