import numpy as np

from optics import spectra
from vitreous.optics.lens import Defocus, Lens
from vitreous.optics.thon_picture import ring_picture

LENS = Lens(300, 2.7, 0.07)


def test_both_halves_show_the_same_rings(rng):
    """Each half turned by 180° lies on the other, where the fit is right."""
    defocus = Defocus(21000.0, 19000.0, 35.0)
    picture = ring_picture(spectra.spectrum(21000, 19000, 35, rng), defocus, LENS)
    assert picture.shape == (512, 512)
    assert np.isnan(picture[256, 256])
    assert np.isnan(picture[0, 0])
    assert np.nanmax(np.abs(picture)) <= 1
    turned = np.roll(picture[::-1, ::-1], 1, axis=(0, 1))
    inner = np.hypot(*np.meshgrid(np.arange(512) - 256, np.arange(512) - 256)) < 130
    both = np.isfinite(picture) & np.isfinite(turned) & inner
    assert np.corrcoef(picture[both], turned[both])[0, 1] > 0.6
    wrong = ring_picture(spectra.spectrum(21000, 19000, 35, rng), Defocus(21000.0, 19000.0, -55.0), LENS)
    turned = np.roll(wrong[::-1, ::-1], 1, axis=(0, 1))
    assert np.corrcoef(wrong[both], turned[both])[0, 1] < 0.4
