"""``vitreous reconstruct`` from the command line: maps, figures, half sets, resume, real particles, what is refused."""

import json
import signal

import mrcfile
import numpy as np
import pytest

import needs
from simulated import PIXEL, blobs, images_of, particles_of, write_set
from vitreous.cli import main, reconstruction
from vitreous.cli.reconstruct import InversionOptions
from vitreous.fourier import fsc
from vitreous.particles import read_particles, write_cryodrgn, write_particles
from vitreous.reconstruction import halves

BOX, COUNT = 32, 600
MAPS = ("map.mrc", "half1.mrc", "half2.mrc")


@pytest.fixture(scope="module")
def truth():
    return blobs(BOX)


@pytest.fixture(scope="module")
def star(tmp_path_factory, truth):
    """Noisy images with CTF and shifts, in two half sets."""
    particles = particles_of(COUNT, BOX)
    images = images_of(truth, particles, 4.0)
    folder = tmp_path_factory.mktemp("particles")
    write_set(folder, particles, images)
    return folder / "particles.star"


@pytest.fixture
def run(tmp_path, capsys):
    """Runs the command into a folder, quietly: the folder, or what it said on standard error."""

    def command(*words, status=0, name="job"):
        arguments = ["reconstruct", *map(str, words), "-o", str(tmp_path / name), "--quiet", "--threads", "2"]
        assert main(arguments) == status, capsys.readouterr().err
        return tmp_path / name if status == 0 else capsys.readouterr().err

    return command


def figures_of(folder):
    return json.loads((folder / "run.json").read_text())["figures"]


def map_of(folder, name="map.mrc"):
    return mrcfile.read(folder / name).astype(np.float64)


def test_a_job_has_its_maps_curves_and_figures(run, star, truth):
    folder = run(star)
    for name in MAPS:
        with mrcfile.open(folder / name) as file:
            assert file.voxel_size.x == pytest.approx(PIXEL)
    volume, half1, half2 = (map_of(folder, name) for name in MAPS)
    assert np.all(fsc(volume, truth.astype(float))[1:5] > 0.9)
    # the filter lowers noise, and the half maps are as they were measured
    assert np.linalg.norm(volume) < np.linalg.norm((half1 + half2) / 2)
    table = np.genfromtxt(folder / "fsc.csv", delimiter=",", names=True)
    np.testing.assert_allclose(table["fsc_unmasked"], fsc(half1, half2), atol=2e-5)
    assert {"fsc_masked", "fsc_randomised", "fsc_corrected"} <= set(table.dtype.names)
    figures = figures_of(folder)
    assert 2 * PIXEL <= figures["resolution_angstrom"] < 20
    assert figures["images_per_second"] > 0
    assert "b_factor_angstrom2" in figures
    assert 0 < figures["evenness_of_views"] <= 1
    report = (folder / "report.html").read_text()
    assert f"{COUNT:,} images" in report
    assert f"{figures['resolution_angstrom']:.2f} Å" in report


def test_atoms_come_back_through_the_forward_model(run, tmp_path):
    """From the potential of atoms over images with contrast transfer, shifts and noise to the map of that potential."""
    simulated = tmp_path / "simulated"
    words = ["simulate", str(needs.data("coordinates/adk_open.pdb")), "-o", str(simulated), "--particles", "500"]
    words += ["--box", "40", "--pixel-size", "3", "--snr", "0.5", "--shift-sigma", "3", "--defocus", "6000", "18000"]
    assert main([*words, "--quiet"]) == 0
    folder = run(simulated / "particles.star", name="atoms")
    potential = mrcfile.read(next((simulated / "truth").glob("map*.mrc"))).astype(float)
    curve = fsc(map_of(folder), potential)
    assert np.all(curve[1:12] > 0.9), curve
    assert figures_of(folder)["resolution_angstrom"] < 40 * 3 / 14


def test_pure_noise_has_no_resolution(run, tmp_path):
    particles = particles_of(COUNT, BOX)
    noise = np.random.default_rng(8).standard_normal((COUNT, BOX, BOX))
    write_set(tmp_path / "noise", particles, noise)
    figures = figures_of(run(tmp_path / "noise" / "particles.star"))
    assert figures["resolution_angstrom"] is None
    assert figures["b_factor_angstrom2"] is None


def test_the_same_threads_make_the_same_bytes_and_resuming_too(run, star, monkeypatch):
    """An interrupt between rounds saves; --resume ends with the bytes of a run that was not interrupted."""
    monkeypatch.setattr(halves, "BLOCK", 64)
    whole, again = run(star, name="whole"), run(star, name="again")
    whole_bytes = [(whole / name).read_bytes() for name in MAPS]
    # the time of writing stands in the header's labels
    assert [data[1024:] for data in whole_bytes] == [(again / name).read_bytes()[1024:] for name in MAPS]
    rounds = reconstruction.stream_halves

    def interrupted(*arguments, **options):
        for number, added in enumerate(rounds(*arguments, **options)):
            if number == 2:
                signal.raise_signal(signal.SIGINT)
            yield added

    monkeypatch.setattr(reconstruction, "stream_halves", interrupted)
    run(star, name="stopped", status=130)
    monkeypatch.setattr(reconstruction, "stream_halves", rounds)
    resumed = run(star, "--resume", name="stopped")
    assert [(resumed / name).read_bytes()[1024:] for name in MAPS] == [data[1024:] for data in whole_bytes]
    assert json.loads((resumed / "run.json").read_text())["images"] == COUNT


