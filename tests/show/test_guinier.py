import numpy as np
import pytest

from drawn import spoken, words
from vitreous.fourier import b_factor_decay, filter_image, frequency_radius
from vitreous.reconstruction import guinier_fit
from vitreous.show.guinier import guinier_figure


@pytest.fixture(scope="module")
def fit():
    noise = np.random.default_rng(2).normal(size=(48, 48, 48))
    decay = b_factor_decay(frequency_radius((48, 48, 48), 1.5, half=True), 90.0)
    return guinier_fit(filter_image(noise, decay, 3), pixel_size_angstrom=1.5, high_angstrom=4.0)


def test_the_figure_says_the_b_factor_of_the_map(fit):
    """White noise that falls with B = 90 Å²."""
    (label,) = [said for said in words(guinier_figure(fit)) if said.startswith("B = ")]
    value, error = (float(part) for part in label.removeprefix("B = ").removesuffix(" Å²").split(" ± "))
    assert abs(value - 90) < max(4 * error, 2)
    assert label.removeprefix("B = ") in spoken(guinier_figure(fit))


def test_axes_have_labels_and_units(fit):
    said = set(words(guinier_figure(fit)))
    assert {"frequency squared, 1/d² (1/Å²)", "ln of mean amplitude", "resolution (Å)", "fitted shells"} <= said
