"""The reports of heterogeneity in Chromium: nothing wrong, nothing asked of the network, and a slider between maps."""

import pytest

from browsing import Log, chromium, overflow
from trained import analysed, trained
from vitreous.show.heterogeneity import Way


@pytest.mark.parametrize("width", [1280, 390])
def test_a_report_fits_the_page_and_its_trajectory_can_be_walked(width):
    log, folder = Log(), analysed()
    with chromium() as browser:
        context = browser.new_context(viewport={"width": width, "height": 900})
        log.watch(context)
        page = context.new_page()
        for report in (trained() / "report.html", folder / "report.html"):
            page.goto(report.as_uri())
            assert overflow(page) <= 0
        figure = page.locator("figure.volume.live").last
        canvas, place = figure.locator("canvas"), figure.locator("input.place")
        assert "map 1 of 3" in canvas.get_attribute("aria-label")
        place.focus()
        page.keyboard.press("End")
        assert "map 3 of 3" in canvas.get_attribute("aria-label")
        assert figure.locator("output.place").inner_text() == "3 of 3"
    assert log.wrong == []
    assert [url for url in log.asked if not url.startswith(("file:", "data:", "blob:"))] == []
    assert Way.__doc__
