"""Panels answer pointer and keyboard, fit a telephone, and are fit for a screen reader."""

import math

import pytest

from browsing import overflow, violations

OVERLAPS = """panels => panels.filter((panel) => {
  const bottom = panel.getBoundingClientRect().bottom;
  const inner = [...panel.querySelectorAll("canvas, .readout")];
  return inner.some((part) => part.getBoundingClientRect().bottom > bottom + 1);
}).map((panel) => panel.dataset.panel)"""
"""Panels whose contents reach beyond them."""


def at(canvas, x, y):
    """A place on a canvas, in parts of its width and height."""
    box = canvas.bounding_box()
    return {"x": x * box["width"], "y": y * box["height"]}


def test_a_pixel_is_read_and_picked_by_pointer_and_by_keyboard(shown):
    waves = shown("waves")
    canvas, readout = waves.canvas("picture"), waves.root.locator("[data-panel=picture] .readout")
    assert readout.inner_text() == "256 × 256 pixels of 2 Å, origin at (128, 128)"
    canvas.hover(position=at(canvas, 0.502, 0.502))
    assert readout.inner_text().endswith("e/Å² at (0, 0) Å")
    row = waves.picture("profile")
    waves.after(lambda: canvas.click(position=at(canvas, 0.5, 0.25)))
    assert waves.picture("profile") != row
    canvas.focus()
    waves.page.keyboard.press("Shift+ArrowDown")
    assert readout.inner_text().endswith("Å")
    picked = waves.picture("profile")
    waves.after(lambda: waves.page.keyboard.press("Enter"))
    assert waves.picture("profile") != picked


def test_zoom_and_contrast_change_what_is_seen_and_reset_restores_it(shown):
    waves = shown("waves")
    canvas, seen = waves.canvas("picture"), waves.picture("picture")
    canvas.hover()
    waves.root.get_by_role("button", name="zoom into Waves").click()
    zoomed = waves.picture("picture")
    assert zoomed != seen
    canvas.focus()
    waves.page.keyboard.press("0")
    canvas.blur()
    waves.page.mouse.move(0, 0)
    assert waves.picture("picture") == seen
    waves.root.locator("[data-panel=picture] summary", has_text="contrast").click()
    waves.root.get_by_role("slider", name="window").fill("0.3")
    assert waves.picture("picture") != seen
    waves.root.locator("[data-panel=picture] summary", has_text="contrast").click()
    waves.after(waves.root.get_by_role("button", name="Reset").click)
    waves.page.mouse.move(0, 0)
    assert waves.picture("picture") == seen


def test_painting_reaches_python_and_can_be_cleared(shown):
    maps = shown("maps")
    canvas = maps.canvas("sign")
    canvas.scroll_into_view_if_needed()
    bare = maps.picture("sign")
    maps.after(lambda: canvas.click(position=at(canvas, 0.2, 0.8)))
    canvas.focus()
    maps.page.keyboard.press("ArrowLeft")
    maps.after(lambda: maps.page.keyboard.press("Enter"))
    maps.page.wait_for_url("**maps.sign=**%3B**")  # two dabs
    maps.after(maps.root.get_by_role("button", name="Clear").click)
    canvas.blur()
    maps.page.mouse.move(0, 0)
    assert maps.picture("sign") == bare


def test_the_crosshair_reads_curves_by_pointer_and_by_keyboard(shown):
    waves = shown("waves")
    canvas, panel = waves.canvas("profile"), waves.root.locator("[data-panel=profile]")
    canvas.hover(position=at(canvas, 0.5, 0.5))
    assert panel.locator(".readout").inner_text().startswith("position (Å): ")
    pointed = [output.inner_text() for output in panel.locator("output").all()]
    assert all(pointed)
    canvas.focus()
    waves.page.keyboard.press("Shift+ArrowRight")
    assert [output.inner_text() for output in panel.locator("output").all()] != pointed
    assert "without" in canvas.get_attribute("aria-label")


