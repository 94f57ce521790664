import base64
import json
import re
import warnings
from io import BytesIO

import numpy as np
import pytest
from matplotlib.image import imread

from browsing import Log, chromium
from drawn import pictures
from vitreous.show import Section, page_html
from vitreous.show.volume import MOST_VOXELS, volume_html, volume_script


def two_balls(n):
    """A large ball at the origin of a box and a small one beside it, with soft edges; about 0 outside, 1 inside."""
    axis = np.arange(n) - n // 2
    shapes = []
    for x, radius in ((0.0, 0.18 * n), (0.28 * n, 0.07 * n)):
        distance = np.sqrt(axis[:, None, None] ** 2 + axis[:, None] ** 2 + (axis - x) ** 2)
        shapes.append(1 / (1 + np.exp(distance - radius)))
    return np.maximum(*shapes).astype(np.float32)


def held(html):
    """What the page is told of the map, and the map's steps."""
    facts = json.loads(re.search(r"facts-of-volume\">(.*?)</script>", html)[1])
    code = re.search(r"voxels\">(.*?)</script>", html)[1]
    return facts, np.frombuffer(base64.b64decode(code), np.uint8).reshape(facts["shape"])


def test_the_page_holds_the_map_to_half_a_step():
    volume = two_balls(24) - 0.3
    facts, steps = held(volume_html(volume, "balls", contour=float(volume.min())))
    shown = facts["low"] + steps / 255 * (facts["high"] - facts["low"])
    assert steps.shape == volume.shape
    assert facts["mean"] == pytest.approx(volume.mean())
    np.testing.assert_allclose(shown, np.maximum(volume, volume.mean()), atol=(facts["high"] - facts["low"]) / 500)


def test_empty_margins_are_left_out_and_large_maps_made_smaller():
    _, small = held(volume_html(two_balls(60), "balls"))
    assert 40 < max(small.shape) < 60
    _, large = held(volume_html(two_balls(160), "balls"))
    assert max(large.shape) == MOST_VOXELS
    assert large.max() == 255


def test_the_contour_asked_for_is_where_the_surface_lies():
    facts, _ = held(volume_html(two_balls(32), "balls", contour=0.4))
    assert facts["low"] + facts["contour"] * (facts["high"] - facts["low"]) == pytest.approx(0.4)


def test_words_cannot_end_the_script():
    html = volume_html(two_balls(16), "</script><b>")
    assert "<b>" not in html
    assert held(html)[0]["label"] == "</script><b>"


def test_a_constant_map_is_a_page_too():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        facts, steps = held(volume_html(np.zeros((8, 8, 8)), "nothing"))
    assert steps.max() == 0
    assert facts["sigma"] > 0


def test_the_script_imports_nothing():
    assert not re.search(r"^\s*import\b", volume_script(), flags=re.MULTILINE)
    assert "</script" not in volume_script()


def page_of(html, tmp_path):
    path = tmp_path / "page.html"
    path.write_text(page_html("Map", "A map.", [Section("Map", html, "map")], "", volume_script()), encoding="utf-8")
    return path.as_uri()


def seen(canvas):
    """What a canvas shows, as a mask of what differs from the paper around it."""
    picture = imread(BytesIO(canvas.screenshot()))[..., :3]
    return np.abs(picture - picture[0, 0]).max(axis=-1) > 0.05


def test_the_surface_turns_by_keyboard_and_pointer_and_follows_the_slider(tmp_path):
    html = volume_html(two_balls(48), "Two balls")
    log = Log()
    with chromium() as browser:
        context = browser.new_context(viewport={"width": 640, "height": 900})
        log.watch(context)
        page = context.new_page()
        page.goto(page_of(html, tmp_path))
        canvas, slider = page.locator("canvas"), page.get_by_role("slider", name="Contour")
        page.locator("figure.live").wait_for()
        first = seen(canvas)
        (still,) = pictures(html)
        rows, columns = (np.arange(320) * n // 320 for n in first.shape)
        overlap, either = (
            join(first[np.ix_(rows, columns)], still[..., 3] > 0) for join in (np.logical_and, np.logical_or)
        )
        assert overlap.sum() > 0.95 * either.sum()  # the still picture is of the same thing, seen from the same place

        canvas.focus()
        page.keyboard.press("Shift+ArrowRight")
        assert "azimuth 20°" in canvas.get_attribute("aria-label")
        assert (seen(canvas) != first).sum() > 100
        box = canvas.bounding_box()
        page.mouse.move(box["x"] + 200, box["y"] + 200)
        page.mouse.down()
        page.mouse.move(box["x"] + 200, box["y"] + 240)
        page.mouse.up()
        assert "elevation 40°" in canvas.get_attribute("aria-label")

        slider.fill("0.9")
        assert seen(canvas).sum() < 0.9 * first.sum()
        assert slider.get_attribute("aria-valuetext").endswith("σ)")
        page.get_by_role("button", name="Reset").click()
        page.wait_for_timeout(200)
        assert (seen(canvas) != first).mean() < 0.001
        page.emulate_media(media="print")
        assert page.locator(".still").is_visible()
        assert not canvas.is_visible()
    assert log.wrong == []
    assert [address for address in log.asked if not address.startswith(("file:", "data:"))] == []


def test_without_a_script_the_picture_stands_still(tmp_path):
    html = volume_html(two_balls(24), "Two balls")
    with chromium() as browser:
        page = browser.new_context(java_script_enabled=False).new_page()
        page.goto(page_of(html, tmp_path))
        assert page.locator(".still").is_visible()
        assert page.get_by_text("A still picture").is_visible()
        assert not page.locator("canvas").is_visible()
        assert not page.get_by_role("slider").is_visible()
