import numpy as np
import pytest
from matplotlib.figure import Figure

from drawn import spoken
from vitreous.show.style import resolution_axis, to_svg


def test_titles_are_escaped():
    assert spoken(to_svg(Figure(figsize=(1, 1)), 'less < "more" & so on')) == 'less < "more" & so on'


@pytest.mark.parametrize("power", [1, 2])
@pytest.mark.parametrize("nyquist", [0.01, 0.0763, 0.25, 0.4, 0.7])
def test_resolutions_stand_at_their_frequency_and_apart(nyquist, power):
    axes = Figure().add_subplot()
    axes.set_xlim(0, nyquist**power)
    resolution_axis(axes, power)
    top = axes.child_axes[0]
    places, names = top.get_xticks(), [float(label.get_text()) for label in top.get_xticklabels()]
    np.testing.assert_allclose(places * np.power(names, power), 1)
    assert max(places) <= nyquist**power
    assert np.all(-np.diff(places) > 0.08 * nyquist**power)
    assert top.get_xlabel() == "resolution (Å)"
