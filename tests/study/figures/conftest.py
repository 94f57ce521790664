"""One server and one browser for all tests of the figures."""

import subprocess
import sys
from pathlib import Path

import pytest

from browsing import Log, chromium


@pytest.fixture(scope="package")
def address():
    command = [sys.executable, str(Path(__file__).with_name("serve_gallery.py"))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        yield server.stdout.readline().strip()
        server.terminate()


@pytest.fixture(scope="package")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def opened(browser, address):
    """Opens the gallery, with settings in its address, once every figure is drawn; nothing may go wrong on the way."""
    log, contexts = Log(), []

    def open_page(query="", **context):
        contexts.append(browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **context}))
        log.watch(contexts[-1])
        page = contexts[-1].new_page()
        page.goto(address + query)
        page.locator("#figure-words[data-serial='1']").wait_for(timeout=60_000)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert log.wrong == []
    assert log.outside(address.removesuffix("/gallery/")) == []
