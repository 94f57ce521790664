"""RELION's own programs against our contrast transfer: the CTF with even Zernike terms and magnification matrices,
and the antisymmetric aberrations that its reconstruction takes out of images that we made."""

import subprocess
from dataclasses import fields

import mrcfile
import numpy as np
import pytest

import needs
from vitreous.fourier import frequency_grid, ft, irft
from vitreous.optics import Defocus, Lens, antisymmetric_factor, ctf, defocus_at_height, image_position
from vitreous.particles import read_particles
from vitreous.rotations import relion_to_matrix

N, PIXEL = 64, 1.25
EVEN = (0.5, 1.0, -2.0, 1.5, 3.0, 1.0, 2.0, 3.0, 1.0)
MATRIX = ((1.03, 0.02), (-0.01, 0.98))


def write_star(path, lens, rows):
    """A RELION 3.1 file with one optics group; ``rows`` hold image, U, V, angle, phase shift, rot, tilt, psi."""
    optics = {
        "OpticsGroup": 1,
        "OpticsGroupName": "opticsGroup1",
        "AmplitudeContrast": lens.amplitude_contrast,
        "SphericalAberration": lens.spherical_aberration_mm,
        "Voltage": lens.voltage_kv,
        "ImagePixelSize": PIXEL,
        "ImageSize": N,
        "ImageDimensionality": 2,
        "BeamTiltX": lens.beam_tilt_mrad[0],
        "BeamTiltY": lens.beam_tilt_mrad[1],
        "OddZernike": "[" + ",".join(map(str, lens.odd_zernike or [0.0] * 6)) + "]",
        "EvenZernike": "[" + ",".join(map(str, lens.even_zernike or [0.0] * 9)) + "]",
        **{f"MagMat{i}{j}": lens.magnification_matrix[i][j] for i in range(2) for j in range(2)},
    }
    labels = "ImageName DefocusU DefocusV DefocusAngle PhaseShift AngleRot AngleTilt AnglePsi"
    labels += " MicrographName OpticsGroup OriginXAngst OriginYAngst RandomSubset ClassNumber"
    lines = ["# version 30001", "", "data_optics", "", "loop_", *(f"_rln{label}" for label in optics)]
    lines += [" ".join(map(str, optics.values())), "", "# version 30001", "", "data_particles", "", "loop_"]
    lines += [f"_rln{label}" for label in labels.split()]
    lines += [" ".join(map(str, [*row, "a.mrc", 1, 0, 0, 1, 1])) for row in rows]
    path.write_text("\n".join([*lines, ""]))


def run(folder, *command):
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def write_map(path, values):
    with mrcfile.new(path, values.astype(np.float32), overwrite=True) as file:
        file.voxel_size = PIXEL