def test_the_handle_is_dragged_and_moved_by_arrows(shown):
    plots = shown("plots")
    handle = plots.root.get_by_role("button", name="point to drag")
    assert "real 1, imaginary 0.5" in handle.get_attribute("aria-label")
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag():
        plots.page.mouse.move(*middle)
        plots.page.mouse.down()
        plots.page.mouse.move(middle[0] - 60, middle[1] + 40)
        plots.page.mouse.up()

    plots.after(drag)
    words = handle.get_attribute("aria-label")
    assert "real 1," not in words
    handle.focus()
    plots.after(lambda: plots.page.keyboard.press("ArrowUp"))
    assert handle.get_attribute("aria-label") != words


@pytest.mark.parametrize(("panel", "answers"), [("body", True), ("dots", False), ("map", False)])
def test_solids_turn_by_pointer_and_by_keyboard(shown, panel, answers):
    solids = shown("solids")
    canvas = solids.canvas(panel)
    canvas.scroll_into_view_if_needed()
    label = canvas.get_attribute("aria-label")
    box = canvas.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def drag():
        solids.page.mouse.move(*middle)
        solids.page.mouse.down()
        solids.page.mouse.move(middle[0] + 40, middle[1])
        solids.page.mouse.up()

    # only a body's turn is a setting
    solids.after(drag) if answers else drag()
    dragged = canvas.get_attribute("aria-label")
    assert dragged != label
    canvas.focus()
    press = lambda: solids.page.keyboard.press("ArrowUp")  # noqa: E731
    solids.after(press) if answers else press()
    assert canvas.get_attribute("aria-label") != dragged


def test_a_drag_to_the_right_turns_the_body_about_the_screens_vertical(shown):
    solids = shown("solids")
    canvas = solids.canvas("body")
    canvas.focus()
    for _ in range(6):
        solids.after(lambda: solids.page.keyboard.press("Shift+ArrowRight"))
    solids.page.wait_for_url("**solids.body=**")
    quaternion = [float(part) for part in solids.page.url.split("solids.body=")[1].split("&")[0].split("%2C")]
    # six steps of 15° about the up vector of a camera at azimuth 35° and elevation 20°
    azimuth, elevation = math.radians(35), math.radians(20)
    up = (-math.sin(elevation) * math.cos(azimuth), -math.sin(elevation) * math.sin(azimuth), math.cos(elevation))
    half = math.sqrt(0.5)
    assert quaternion == pytest.approx([half, *(half * part for part in up)], abs=1e-4)


def test_the_contour_slider_says_its_level(shown):
    contour = shown("solids").root.get_by_role("slider", name="contour")
    contour.fill("0.5")
    assert shown("solids").page.locator("#figure-solids .contour output").inner_text() != "0.5 σ"


def test_the_sound_has_its_length_and_plays(shown):
    words = shown("words")
    play = words.root.get_by_role("button", name="play A tone of 440 Hz")
    assert words.root.locator("[data-panel=tone] .about").inner_text() == "0.5 s"
    play.click()
    words.page.wait_for_function("button => button.getAttribute('aria-pressed') === 'false'", arg=play.element_handle())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_telephone_shows_everything_without_scrolling_sideways(opened, scheme):
    page = opened(viewport={"width": 390, "height": 800}, color_scheme=scheme, has_touch=True, is_mobile=True)
    assert overflow(page) == 0
    assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == (
        "rgb(251, 250, 247)" if scheme == "light" else "rgb(20, 24, 26)"
    )
    small = (
        page.locator("figure")
        .locator("button, input[type=range], select, summary")
        .evaluate_all(
            "all => all.filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 40).map(e => e.outerHTML)"
        )
    )
    assert small == []
    assert page.locator(".panel").evaluate_all(OVERLAPS) == []
    assert violations(page) == []
    page.context.close()


def test_axe_finds_nothing(gallery):
    assert violations(gallery) == []
