"""Where maps are asked for."""

import numpy as np
import pytest

from trained import trained
from vitreous._errors import InputError
from vitreous.cli.heterogeneity import PlaceOptions
from vitreous.cli.heterogeneity_folder import read_trained
from vitreous.cli.heterogeneity_maps import asked_latents


@pytest.fixture(scope="module")
def folder():
    return read_trained(trained())


def test_particles_are_counted_from_one(folder):
    np.testing.assert_array_equal(asked_latents(folder, PlaceOptions(particle=[5, 1])), folder.latents[[4, 0]])


def test_numbers_and_files_are_the_same_places(folder, tmp_path):
    np.save(tmp_path / "one.npy", np.array([0.25, -1]))
    for text in ("0.25,-1", str(tmp_path / "one.npy")):
        np.testing.assert_array_equal(asked_latents(folder, PlaceOptions(z=text)), [[0.25, -1]])


@pytest.mark.parametrize(
    ("places", "said"),
    [
        (PlaceOptions(), "give --z or --particle"),
        (PlaceOptions(z="0,0", particle=[1]), "give --z or --particle"),
        (PlaceOptions(particle=[0]), "--particle 0: there is no such particle; there are 1 to 240"),
        (PlaceOptions(z="0.1"), "1 × 1 numbers; the latent space has 2 dimensions"),
        (PlaceOptions(z="a,b"), "expected numbers with commas"),
        (PlaceOptions(z="nan,0"), "not all numbers are finite"),
        (PlaceOptions(z="absent.npy"), "absent.npy"),
    ],
)
def test_what_is_no_place_is_refused(places, said, folder):
    with pytest.raises(InputError, match=said):
        asked_latents(folder, places)


def test_files_of_other_things_are_refused(folder, tmp_path):
    np.save(tmp_path / "words.npy", np.array([["a", "b"]]))
    with pytest.raises(InputError, match="not numbers"):
        asked_latents(folder, PlaceOptions(z=str(tmp_path / "words.npy")))
    np.save(tmp_path / "cube.npy", np.zeros((2, 2, 2)))
    with pytest.raises(InputError, match="2 × 2 × 2 numbers"):
        asked_latents(folder, PlaceOptions(z=str(tmp_path / "cube.npy")))
