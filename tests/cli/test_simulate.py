"""``vitreous simulate`` from the command line: RELION's images again, ratios, bytes, rows, states, what is refused."""

import json
from pathlib import Path

import mrcfile
import numpy as np
import pytest

import needs
from vitreous.cli import main
from vitreous.fourier import coordinate_radius, frequency_radius, power_spectrum, rft, shift_image
from vitreous.particles import read_particles, read_relion
from vitreous.particles.optics import lens_of

MAP = "maps/clean70SRibosome_vol_65p.mrc"


@pytest.fixture
def run(tmp_path, capsys):
    """Runs the command into a new folder, quietly: the folder, or what it said on standard error."""

    def command(*words: object, status: int = 0, name: str = "set") -> Path | str:
        arguments = ["simulate", *map(str, words), "-o", str(tmp_path / name), "--quiet"]
        assert main(arguments) == status, capsys.readouterr().err
        return tmp_path / name if status == 0 else capsys.readouterr().err

    return command


@pytest.fixture
def small_map(tmp_path) -> Path:
    grid = np.indices((24, 24, 24)) - 12
    rng = np.random.default_rng(1)
    centres = rng.uniform(-5, 5, (5, 3))
    volume = sum(np.exp(-np.sum((grid - c.reshape(3, 1, 1, 1)) ** 2, axis=0) / 4) for c in centres)
    mrcfile.write(tmp_path / "small.mrc", volume.astype(np.float32), voxel_size=4.0)
    return tmp_path / "small.mrc"


def ribosome(folder: Path, moved: bool) -> Path:
    """The map of RELION's images, of 65 voxels over their field of 64 Å; for one set moved by half a voxel."""
    volume = mrcfile.read(needs.data(MAP)).astype(np.float64)
    volume = shift_image(volume, [-0.5, -0.5, -0.5]) if moved else volume
    mrcfile.write(folder / "ribosome.mrc", volume.astype(np.float32), voxel_size=64 / 65)
    return folder / "ribosome.mrc"


@pytest.mark.parametrize("name", ["rln_proj_64", "rln_proj_64_centered", "rln_proj_64_shifted"])
def test_like_repeats_the_images_of_relion(name, run, tmp_path):
    """To 4 %, which is what RELION's linear interpolation costs."""
    source = needs.data(f"relion_cross/{name}.star")
    plain = name == "rln_proj_64"  # its STAR file has no pixel size
    words = ("--pixel-size", "1") if plain else ()
    made = run(ribosome(tmp_path, plain), "--like", source, "--noise", "none", "--no-ctf", *words)
    theirs = mrcfile.read(source.with_suffix(".mrcs")).astype(np.float64)
    ours = mrcfile.read(made / "particles.mrcs")
    errors = np.linalg.norm(ours - theirs, axis=(1, 2)) / np.linalg.norm(theirs, axis=(1, 2))
    assert np.all(errors < 0.04), errors


def test_the_set_has_the_ratio_asked_for(run, small_map):
    """Noise of variance 1, measured in what is left when the clean set of the same seed is taken away."""
    words = (small_map, "--particles", 600, "--shift-sigma", 8, "--astigmatism", 500, "--seed", 4)
    noisy = run(*words, "--snr", 0.07)
    clean = run(*words, "--noise", "none", name="clean")
    images, shown = (mrcfile.read(folder / "particles.mrcs").astype(np.float64) for folder in (noisy, clean))
    scale = np.sum(images * shown) / np.sum(shown**2)
    power = shown.var(axis=(1, 2)).mean()
    assert scale**2 * power == pytest.approx(0.07, rel=0.05)
    rest = images - scale * shown
    assert rest.var() == pytest.approx(1, rel=0.01)
    assert abs(rest.mean()) < 0.01
    assert json.loads((noisy / "run.json").read_text())["figures"]["snr"] == pytest.approx(0.07, rel=0.02)
    edge = coordinate_radius((24, 24)) > 11
    assert abs(images[:, edge].mean()) < 0.02