def test_options_shape_the_map(run, star, truth):
    plain = run(star, "--wiener", "none", "--mask", "none", name="plain")
    assert not (plain / "mask.mrc").exists()
    assert (plain / "fsc.csv").read_text().splitlines()[0] == "frequency_per_angstrom,fsc_unmasked"
    half = map_of(run(star, "--wiener", "1", name="half"))
    assert np.sum(half * truth) / np.sum(map_of(plain) * truth) == pytest.approx(0.5, abs=0.05)
    coarse = map_of(run(star, "--max-resolution", "20", name="coarse"))
    assert np.all(np.abs(fsc(coarse, truth.astype(float))[7:]) < 0.6)
    even = map_of(run(star, "--gridding-iterations", "2", "--wiener", "none", name="even"))
    assert np.all(fsc(even, map_of(plain))[:12] > 0.98)


def test_the_inversion_comes_close_to_the_least_squares_map(run, star, truth):
    """Shell by shell the fast map agrees with the truth as well as conjugate gradients' does, to 0.02 or better."""
    folder = run(star, "--conjugate-gradients", "12", "--wiener", "none", name="solved")
    solved = map_of(folder, "conjugate_gradients.mrc")
    last = int(BOX * PIXEL / figures_of(folder)["resolution_angstrom"])
    with_truth = [fsc(volume, truth.astype(float))[1 : last + 1] for volume in (map_of(folder), solved)]
    assert np.all(with_truth[0] > with_truth[1] - 0.02)
    assert figures_of(folder)["least_agreement_with_conjugate_gradients"] > 0.95


def test_at_300_kv_a_small_particle_sees_no_sphere(run, star):
    """On the sphere and in the plane the same map, to the resolution of this set."""
    flat, curved = (map_of(run(star, "--ewald", word, "--wiener", "none", name=word)) for word in ("no", "yes"))
    assert np.all(fsc(flat, curved)[1:6] > 0.98)


def test_halves_without_a_column_are_seeded(run, tmp_path, truth):
    particles = particles_of(100, BOX, random_subset=None)
    write_set(tmp_path / "set", particles, images_of(truth, particles, 1.0))
    star = tmp_path / "set" / "particles.star"
    one, same, other = (
        map_of(run(star, "--seed", seed, name=f"job{i}"), "half1.mrc") for i, seed in enumerate((1, 1, 2))
    )
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_symmetry(run, star):
    """A map with C2 is the same after half a turn about z."""
    volume = map_of(run(star, "--symmetry", "C2"), "half1.mrc")[:, 1:, 1:]
    np.testing.assert_allclose(volume[:, ::-1, ::-1], volume, atol=2e-3 * np.abs(volume).max())


def test_other_formats_give_the_same_map(run, star, tmp_path):
    """Through cryoDRGN's pickles and a .cs file: FSC at least 0.999 in every shell."""
    particles = read_particles(star)
    write_cryodrgn(tmp_path / "pickles", particles)
    write_particles(tmp_path / "set.cs", particles)
    pickles = sorted((tmp_path / "pickles").glob("*.pkl"))
    poses = next(path for path in pickles if "pose" in path.name)
    ctf = next(path for path in pickles if "ctf" in path.name)
    stack = star.with_name("particles.mrcs")
    wanted = map_of(run(star, "--wiener", "none"))
    sets = {"cs": (tmp_path / "set.cs",), "cryodrgn": (stack, "--poses", poses, "--ctf", ctf)}
    for name, words in sets.items():
        found = map_of(run(*words, "--wiener", "none", name=name))
        assert np.all(fsc(found, wanted) >= 0.999), name


def test_real_particles(run, tmp_path):
    """17 real images, cropped to a box of 56, run; their map is the same from RELION 3.0's layout and 3.1's."""
    source = needs.data("real_particles/sample_particles_relion31.star")
    small = tmp_path / "small"
    assert main(["downsample", str(source), "--box", "56", "-o", str(small), "--quiet"]) == 0
    same_map_from_both_layouts(run, small / "particles.star", tmp_path)


@pytest.mark.slow
def test_real_particles_in_their_own_box(run, tmp_path):
    same_map_from_both_layouts(run, needs.data("real_particles/sample_particles_relion31.star"), tmp_path)


def same_map_from_both_layouts(run, source, folder):
    """The set as it is, converted to RELION 3.0, and converted back from there."""
    first, star = run(source, name="given"), source
    for layout in ("3.0", "3.1"):
        converted = folder / f"relion{layout}.star"
        write_particles(converted, read_particles(star, images=source.parent), layout)
        star = converted
        again = run(star, "--images", source.parent, name=f"job{layout}")
        assert np.all(fsc(map_of(again), map_of(first)) > 0.999)
    assert figures_of(first)["images_per_second"] > 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--wiener", "often"], "--wiener often"),
        (["--wiener", "-1"], "--wiener -1"),
        (["--symmetry", "X3"], "--symmetry X3"),
        (["--max-resolution", "0"], "--max-resolution 0"),
        (["--mask", "nothing.mrc"], "nothing.mrc"),
        (["--gridding-iterations", "-1"], "--gridding-iterations -1"),
        (["--conjugate-gradients", "-1"], "--conjugate-gradients -1"),
        (["--ewald", "maybe"], "--ewald maybe"),
        (["--ewald", "yes", "--no-ctf"], "--no-ctf"),
    ],
)
def test_what_does_not_go_is_refused_in_one_line(words, said, run, star):
    message = run(star, *words, status=2)
    assert said in message
    assert message.count("\n") == 1


def test_particles_without_poses_are_refused(run, tmp_path):
    particles = particles_of(4, 8, euler_deg=None)
    write_set(tmp_path / "set", particles, np.zeros((4, 8, 8), np.float32))
    assert "no poses" in run(tmp_path / "set" / "particles.star", status=2)


def test_options_have_their_defaults():
    assert (InversionOptions().wiener, InversionOptions().symmetry, InversionOptions().mask) == ("fsc", "C1", "auto")
