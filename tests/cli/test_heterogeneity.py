"""``vitreous heterogeneity`` from the command line: files, the truth recovered, resume, what is refused."""

import json
import subprocess
import sys

import mrcfile
import numpy as np
import pytest

from simulated import PIXEL, particles_of
from trained import COUNT, particle_file, trained, truth
from vitreous.cli import main
from vitreous.cli.heterogeneity import CHECKS, LatentOptions
from vitreous.jobs import read_checkpoint
from vitreous.particles import OpticsGroup, write_relion, write_stack

RESULTS = ("latents.npy", "latents_covariance.npy", "model.safetensors")


@pytest.fixture
def run(tmp_path, capsys):
    """Runs a command into a folder: the folder, or what it said on standard error."""

    def command(*words, status=0, name="job"):
        arguments = ["heterogeneity", *words, "-o", tmp_path / name, "--quiet"]
        found = main([str(word) for word in arguments])
        said = capsys.readouterr().err
        assert found == status, said
        return tmp_path / name if status == 0 else said

    return command


def explained(latents, coordinates):
    """R² of true coordinates by a linear function of latents."""
    functions = np.column_stack([latents, np.ones(len(latents))])
    fit, *_ = np.linalg.lstsq(functions, coordinates, rcond=None)
    return 1 - np.var(coordinates - functions @ fit, axis=0) / np.var(coordinates, axis=0)


METHODS = {
    "pca": ("--method", "pca", "--epochs", "6"),
    "vae": ("--method", "vae", "--epochs", "6"),
    "autodecoder": ("--method", "autodecoder", "--epochs", "6"),
}


@pytest.mark.parametrize("method", METHODS)
def test_a_training_recovers_the_truth_in_the_order_of_the_file(method):
    folder = trained(*METHODS[method])
    latents, covariance = (np.load(folder / name) for name in RESULTS[:2])
    assert latents.shape == (COUNT, 2)
    assert covariance.shape == (COUNT, 2, 2)
    assert latents.dtype == covariance.dtype == np.float32
    assert (np.linalg.eigvalsh(covariance) > 0).all()
    assert explained(latents, truth())[0] > 0.8
    record = json.loads((folder / "run.json").read_text())
    figures = record["figures"]
    assert figures["elbo"] == pytest.approx(figures["log_likelihood"] - figures["divergence"])
    assert figures["images_per_second"] > 0
    assert record["peak_memory_bytes"] > 0
    assert record["images"] == 6 * COUNT
    assert {"view", "defocus", "shift"} <= set(figures["confounds"])
    table = np.genfromtxt(folder / "epochs.csv", delimiter=",", names=True)
    assert table["number"].tolist() == [1, 2, 3, 4, 5, 6]
    assert "Latent space" in (folder / "report.html").read_text()


def test_maps_are_numbered_in_the_order_asked_in_pixel_size_and_box_of_the_particles(run):
    places = np.array([[1.5, 0.0], [-1.5, 0.0], [0.0, 0.0]])
    file = run("map", trained(), "--particle", 1).parent / "z.npy"
    np.save(file, places)
    folder = run("map", trained(), "--z", file, name="many")
    maps = []
    for number in range(3):
        with mrcfile.open(folder / f"map_{number:03d}.mrc") as held:
            assert held.voxel_size.x == pytest.approx(PIXEL)
            maps.append(held.data.copy())
    np.testing.assert_allclose((maps[0] + maps[1]) / 2, maps[2], atol=1e-5)
    one = run("map", trained(), "--z=-1.5,0", name="one")
    np.testing.assert_array_equal(mrcfile.read(one / "map_000.mrc"), maps[1])
    np.testing.assert_array_equal(np.load(folder / "latents.npy"), places)


def test_maps_from_the_particles_near_by_have_half_maps(run):
    folder = run("map", trained(), "--particle", 3, "--particle", 8, "--local")
    for number in (0, 1):
        whole, *halves = (mrcfile.read(folder / f"map_{number:03d}{part}.mrc") for part in ("", "_half1", "_half2"))
        inside = abs(whole) > 0.3 * abs(whole).max()
        assert np.corrcoef(whole[inside], np.mean(halves, axis=0)[inside])[0, 1] > 0.95
    said = run("map", trained(*METHODS["vae"]), "--particle", 3, "--local", name="none", status=2)
    assert "--method pca" in said


INTERRUPTED = (
    "import sys, signal, os\n"
    "from vitreous.heterogeneity import {module}\n"
    "from vitreous.cli import main\n"
    "whole = {module}.{kind}.epochs\n"
    "def cut(self):\n"
    "    for epoch in whole(self):\n"
    "        if epoch.number == 3: os.kill(os.getpid(), signal.SIGINT)\n"
    "        yield epoch\n"
    "{module}.{kind}.epochs = cut\n"
    "sys.exit(main(sys.argv[1:]))\n"
)
KINDS = {"pca": ("linear_training", "LinearTraining"), "vae": ("basis_training", "BasisTraining")}