def test_the_seed_makes_the_bytes(run, small_map):
    words = (small_map, "--particles", 20, "--noise", "physical")
    sets = [
        run(*words, "--seed", seed, "--threads", threads, name=f"set{i}")
        for i, (seed, threads) in enumerate([(1, 1), (1, 3), (2, 1)])
    ]
    for name, same in (("particles.mrcs", True), ("particles.star", True)):
        first, again, other = ((folder / name).read_bytes() for folder in sets)
        assert (first == again) is same
        assert first != other


def test_a_set_is_repeated_row_by_row_with_its_noise(run, small_map, tmp_path):
    table = tmp_path / "colour.txt"
    table.write_text("0.0 8.0\n0.05 1.0\n0.2 0.5\n")
    words = ("--noise", "coloured", "--spectrum", table, "--snr", 0.5)
    first = run(small_map, "--particles", 200, "--shift-sigma", 6, *words, name="first")
    again = run(small_map, "--like", first / "particles.star", name="again")
    one, two = (read_relion(folder / "particles.star") for folder in (first, again))
    for column in ("euler_deg", "shift_angstrom", "defocus_u_angstrom", "defocus_angle_deg"):
        np.testing.assert_array_equal(getattr(one, column), getattr(two, column))
    assert one.optics_groups == two.optics_groups
    power = [power_spectrum(p.images(), 2).mean(axis=0) for p in (one, two)]
    np.testing.assert_allclose(power[1][1:], power[0][1:], rtol=0.25)
    matches = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(one.images(), two.images(), strict=True)]
    assert np.mean(matches) > 0.2  # the particle is the same, the noise is not
    dark = read_relion(
        run(small_map, "--like", first / "particles.star", "--contrast", "dark", name="dark") / "particles.star"
    )
    matches = [np.corrcoef(a.ravel(), b.ravel())[0, 1] for a, b in zip(one.images(), dark.images(), strict=True)]
    assert np.mean(matches) < -0.2


def test_a_real_set_of_two_optics_groups_is_repeated(run):
    """Images of another specimen, so that the ratio has to be said."""
    source = needs.data("real_particles/sample_particles_relion31.star")
    words = (needs.data(MAP), "--like", source, "--snr", 0.02)
    made, real = read_relion(run(*words) / "particles.star"), read_relion(source)
    assert [lens_of(group) for group in made.optics_groups] == [lens_of(group) for group in real.optics_groups]
    np.testing.assert_array_equal(made.optics_index, real.optics_index)
    np.testing.assert_allclose(made.euler_deg, real.euler_deg, atol=1e-6)
    power = [power_spectrum(particles.images(), 2).mean(axis=0) for particles in (made, real)]
    np.testing.assert_allclose(power[0][40:], power[1][40:], rtol=0.3)


def test_a_cryosparc_set_is_repeated(run):
    source = needs.data("metadata/cryosparc_P12_J24_001_particles.cs")
    folder = run(needs.data(MAP), "--like", source, "--noise", "none", "--box", 32)
    made, given = read_relion(folder / "particles.star"), read_particles(source)
    np.testing.assert_allclose(made.euler_deg, given.euler_deg, atol=1e-5)
    np.testing.assert_allclose(made.defocus_u_angstrom, given.defocus_u_angstrom, atol=1e-2)
    assert made.images(slice(0, 5)).shape == (5, 32, 32)


def test_real_poses_and_ctf_are_a_table(run, small_map):
    folder = needs.data("empiar_10076")
    tables = ("--poses", folder / "poses_10076.pkl", "--ctf", folder / "ctf_10076.pkl")
    made = read_relion(run(small_map, "--particles", 25, *tables) / "particles.star")
    assert made.has_ctf
    assert made.box == 24
    real = read_particles(folder / "poses_10076.pkl", ctf=folder / "ctf_10076.pkl")
    assert np.isin(made.defocus_u_angstrom.round(1), real.defocus_u_angstrom.round(1)).all()


def test_stages_are_switched(run, small_map):
    """No CTF: protein is white on 0; the dark contrast is its negative; nothing is said of a defocus."""
    words = (small_map, "--particles", 5, "--noise", "none", "--no-ctf")
    white, dark = run(*words), run(*words, "--contrast", "dark", name="dark")
    images, negative = (mrcfile.read(folder / "particles.mrcs") for folder in (white, dark))
    assert (images.sum(axis=(1, 2)) > 0).all()
    np.testing.assert_array_equal(images, -negative)
    particles = read_relion(white / "particles.star")
    assert particles.has_poses
    assert particles.defocus_u_angstrom is None


