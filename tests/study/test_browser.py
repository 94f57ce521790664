"""The course in a real browser: a learner's way through it, by mouse and keyboard, wide and narrow, light and dark."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from browsing import FIGURE_MS, Log, chromium, entered, overflow, settled, violations
from serving import served
from vitreous.study.site.practicals import practical_paths

WIDTHS = {"wide": (1280, 900), "narrow": (390, 844)}
MEETING = "/meetings/04-phase-contrast/blur/"
PROBLEM = "/problems/04-b-factor/"
PAGES = [
    *["/", "/meetings/04-phase-contrast/", MEETING, "/problems/", PROBLEM, "/schedule/", "/glossary/", "/engine/"],
    *["/search/?q=defocus", "/notebook/", "/self-test/", "/meetings/09-reconstruction/blur/"],
]


FOCUS = """() => {
  const element = document.activeElement;
  if (element === document.body) return null;
  const look = () => [element, ...element.querySelectorAll("*")].map((part) => {
    const style = getComputedStyle(part);
    return [style.outline, style.boxShadow, style.stroke, style.strokeWidth, style.fill, style.backgroundColor].join();
  }).join();
  const focused = look();
  element.blur();
  const rest = look();
  element.focus();
  return [element.getAttribute("href") ?? element.tagName, focused !== rest];
}"""
"""Where the focus is, and whether it can be seen there: the element looks otherwise without it."""


class Course:
    """The served course and a browser that holds its cookie."""

    def __init__(self, browser: Browser, address: str) -> None:
        self._browser, self.base = browser, address.split("/?")[0]
        self._state = entered(browser, address)
        self.log = Log()

    def page(self, width: str = "wide", **settings) -> Page:
        """Open an empty page whose log is watched."""
        across, down = WIDTHS[width]
        size = {"width": across, "height": down}
        context = self._browser.new_context(viewport=size, storage_state=self._state, base_url=self.base, **settings)
        self.log = Log()
        self.log.watch(context)
        return context.new_page()

    def close(self, page: Page) -> None:
        """Leave, and hold the log to what it should say: nothing went wrong and nothing left the machine."""
        page.context.close()
        assert self.log.wrong == []
        assert self.log.outside(self.base) == []
        assert self.log.asked


@pytest.fixture(scope="module")
def course():
    with served() as address, chromium() as browser:
        yield Course(browser, address)


def picture(figure) -> str:
    """What the canvases of a figure show."""
    return figure.evaluate("figure => [...figure.querySelectorAll('canvas')].map(c => c.toDataURL()).join()")


def serial(figure) -> int:
    return int(figure.get_attribute("data-serial"))


def drawn_again(page: Page, figure, before: int) -> None:
    expect(figure).not_to_have_attribute("data-serial", str(before), timeout=FIGURE_MS)


def computed_answer(text: str) -> float:
    """The answer of the problem of the B factor, from the numbers in its words: the d at which exp(−B/(4d²)) is 1/e."""
    return (float(re.search(r"B\s*=\s*(\d+)", text)[1]) / 4) ** 0.5


@pytest.mark.parametrize("width", WIDTHS)
def test_a_learners_way(course, width):
    page = course.page(width)
    page.goto("/")
    assert overflow(page) <= 0
    page.locator(f"a[href='{MEETING}']").first.click()
    expect(page).to_have_url(course.base + MEETING)
    assert overflow(page) <= 0
    page.locator("#practical").scroll_into_view_if_needed()
    practical = page.frame_locator("iframe.frame")
    figure = practical.locator("figure[data-serial]").first
    figure.wait_for(timeout=FIGURE_MS)
    slider = figure.locator(".control input[type=range]").first
    before, seen = serial(figure), picture(figure)
    slider.focus()
    page.keyboard.press("End")
    drawn_again(page, figure, before)
    page.wait_for_timeout(300)
    assert picture(figure) != seen
    course.close(page)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_problem_answered_wrongly_and_rightly(course, width):
    page = course.page(width)
    page.goto(PROBLEM)
    assert overflow(page) <= 0
    right = computed_answer(page.locator("#statement").inner_text())
    # the factor 4 is missing: the mistake has a hint of its own
    page.locator("#answer input[type=text]").fill(f"{2 * right:.4g}")
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".verdict.is-wrong")).to_contain_text("4")
    page.locator("#answer input[type=text]").fill(f"{right:.4g}")
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".verdict.is-right")).to_be_visible()
    expect(page.locator("#worked")).to_be_visible()
    course.close(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_kind_of_page_is_accessible(course, scheme):
    page = course.page(color_scheme=scheme)
    found = {}
    for path in PAGES:
        page.goto(path)
        page.wait_for_load_state("networkidle")
        found[path] = violations(page)
    assert {path: wrong for path, wrong in found.items() if wrong} == {}
    course.close(page)


@pytest.mark.parametrize("path", PAGES)
def test_a_narrow_page_does_not_scroll_sideways(course, path):
    page = course.page("narrow")
    page.goto(path)
    assert overflow(page) <= 0
    course.close(page)


def accessible_practical(course, name: str, width: str, scheme: str) -> None:
    page = course.page(width, color_scheme=scheme, reduced_motion="reduce")
    page.goto(f"/practicals/{name}/")
    settled(page)
    page.wait_for_timeout(500)
    assert violations(page) == []
    assert overflow(page) <= 0
    course.close(page)


@pytest.mark.parametrize(("width", "scheme"), [("wide", "light"), ("narrow", "dark")])
def test_a_practical_is_accessible(course, width, scheme):
    accessible_practical(course, "04-blur", width, scheme)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", practical_paths())
def test_every_practical_is_accessible(course, name, width, scheme):
    accessible_practical(course, name, width, scheme)


def test_the_keyboard_leads_everywhere(course):
    page = course.page()
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main"
    page.keyboard.press("Enter")
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen = page.evaluate(FOCUS)
        if seen is None:
            break
        reached.append(seen)
    assert any(href.startswith("/meetings/") for href, _ in reached)
    assert [where for where, visible in reached if not visible] == []
    course.close(page)


def test_a_link_carries_the_setting_and_reset_takes_it_back(course):
    page = course.page()
    page.goto("/practicals/04-blur/")
    settled(page)
    figure = page.locator("figure[data-serial]").filter(has=page.locator(".control input[type=range]")).first
    slider = figure.locator(".control input[type=range]").first
    rest, before = slider.input_value(), serial(figure)
    slider.focus()
    page.keyboard.press("End")
    drawn_again(page, figure, before)
    page.wait_for_url("**/?*")
    moved, address = slider.input_value(), page.url
    assert moved != rest
    page.goto("about:blank")
    page.goto(address)
    settled(page)
    expect(slider).to_have_value(moved)
    before = serial(figure)
    figure.get_by_role("button", name="Reset").click()
    drawn_again(page, figure, before)
    expect(slider).to_have_value(rest)
    course.close(page)


def test_figures_save_what_they_show(course):
    page = course.page(accept_downloads=True)
    page.goto("/practicals/04-blur/")
    settled(page)
    figure = page.locator("figure[data-serial]").filter(has=page.get_by_text("CSV")).first
    button = figure.get_by_role("button", name="CSV")
    if button.count() == 0:
        figure.get_by_text("CSV").first.click()
        button = figure.locator(".sheets button").first
    with page.expect_download() as saved:
        button.first.click()
    rows = saved.value.path().read_text().splitlines()
    assert len(rows) > 10
    assert "," in rows[0]
    course.close(page)


def test_the_dark_scheme_is_dark(course):
    brightness = "() => getComputedStyle(document.body).backgroundColor.match(/[\\d.]+/g).slice(0, 3).map(Number)"
    page = course.page(color_scheme="dark")
    for path in ["/", MEETING, PROBLEM]:
        page.goto(path)
        assert max(page.evaluate(brightness)) < 80, path
    page.goto("/practicals/04-blur/")
    settled(page)
    assert max(page.evaluate(brightness)) < 80
    course.close(page)