@pytest.mark.parametrize("method", KINDS)
def test_an_interrupted_run_goes_on_to_the_same_bytes(method, tmp_path):
    module, kind = KINDS[method]
    words = [
        "heterogeneity",
        "train",
        particle_file(),
        "-o",
        tmp_path / "cut",
        "--latent",
        2,
        "--threads",
        2,
        "--quiet",
    ]
    words = [str(word) for word in (*words, *METHODS[method])]
    code = INTERRUPTED.format(module=module, kind=kind)
    assert subprocess.run([sys.executable, "-c", code, *words], capture_output=True, check=False).returncode == 130
    record = json.loads((tmp_path / "cut" / "run.json").read_text())
    assert record["status"] == "interrupted"
    assert read_checkpoint(tmp_path / "cut" / "training.safetensors")[1]["finished"] == 3
    assert main([*words, "--resume"]) == 0
    whole = trained(*METHODS[method])
    for name in RESULTS[:2]:
        assert (tmp_path / "cut" / name).read_bytes() == (whole / name).read_bytes()
    models = [read_checkpoint(folder / RESULTS[2])[0] for folder in (tmp_path / "cut", whole)]
    assert set(models[0]) == set(models[1])
    for name, values in models[0].items():
        np.testing.assert_array_equal(values, models[1][name])
    numbers = np.genfromtxt(tmp_path / "cut" / "epochs.csv", delimiter=",", names=True)["number"]
    assert numbers.tolist() == [1, 2, 3, 4, 5, 6]


def test_numbers_that_are_none_end_a_training_and_keep_its_last_good_state(monkeypatch, run, tmp_path):
    from vitreous.heterogeneity import basis_training

    explain, calls = basis_training.explain, []

    def broken(block, *arguments, **options):
        seen = explain(block, *arguments, **options)
        calls.append(1)
        if len(calls) == 2:
            seen.terms[:] = float("nan")
        return seen

    monkeypatch.setattr(basis_training, "explain", broken)
    said = run("train", particle_file(), "--latent", 2, "--epochs", 6, "--threads", 2, status=2)
    assert "the bound is not finite in epoch 3" in said
    assert "the state after epoch 2 is kept" in said
    assert said.count("\n") == 1
    assert read_checkpoint(tmp_path / "job" / "training.safetensors")[1]["finished"] == 2


def small_set(folder, **columns):
    particles = particles_of(12, 16, **columns)
    images = np.random.default_rng(0).standard_normal((12, 16, 16))
    folder.mkdir()
    write_stack(folder / "particles.mrcs", [images.astype(np.float32)], PIXEL)
    write_relion(folder / "particles.star", particles)
    return folder / "particles.star"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--latent", 0], "--latent 0: expected 1 or more"),
        (["--epochs", 0], "--epochs 0"),
        (["--batch", -1], "--batch -1"),
        (["--max-resolution", 0], "--max-resolution 0"),
        (["--checks", "some"], "--checks some: expected all, none, or some of null, halves, dimensions"),
        (["--method", "pca", "--decoder", "mlp"], "--decoder mlp does not go with --method pca"),
        (["--mask", "nothing.mrc"], "nothing.mrc"),
    ],
)
def test_options_that_make_no_training_are_refused_in_one_line(words, said, run):
    message = run("train", particle_file(), *words, status=2)
    assert said in message
    assert message.count("\n") == 1


def test_particles_without_poses_are_refused(run, tmp_path):
    message = run("train", small_set(tmp_path / "set", euler_deg=None), status=2)
    assert "the particles have no poses" in message
    assert "particles.star" in message


def test_a_mask_of_another_box_is_refused(run, tmp_path):
    mrcfile.write(tmp_path / "mask.mrc", np.eye(8, dtype=np.float32)[None].repeat(8, 0), voxel_size=PIXEL)
    message = run("train", particle_file(), "--mask", tmp_path / "mask.mrc", status=2)
    assert "mask.mrc: a mask of 8 voxels, where the images have 20 pixels" in message


def test_an_optics_group_of_another_pixel_size_is_used_rightly(run, tmp_path):
    groups = tuple(OpticsGroup(f"g{p}", 300.0, 2.7, 0.1, p, 16) for p in (PIXEL, 1.2 * PIXEL))
    star = small_set(tmp_path / "set", groups=groups)
    folder = run("train", star, "--method", "pca", "--latent", 1, "--epochs", 2, "--threads", 2)
    assert np.load(folder / "latents.npy").shape == (12, 1)
    maps = run("map", folder, "--z", "0", name="maps")
    with mrcfile.open(maps / "map_000.mrc") as held:
        assert held.voxel_size.x == pytest.approx(PIXEL)


def test_checks_are_named_in_a_list():
    assert LatentOptions(checks="all").asked_checks() == CHECKS
    assert LatentOptions().asked_checks() == ()
    assert LatentOptions(checks="null, dimensions").asked_checks() == ("null", "dimensions")