def assert_same_transfer(folder, lens):
    needs.program("relion_convert_star")
    point = np.zeros((N, N, N))
    point[N // 2, N // 2, N // 2] = 1
    write_map(folder / "point.mrc", point)
    write_star(folder / "in.star", lens, [("1@none.mrcs", 12000, 9000, 25, 15, 0, 0, 0)])
    run(folder, *f"relion_project --i point.mrc --ang in.star --o out --ctf --angpix {PIXEL}".split())
    found = ft(mrcfile.read(folder / "out.mrcs").astype(float).reshape(N, N), 2).real
    expected = ctf((N, N), PIXEL, Defocus(12000.0, 9000.0, 25.0, 15.0), lens, half=False, contrast="inverted")
    inside = np.linalg.norm(frequency_grid((N, N), PIXEL), axis=-1) < 0.49 / PIXEL
    # RELION's digits of λ differ by 5e-6
    np.testing.assert_allclose(found[inside], expected[inside], atol=1e-3)


@pytest.mark.parametrize(
    "extra",
    [
        {},
        {"even_zernike": EVEN},
        {"magnification_matrix": MATRIX},
        {"even_zernike": EVEN, "magnification_matrix": MATRIX},
    ],
    ids=["plain", "even", "magnification", "both"],
)
def test_the_transfer_of_a_point(tmp_path, extra):
    """relion_project with its CTF, of one bright voxel: the transform of its image is the CTF."""
    assert_same_transfer(tmp_path, Lens(300.0, 2.7, 0.1, **extra))


def random_angles():
    """Even views, in degrees, with the digits that the file holds."""
    rng, count = np.random.default_rng(7), 200
    tilt = np.degrees(np.arccos(rng.uniform(-1, 1, count)))
    return np.round(np.stack([rng.uniform(-180, 180, count), tilt, rng.uniform(-180, 180, count)], -1), 5)


def reconstruct(folder, images, angles, lens, *extra):
    """relion_reconstruct of images whose optics it is told."""
    with mrcfile.new(folder / "images.mrcs", images.astype(np.float32), overwrite=True) as file:
        file.voxel_size = PIXEL
    rows = [
        (f"{i + 1}@images.mrcs", 6000, 5000, 25, 0, *(f"{angle:.5f}" for angle in angles[i]))
        for i in range(len(angles))
    ]
    write_star(folder / "in.star", lens, rows)
    run(folder, *f"relion_reconstruct --i in.star --o out.mrc --ctf --angpix {PIXEL} --pad 1".split(), *extra)
    return mrcfile.read(folder / "out.mrc")


@pytest.mark.parametrize(
    "extra",
    [
        {"beam_tilt_mrad": (4.0, -2.5)},
        {"odd_zernike": (0.0, 0.0, 40.0, 0.0, 0.0, -25.0)},
        {"beam_tilt_mrad": (4.0, -2.5), "magnification_matrix": ((1.05, 0.04), (-0.02, 0.96))},
    ],
    ids=["tilt", "trefoil", "tilt and magnification"],
)
def test_relion_takes_our_aberrations_out(tmp_path, extra):
    """Images of a point off the centre, through CTF, odd aberrations and magnification: RELION maps a sharp point.

    With the sign of the aberrations, or the direction of the matrix, the other way round the point is blurred.
    """
    needs.program("relion_convert_star")
    angles = random_angles()
    place = np.array([12.5, -10.0, 7.5])  # Å
    lens = Lens(300.0, 2.7, 0.1, **extra)
    k = frequency_grid((N, N), PIXEL, half=True)
    where = image_position((relion_to_matrix(angles) @ place)[:, :2], lens.magnification_matrix)
    waves = np.exp(-2j * np.pi * np.einsum("yxv,nv->nyx", k, where))
    transfer = ctf((N, N), PIXEL, Defocus(6000.0, 5000.0, 25.0), lens, contrast="inverted")
    odd = antisymmetric_factor((N, N), PIXEL, lens)
    right, wrong = (irft(waves * transfer * factor, (N, N)) for factor in (odd, np.conj(odd)))
    peak = tuple(np.round(place[::-1] / PIXEL).astype(int) + N // 2)
    sharp, blurred = reconstruct(tmp_path, right, angles, lens), reconstruct(tmp_path, wrong, angles, lens)
    assert np.unravel_index(np.argmax(sharp), sharp.shape) == peak
    assert sharp[peak] > 2 * blurred.max()
    plain = Lens(300.0, 2.7, 0.1)
    waves = np.exp(-2j * np.pi * np.einsum("yxv,nv->nyx", k, (relion_to_matrix(angles) @ place)[:, :2]))
    transfer = ctf((N, N), PIXEL, Defocus(6000.0, 5000.0, 25.0), plain, contrast="inverted")
    ideal = reconstruct(tmp_path, irft(waves * transfer, (N, N)), angles, plain)
    assert sharp[peak] > 0.97 * ideal.max()


def test_the_optics_groups_of_a_real_file(tmp_path):
    """Six groups of one real set, each with its matrix and even terms: relion_project and we agree on every one."""
    groups = read_particles(needs.data("metadata/relion31.6opticsgroups.star")).optics_groups
    assert len(groups) == 6
    shared = [field.name for field in fields(Lens)]
    for group in groups:
        lens = Lens(**{name: getattr(group, name) for name in shared})
        assert lens.magnification_matrix != ((1.0, 0.0), (0.0, 1.0))
        assert_same_transfer(tmp_path, lens)


def test_the_curvature_of_the_ewald_sphere(tmp_path):
    """Images of a point, each with the defocus Δf + z of its height: RELION recovers it with ``--reverse_curvature``.

    RELION's own sense has the beam travel towards −z of the observed frame; ours travels towards +z.
    """
    needs.program("relion_convert_star")
    angles, place, lens = random_angles(), np.array([20.0, -17.5, 12.5]), Lens(40.0, 2.7, 0.1)
    seen = relion_to_matrix(angles) @ place
    waves = np.exp(-2j * np.pi * np.einsum("yxv,nv->nyx", frequency_grid((N, N), PIXEL, half=True), seen[:, :2]))
    defocus = defocus_at_height(Defocus(6000.0, 5000.0, 25.0), seen[:, 2])
    images = irft(waves * ctf((N, N), PIXEL, defocus, lens, contrast="inverted"), (N, N))
    peak = tuple(np.round(place[::-1] / PIXEL).astype(int) + N // 2)
    ewald = ["--ewald", "--mask_diameter", "78", "--skip_mask"]
    flat, curved, reversed_ = (
        reconstruct(tmp_path, images, angles, lens, *extra)[peak]
        for extra in ([], ewald, [*ewald, "--reverse_curvature"])
    )
    assert reversed_ > 1.2 * curved
    assert reversed_ > 1.2 * flat
