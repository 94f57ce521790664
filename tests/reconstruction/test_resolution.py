"""The FSC is honest: known answers, noise that claims nothing, and masks that are found out."""

import numpy as np
import pytest

from known_maps import ball, blobs, noise, truncated
from vitreous.fourier import correlation_noise, filter_image, frequency_radius, fsc, shell_frequencies, shell_sizes
from vitreous.reconstruction import claimed_resolution_angstrom, half_map_fsc, mask_share

BOX, PIXEL = 48, 1.5


def shell_angstrom(shell: float) -> float:
    return BOX * PIXEL / shell


@pytest.fixture(scope="module")
def particle() -> np.ndarray:
    return blobs(BOX, np.random.default_rng(7))


def test_identical_maps_agree_to_nyquist(library, particle):
    found = half_map_fsc(library(particle), library(particle), pixel_size_angstrom=PIXEL)
    np.testing.assert_allclose(found.fsc, 1)
    assert found.resolution_angstrom == found.resolution_half_angstrom == pytest.approx(2 * PIXEL)
    assert found.fsc_masked is found.fsc_corrected is None


@pytest.mark.parametrize("seed", range(4))
def test_noise_stays_within_chance_and_claims_nothing(seed):
    rng = np.random.default_rng(seed)
    one, other = noise(BOX, rng), noise(BOX, rng)
    found = half_map_fsc(one, other, pixel_size_angstrom=PIXEL)
    assert np.all(np.abs(found.fsc) <= 4.5 * correlation_noise(one.shape))
    assert found.resolution_angstrom is None
    assert found.resolution_half_angstrom is None


@pytest.mark.parametrize("last", [6, 13, 20])
def test_truncated_maps_agree_to_the_truncation(particle, last, rng):
    """A map and its truncation; and two maps that share no more than that."""
    cut = truncated(particle, last)
    found = half_map_fsc(particle, cut, pixel_size_angstrom=PIXEL)
    np.testing.assert_allclose(found.fsc[: last + 1], 1)
    assert np.all(np.abs(found.fsc[last + 1 :]) < 4.5 * correlation_noise(cut.shape)[last + 1 :])
    assert shell_angstrom(last + 1) < found.resolution_angstrom < shell_angstrom(last)
    rest = [(grain := noise(BOX, rng)) - truncated(grain, last) for _ in range(2)]
    found = half_map_fsc(cut + rest[0], cut + rest[1], pixel_size_angstrom=PIXEL)
    assert shell_angstrom(last + 1) < found.resolution_angstrom < shell_angstrom(last)


def test_known_signal_to_noise_crosses_where_the_formula_says(particle):
    """FSC = SNR/(1 + SNR) in each half map: white noise as strong as the signal of shell 12 gives ½ there."""
    rng = np.random.default_rng(5)
    found = []
    for level in (12, 16):
        snr = np.mean(np.abs(np.fft.fftn(particle)) ** 2 * _is_shell(level)) / np.mean(_is_shell(level)) / BOX**3
        halves = [particle + np.sqrt(snr) * noise(BOX, rng) for _ in range(2)]
        found.append(half_map_fsc(*halves, pixel_size_angstrom=PIXEL).resolution_half_angstrom)
    assert found == [pytest.approx(shell_angstrom(12), rel=0.08), pytest.approx(shell_angstrom(16), rel=0.08)]


def _is_shell(shell: int) -> np.ndarray:
    k = np.fft.fftfreq(BOX) * BOX
    radius = np.sqrt(k[:, None, None] ** 2 + k[None, :, None] ** 2 + k**2)
    return np.round(radius) == shell


def test_a_crossing_of_a_few_coefficients_is_chance():
    """One shell of 18 coefficients above the threshold proves nothing; twenty shells do."""
    k, sizes = shell_frequencies((BOX,) * 3, PIXEL), shell_sizes((BOX,) * 3)
    curve = np.zeros(len(k))
    curve[1] = 0.4
    assert claimed_resolution_angstrom(curve, k, sizes) is None
    curve[1:21] = 0.4
    assert shell_angstrom(21) < claimed_resolution_angstrom(curve, k, sizes) < shell_angstrom(20)
    assert claimed_resolution_angstrom(curve, k, sizes * 1e-3) is None


