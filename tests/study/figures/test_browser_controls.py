"""Every control changes the figure, by hand and by keyboard, and a link, a reset and a CSV file say the same."""

import csv
from urllib.parse import parse_qs, urlparse

import pytest

from shown import Shown


@pytest.fixture
def waves(shown):
    return shown("waves")


def test_every_control_changes_the_figure_by_keyboard(waves):
    root, seen = waves.root, {waves.picture("picture")}

    def changed(locator, key):
        locator.focus()
        waves.after(lambda: waves.page.keyboard.press(key))
        assert waves.picture("picture") not in seen
        seen.add(waves.picture("picture"))

    changed(root.get_by_role("slider", name="frequency"), "ArrowRight")
    changed(root.get_by_role("slider", name="angle"), "Home")
    changed(root.get_by_role("slider", name="noise"), "ArrowRight")
    changed(root.get_by_role("switch", name="squared"), "Space")
    changed(root.get_by_role("radio", name="cosine"), "ArrowRight")
    changed(root.get_by_role("combobox", name="size"), "1")
    changed(root.get_by_role("button", name="New noise"), "Enter")


def test_a_value_can_be_typed_and_is_held_within_its_limits(waves):
    field = waves.root.get_by_role("textbox", name="angle, in °")
    field.fill("12")
    waves.after(lambda: field.press("Enter"))
    assert waves.root.get_by_role("slider", name="angle").get_attribute("aria-valuetext") == "12°"
    field.fill("900")
    waves.after(lambda: field.press("Enter"))
    assert field.input_value() == "90"
    field.fill("nonsense")
    field.press("Enter")
    assert field.input_value() == "90"


def test_a_logarithmic_slider_goes_by_factors(waves):
    noise = waves.root.get_by_role("slider", name="noise")
    waves.after(lambda: noise.fill("1"))
    assert noise.get_attribute("aria-valuetext") == "10"
    waves.after(lambda: noise.fill("-0.5"))
    assert noise.get_attribute("aria-valuetext") == "0.316"


def test_play_moves_the_slider_until_pressed_again(waves):
    play = waves.root.get_by_role("button", name="play frequency")
    waves.after(play.click)
    assert play.get_attribute("aria-pressed") == "true"
    play.click()
    assert play.get_attribute("aria-pressed") == "false"
    assert float(waves.root.get_by_role("textbox", name="frequency").input_value()) > 6


def test_the_address_holds_what_was_set_and_opens_the_figure_so(waves, opened):
    page, angle = waves.page, waves.root.get_by_role("slider", name="angle")
    waves.after(lambda: angle.fill("45"))
    waves.after(lambda: waves.root.get_by_role("switch", name="squared").press("Space"))
    page.wait_for_url("**waves.squared=1**")
    query = urlparse(page.url).query
    assert parse_qs(query) == {"waves.angle_deg": ["45"], "waves.squared": ["1"]}

    again = Shown(opened(f"?{query}"), "waves")
    assert again.root.get_by_role("slider", name="angle").input_value() == "45"
    assert again.root.get_by_role("switch", name="squared").is_checked()
    assert again.picture("picture") == waves.picture("picture")

    again.after(again.root.get_by_role("button", name="Reset").click)
    assert again.root.get_by_role("slider", name="angle").input_value() == "30"
    again.page.wait_for_url(lambda address: "waves" not in address)
    again.page.context.close()


def test_a_link_to_a_figure_brings_it_into_view(opened):
    page = opened("#figure-solids")
    page.wait_for_function("() => window.scrollY > 500")
    page.wait_for_timeout(600)
    assert -5 < Shown(page, "solids").root.bounding_box()["y"] < 300
    page.context.close()


def test_a_screen_reader_hears_what_was_set(waves):
    waves.after(lambda: waves.root.get_by_role("slider", name="angle").fill("45"))
    said = waves.root.locator("p[role=status]")
    said.get_by_text("angle 45°").wait_for()
    assert "frequency 6.0 cycles" in said.inner_text()


def saved(figure, label, tmp_path):
    """The rows of the CSV file of one panel."""
    sheets = figure.root.locator(".sheets")
    sheets.evaluate("details => { details.open = true; }")
    with figure.page.expect_download() as download:
        sheets.get_by_role("button", name=label).click()
    file = tmp_path / download.value.suggested_filename
    download.value.save_as(file)
    with file.open(newline="", encoding="utf-8") as lines:
        return file.name, list(csv.reader(lines))


def test_curves_are_saved_with_their_labels_and_units(waves, tmp_path):
    name, rows = saved(waves, "Along the middle row", tmp_path)
    assert name == "waves-profile.csv"
    assert rows[0] == ["position (Å)", "with noise: density (e/Å²)", "without: density (e/Å²)"]
    assert len(rows) == 257
    assert float(rows[129][0]) == 0
    assert float(rows[129][2]) == pytest.approx(1)


def test_pixels_are_saved_as_values(waves, tmp_path):
    _, rows = saved(waves, "Waves", tmp_path)
    assert rows[0][:3] == ["Waves (e/Å²): y down, x across", "0", "1"]
    assert (len(rows), len(rows[1])) == (257, 257)
    assert float(rows[129][129]) == pytest.approx(1, abs=0.5)


def test_a_table_is_saved_as_it_stands(shown, tmp_path):
    name, rows = saved(shown("words"), "Packages", tmp_path)
    assert name == "words-rows.csv"
    assert rows == [["package", "sign", "σ"], ["one", "+", "1.25"], ["two, and more", "−", "-0.5"]]