def test_states_and_motions_are_in_the_truth(run, small_map):
    made = run("assembly", "--particles", 40, "--box", 20, "--pixel-size", 6, "--weights", "1,0,0,0,0,0,0,3")
    assert len(list((made / "truth").glob("map_*.mrc"))) == 8
    truth = read_relion(made / "truth" / "particles.star")
    assert set(truth.class_number) == {1, 8}
    assert read_relion(made / "particles.star").class_number is None
    moving = run("hinge", "--particles", 6, "--box", 20, "--pixel-size", 6, name="moving")
    assert len(list((moving / "truth").glob("map_*.mrc"))) == 5
    places = read_relion(moving / "truth" / "particles.star").extra["vitreousConformation"]
    assert len(set(places)) == 6
    assert 0 <= places.min() <= places.max() <= 1


def test_atoms_are_projected_or_their_map(run):
    source = needs.data("coordinates/adk_open.pdb")
    words = (source, "--particles", 6, "--box", 48, "--pixel-size", 2, "--noise", "none")
    of_map, of_atoms = run(*words), run(*words, "--from-atoms", name="atoms")
    spectra = [rft(mrcfile.read(folder / "particles.mrcs"), 2) for folder in (of_map, of_atoms)]
    # at higher frequencies voxels and pixels, over which the means are taken, differ
    low = frequency_radius((48, 48), half=True) < 0.2
    assert np.linalg.norm((spectra[0] - spectra[1])[:, low]) < 0.03 * np.linalg.norm(spectra[1][:, low])


def test_electrons_are_counted(run):
    """With more dose the same molecule stands higher above noise of 1: as the root of the dose."""
    powers = []
    for dose in (20, 80):
        words = ("--particles", 60, "--box", 40, "--pixel-size", 3, "--dose", dose, "--detector", "k2")
        made = run(needs.data("coordinates/adk_open.pdb"), *words, name=f"dose{dose}")
        images = mrcfile.read(made / "particles.mrcs").astype(np.float64)
        edge = images[:, coordinate_radius((40, 40)) > 19]
        assert edge.std() == pytest.approx(1, rel=0.05)
        assert abs(edge.mean()) < 0.05
        powers.append(power_spectrum(images, 2).mean(axis=0)[3:7].mean() / 40**2 - 1)
    assert powers[1] / powers[0] == pytest.approx(4, rel=0.4)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["MAP"], "--particles is missing"),
        (["hinge", "--particles", "3"], "--box is missing"),
        (["MAP", "--particles", "3", "--snr", "0.1", "--dose", "3"], "exclude each other"),
        (["MAP", "--particles", "3", "--snr", "-1"], "positive"),
        (["MAP", "--particles", "3", "--noise", "none", "--snr", "1"], "leave them out"),
        (["MAP", "--particles", "3", "--noise", "coloured"], "--spectrum"),
        (["MAP", "--particles", "3", "--preferred", "0,0"], "direction"),
        (["MAP", "--particles", "3", "--weights", "1,2"], "one for each state"),
        (["MAP", "--particles", "3", "--dose", "3", "--no-ctf"], "without a CTF"),
        (["MAP", "--particles", "3", "--defocus", "20000", "10000"], "smaller defocus first"),
        (["MAP", "--particles", "3", "--from-atoms"], "no atoms"),
        (["nothing.pdb", "--particles", "3", "--box", "8", "--pixel-size", "2"], "nothing.pdb"),
    ],
)
def test_what_does_not_go_is_refused_in_one_line(words, said, run, small_map):
    words = [str(small_map) if word == "MAP" else word for word in words]
    message = run(*words, status=2)
    assert said in message
    assert message.count("\n") == 1


def test_a_former_set_is_kept(run, small_map):
    run(small_map, "--particles", 3)
    assert "--overwrite" in run(small_map, "--particles", 3, status=2)
    run(small_map, "--particles", 4, "--overwrite")
