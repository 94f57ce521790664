"""Resolution, sharpening, masks and smaller images as RELION 3.1 makes them: ``relion_postprocess`` and its kin."""

import subprocess
from pathlib import Path

import mrcfile
import numpy as np
import pytest

import needs
from half_maps import BOX, PIXEL, write_half_maps
from known_maps import noise
from vitreous.fourier import correlation_noise, frequency_radius, frequency_shells, resample, rft
from vitreous.particles.star import read_star
from vitreous.reconstruction import automatic_mask, blur, guinier_fit, half_map_fsc, sharpen, soft_mask
from vitreous.reconstruction.mask import low_passed


def relion(folder: Path, command: str, makes: str) -> None:
    """Run a program of RELION's package; it ends in an error where it lacks ghostscript, after its results."""
    needs.program("relion_convert_star")
    run = subprocess.run(command.split(), cwd=folder, capture_output=True, text=True, check=False, timeout=120)
    assert (folder / makes).exists(), run.stdout + run.stderr


def read(path: Path) -> np.ndarray:
    return mrcfile.read(path).astype(np.float64)


def difference(ours: np.ndarray, theirs: np.ndarray) -> float:
    return float(np.linalg.norm(ours - theirs) / np.linalg.norm(theirs))


def counted_twice(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The FSC as RELION sums it: over the half spectrum as it is stored, where kx = 0 has both members of each pair."""
    left, right, shells = rft(one, 3), rft(other, 3), frequency_shells(one.shape, half=True)
    powers = ((left * right.conj()).real, np.abs(left) ** 2, np.abs(right) ** 2)
    sums = [np.bincount(shells.ravel(), power.ravel())[: BOX // 2 + 1] for power in powers]
    return sums[0] / np.sqrt(sums[1] * sums[2])


@pytest.fixture
def halves(tmp_path) -> tuple[np.ndarray, np.ndarray]:
    write_half_maps(tmp_path, level=0.7)
    (tmp_path / "post").mkdir()
    return read(tmp_path / "half1.mrc"), read(tmp_path / "half2.mrc")


def test_the_curves_and_the_resolution(halves, tmp_path):
    """Unmasked and masked to the digits that are printed, once the plane x = 0 is counted as RELION counts it."""
    mask = automatic_mask(*halves, pixel_size_angstrom=PIXEL)
    mrcfile.write(tmp_path / "mask.mrc", mask, voxel_size=PIXEL)
    words = f"--i half1.mrc --i2 half2.mrc --mask mask.mrc --angpix {PIXEL} --adhoc_bfac 0 --o post/post"
    relion(tmp_path, f"relion_postprocess {words}", "post/post.star")
    star = read_star(tmp_path / "post/post.star")
    theirs = {name: star["fsc"].columns[f"rlnFourierShellCorrelation{name}"] for name in ("UnmaskedMaps", "MaskedMaps")}
    ours = half_map_fsc(*halves, mask, pixel_size_angstrom=PIXEL)
    for curve, name, cut in ((ours.fsc_unmasked, "UnmaskedMaps", 1), (ours.fsc_masked, "MaskedMaps", mask)):
        np.testing.assert_allclose(theirs[name], counted_twice(halves[0] * cut, halves[1] * cut), atol=2e-6)
        np.testing.assert_allclose(curve, theirs[name], atol=0.015)
    general = star["general"].columns
    assert ours.randomised_from_angstrom == pytest.approx(float(general["rlnRandomiseFrom"][0]), rel=1e-4)
    # RELION leaves two shells uncorrected, and phases are random: within 4.5 of the noise under the mask
    first = round(BOX * PIXEL / ours.randomised_from_angstrom) + 2
    chance = 4.5 * correlation_noise((BOX,) * 3)[first:] / mask.mean() ** 0.5
    apart = np.abs(ours.fsc_corrected - star["fsc"].columns["rlnFourierShellCorrelationCorrected"])[first:]
    assert np.all(apart < chance)
    assert np.median(apart) < 0.03
    shell, theirs_shell = (BOX * PIXEL / d for d in (ours.resolution_angstrom, float(general["rlnFinalResolution"][0])))
    assert theirs_shell - 1 <= shell <= theirs_shell + 2, "theirs is the last shell above, ours lies between two"


def test_sharpening(halves, tmp_path):
    """With the low-pass on a shell, since RELION rounds it to one; RELION's weights step from shell to shell."""
    low_pass = BOX * PIXEL / 11
    words = f"--i half1.mrc --i2 half2.mrc --angpix {PIXEL} --adhoc_bfac -80 --low_pass {low_pass}"
    mean = (halves[0] + halves[1]) / 2
    for name, extra, limit in (("plain", " --skip_fsc_weighting", 1e-5), ("weighted", "", 0.02)):
        relion(tmp_path, f"relion_postprocess {words}{extra} --o post/{name}", f"post/{name}.mrc")
        curve = half_map_fsc(*halves, pixel_size_angstrom=PIXEL).fsc if name == "weighted" else None
        ours = sharpen(mean, 80.0, pixel_size_angstrom=PIXEL, correlation=curve, low_pass_angstrom=low_pass)
        assert difference(ours, read(tmp_path / f"post/{name}.mrc")) < limit, name


def test_the_guinier_fit(halves, tmp_path):
    """RELION's line has no weights, ours has; within the standard errors of both."""
    words = f"--i half1.mrc --i2 half2.mrc --angpix {PIXEL} --auto_bfac --autob_lowres 10 --autob_highres 5"
    relion(tmp_path, f"relion_postprocess {words} --skip_fsc_weighting --o post/post", "post/post.star")
    theirs = -float(read_star(tmp_path / "post/post.star")["general"].columns["rlnBfactorUsedForSharpening"][0])
    ours = guinier_fit((halves[0] + halves[1]) / 2, pixel_size_angstrom=PIXEL, high_angstrom=5.0)
    assert ours.b_factor_angstrom2 == pytest.approx(theirs, abs=3 * ours.standard_error_angstrom2)


def test_blurring(halves, tmp_path):
    """RELION leaves out the corners beyond Nyquist; up to there all coefficients are the same."""
    words = f"--i half1.mrc --o blurred.mrc --bfactor 120 --angpix {PIXEL}"
    relion(tmp_path, f"relion_image_handler {words}", "blurred.mrc")
    ours, theirs = rft(blur(halves[0], 120.0, pixel_size_angstrom=PIXEL), 3), rft(read(tmp_path / "blurred.mrc"), 3)
    within = frequency_radius((BOX,) * 3, half=True) < 0.5
    np.testing.assert_allclose(ours[within], theirs[within], rtol=1e-4, atol=1e-6 * np.abs(theirs).max())


def test_a_mask(halves, tmp_path):
    """RELION grows by what is nearer than a distance, and begins the edge at the voxels that it has grown to."""
    smooth = low_passed(halves[0], PIXEL, 12.0)
    mrcfile.write(tmp_path / "smooth.mrc", smooth.astype(np.float32), voxel_size=PIXEL)
    level = round(float(np.quantile(smooth, 0.98)), 3)
    words = f"relion_mask_create --i smooth.mrc --angpix {PIXEL} --ini_threshold {level} --extend_inimask 3"
    relion(tmp_path, f"{words} --o hard.mrc", "hard.mrc")
    relion(tmp_path, f"{words} --width_soft_edge 4 --o soft.mrc", "soft.mrc")
    hard, soft = read(tmp_path / "hard.mrc"), read(tmp_path / "soft.mrc")
    options = {"pixel_size_angstrom": 1.0, "edge_angstrom": 0.0}
    grown = soft_mask(smooth.astype(np.float32), level, dilate_angstrom=2.99, **options)
    np.testing.assert_array_equal(grown, hard)
    edged = soft_mask(hard, 0.5, pixel_size_angstrom=PIXEL, dilate_angstrom=0.0, edge_angstrom=4 * PIXEL)
    np.testing.assert_allclose(edged, soft, atol=1e-5)


@pytest.mark.parametrize("box", [24, 20])
def test_smaller_images(tmp_path, rng, box):
    """The Nyquist line of the smaller box is each program's own; apart from it the images are the same."""
    images = noise(32, rng)[:4].astype(np.float32)
    mrcfile.write(tmp_path / "in.mrcs", images, voxel_size=1.0)
    command = f"relion_image_handler --i in.mrcs --o small --angpix 1 --rescale_angpix {32 / box} --new_box {box}"
    relion(tmp_path, command, "in_small.mrcs")
    ours, theirs = (np.fft.fft2(array) for array in (resample(images, (box, box)), read(tmp_path / "in_small.mrcs")))
    inner = np.abs(np.fft.fftfreq(box) * box) < box // 2
    inner = inner[:, None] & inner
    np.testing.assert_allclose(ours[:, inner], theirs[:, inner], atol=2e-4 * np.abs(theirs).max())
