"""The analysis of a latent space: its files agree with each other and with the particles."""

import io
import json

import mrcfile
import numpy as np
import pytest
from PIL import Image

from trained import COUNT, analysed, trained
from vitreous._errors import InputError
from vitreous.cli import main
from vitreous.cli.heterogeneity_analysis import anchors_of
from vitreous.cli.heterogeneity_folder import read_trained
from vitreous.heterogeneity.clusters import k_means


def test_its_files_tell_the_same_story():
    folder = analysed()
    latents = np.load(trained() / "latents.npy")
    coordinates = np.load(folder / "coordinates.npy")
    distances = [np.linalg.norm(values[:50, None] - values[None, :50], axis=-1) for values in (latents, coordinates)]
    np.testing.assert_allclose(*distances, atol=1e-4)
    labels = np.genfromtxt(folder / "clusters.csv", delimiter=",", names=True)["cluster"].astype(int)
    figures = json.loads((folder / "run.json").read_text())["figures"]
    assert np.bincount(labels)[1:].tolist() == figures["clusters"]
    middles = np.array(figures["middle_particles"]) - 1
    np.testing.assert_array_equal(np.load(folder / "centres" / "latents.npy"), latents[middles])
    assert figures["maps"] == 3 + 3 * 3
    energy = np.genfromtxt(folder / "free_energy.csv", delimiter=",", names=True)
    assert np.isclose(energy["density"].sum(), 1, atol=1e-3)
    assert np.nanmin(energy["energy_kt"]) == 0


def test_its_maps_are_those_of_the_model():
    found = read_trained(trained())
    for name, count in (("centres", 3), ("component_1", 3), ("component_2", 3), ("path", 3)):
        places = np.load(analysed() / name / "latents.npy")
        assert len(places) == count
        maps = [mrcfile.read(analysed() / name / f"map_{i:03d}.mrc") for i in range(count)]
        np.testing.assert_allclose(maps, found.model.maps_at(places), atol=1e-5)


def test_its_movies_go_there_and_back():
    picture = Image.open(io.BytesIO((analysed() / "path" / "movie.webp").read_bytes()))
    assert picture.n_frames == 4


def test_its_report_has_every_figure():
    report = (analysed() / "report.html").read_text()
    for words in (
        f"latent space of {COUNT} particles",
        "coloured by density",
        "coloured by tilt of the view",
        "coloured by mean defocus",
        "Energy −ln ρ",
        "as ellipses",
        "Path through the data",
        'class="place" type="range"',
        "Not done here: null, halves, dimensions",
        "the bound is",
    ):
        assert words in report, words
    assert "http://" not in report.replace("http://www.w3.org", "")


def test_a_path_names_clusters(rng):
    clusters = k_means(rng.normal(size=(60, 2)), 4)
    np.testing.assert_array_equal(anchors_of(clusters, None), clusters.middles[[0, 3]])
    np.testing.assert_array_equal(anchors_of(clusters, "2,4,1"), clusters.middles[[1, 3, 0]])
    for text in ("1", "1-3", "a,b"):
        with pytest.raises(InputError, match="--path"):
            anchors_of(clusters, text)
    with pytest.raises(InputError, match="there is no cluster 5; there are 1 to 4"):
        anchors_of(clusters, "1,5")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--clusters", "0"], "--clusters 0"),
        (["--clusters", "999"], "999 clusters of 240"),
        (["--components", "3"], "--components 3; the latent space has 2 dimensions"),
        (["--frames", "1"], "--frames 1"),
    ],
)
def test_what_does_not_fit_is_refused(words, said, tmp_path, capsys):
    given = ["heterogeneity", "analyse", str(trained()), "-o", str(tmp_path / "job"), "--umap", "no", "--quiet"]
    assert main([*given, *words]) == 2
    assert said in capsys.readouterr().err