@pytest.mark.parametrize("seed", range(3))
def test_an_over_tight_mask_on_pure_noise_is_found_out(seed):
    """Noise upon a constant background, under a small hard mask: the masked maps agree, the randomised ones as well."""
    rng = np.random.default_rng(seed)
    one, other = (2 + noise(BOX, rng) for _ in range(2))
    mask = ball(BOX, 6)
    found = half_map_fsc(one, other, mask, pixel_size_angstrom=PIXEL)
    k, independent = found.frequencies_per_angstrom, shell_sizes(one.shape) * mask_share(mask)
    assert claimed_resolution_angstrom(found.fsc_masked, k, independent) < shell_angstrom(16), "the mask's own claim"
    assert np.mean(found.fsc_randomised[2:]) > 0.5
    assert abs(np.mean(found.fsc_corrected[2:])) < 0.3 * np.mean(found.fsc_masked[2:])
    assert claimed_resolution_angstrom(found.fsc_corrected, k, independent) is None
    assert found.resolution_angstrom is None


def test_a_mask_drawn_around_noise_finds_no_resolution():
    """Voxels where both half maps happen to be high: their masked FSC is high everywhere, and claims nothing."""
    rng = np.random.default_rng(12)
    one, other = noise(BOX, rng), noise(BOX, rng)
    found = half_map_fsc(one, other, (one + other > 1.5).astype(float), pixel_size_angstrom=PIXEL)
    assert np.all(found.fsc_masked[1:] > 0.2)
    assert found.resolution_angstrom is None


def test_phase_randomisation_brings_an_over_tight_mask_back_to_the_truth(particle):
    """Half maps that share the shells up to 8. A hard mask along the noise carries that far beyond; corrected, not."""
    rng = np.random.default_rng(13)
    common = truncated(particle, 8)
    rest = [(grain := noise(BOX, rng)) - truncated(grain, 8) for _ in range(2)]
    halves = [common + 0.5 * common.std() * part for part in rest]
    loose, tight = ball(BOX, 20), (common > 1.5 * common.std()).astype(float)
    found = [half_map_fsc(*halves, mask, pixel_size_angstrom=PIXEL) for mask in (loose, tight)]
    assert found[1].unmasked_resolution_angstrom == pytest.approx(shell_angstrom(8.9), rel=0.02)
    sizes, k = shell_sizes((BOX,) * 3), found[1].frequencies_per_angstrom
    cheated = claimed_resolution_angstrom(found[1].fsc_masked, k, sizes)
    assert cheated < shell_angstrom(14), "what the tight mask would have claimed"
    for one in found:
        assert one.resolution_angstrom == pytest.approx(shell_angstrom(9), rel=0.1)


def test_a_mask_lets_the_particle_be_seen_through_the_noise_around_it(particle):
    """The gain that masks are for: correct, and beyond the unmasked claim; checked against the noiseless particle."""
    rng = np.random.default_rng(14)
    blurred = filter_image(particle, np.exp(-20 * frequency_radius(particle.shape, half=True) ** 2), 3)
    halves = [blurred + 0.25 * blurred.std() * noise(BOX, rng) for _ in range(2)]
    found = half_map_fsc(*halves, ball(BOX, 15), pixel_size_angstrom=PIXEL)
    assert found.resolution_angstrom < 0.97 * found.unmasked_resolution_angstrom
    assert found.randomised_from_angstrom > found.resolution_angstrom
    truth = fsc(sum(halves) / 2 * ball(BOX, 15), blurred)
    claimed = claimed_resolution_angstrom(truth, found.frequencies_per_angstrom, shell_sizes(particle.shape), 0.5)
    assert found.resolution_angstrom == pytest.approx(claimed, rel=0.1)


def test_the_share_of_a_mask():
    assert mask_share(np.ones((8, 8, 8))) == 1
    assert mask_share(ball(32, 8)) == pytest.approx(ball(32, 8).mean())
    assert mask_share(np.zeros((8, 8, 8))) == 0


def test_boxes_that_differ_are_refused():
    with pytest.raises(ValueError, match=r"\(8, 8, 8\), \(9, 9, 9\)"):
        half_map_fsc(np.zeros((8, 8, 8)), np.zeros((9, 9, 9)), pixel_size_angstrom=1.0)
    with pytest.raises(ValueError, match="one box"):
        half_map_fsc(np.zeros((8, 8, 8)), np.zeros((8, 8, 8)), np.zeros((9, 9, 9)), pixel_size_angstrom=1.0)
