"""A part of the particles by where they lie, with nothing lost of what is known of them."""

import numpy as np
import pytest

from trained import COUNT, analysed, particle_file, trained
from vitreous._errors import InputError
from vitreous.cli import main
from vitreous.cli.heterogeneity import ChoiceOptions
from vitreous.cli.heterogeneity_folder import read_trained
from vitreous.cli.heterogeneity_selection import chosen_particles, read_clusters
from vitreous.particles import read_particles, read_star


def test_a_cluster_goes_back_to_star_with_nothing_lost(tmp_path):
    labels = read_clusters(analysed(), COUNT)
    target = tmp_path / "out" / "two.star"
    target.parent.mkdir()
    assert main(["heterogeneity", "select", str(trained()), "--cluster", "2-3", "-o", str(target)]) == 0
    kept = np.flatnonzero(labels >= 2)
    before, after = (read_star(path) for path in (particle_file(), target))
    assert set(before) == set(after)
    for name, column in before["particles"].columns.items():
        if name != "rlnImageName":
            np.testing.assert_array_equal(after["particles"].columns[name], np.asarray(column)[kept], name)
    np.testing.assert_array_equal(read_particles(target).images(), read_particles(particle_file()).images(kept))
    assert main(["heterogeneity", "select", str(trained()), "--cluster", "1", "-o", str(target)]) == 2


def test_the_command_that_selects_of_any_job_knows_clusters_too(tmp_path):
    analysed()
    for command in (["select"], ["heterogeneity", "select"]):
        target = tmp_path / f"{len(command)}.star"
        assert main([*command, str(trained()), "--cluster", "1", "-o", str(target)]) == 0
    assert (tmp_path / "1.star").read_bytes() == (tmp_path / "2.star").read_bytes()


@pytest.fixture(scope="module")
def folder():
    return read_trained(trained())


def test_the_nearest_particles_are_kept(folder):
    kept = chosen_particles(folder, ChoiceOptions(near="7", count=10))
    distance = np.linalg.norm(folder.latents - folder.latents[6], axis=1)
    assert kept.sum() == 10
    assert distance[kept].max() <= distance[~kept].min()


def test_criteria_are_all_met(folder):
    kept = chosen_particles(folder, ChoiceOptions(latent_box="0:,:0.5"))
    np.testing.assert_array_equal(kept, (folder.latents[:, 0] >= 0) & (folder.latents[:, 1] <= 0.5))
    both = chosen_particles(folder, ChoiceOptions(latent_box="0:", near="1", count=100))
    assert both.sum() < 100
    assert (folder.latents[both, 0] >= 0).all()


@pytest.mark.parametrize(
    ("choice", "said"),
    [
        (ChoiceOptions(), "give --cluster, --near or --latent-box"),
        (ChoiceOptions(cluster="9"), "there is no cluster 9; there are 1 to 3"),
        (ChoiceOptions(cluster="x"), "--cluster x"),
        (ChoiceOptions(near="999999"), "there is no particle"),
        (ChoiceOptions(near="1", count=0), "--count 0"),
        (ChoiceOptions(latent_box="1"), "'1' is no range"),
        (ChoiceOptions(latent_box="1:0"), "runs backwards"),
        (ChoiceOptions(latent_box=":,:,:"), "3 ranges; the latent space has 2 dimensions"),
        (ChoiceOptions(latent_box="99:"), "no particle is kept"),
    ],
)
def test_what_cannot_be_kept_is_refused(choice, said, folder):
    analysed()
    with pytest.raises(InputError, match=said):
        chosen_particles(folder, choice)


def test_clusters_of_nothing_or_of_others_are_refused(tmp_path):
    with pytest.raises(InputError, match="run vitreous heterogeneity analyse first"):
        read_clusters(tmp_path, 3)
    (tmp_path / "clusters.csv").write_text("particle,cluster\n1,1\n")
    with pytest.raises(InputError, match="1 particles, where the training has 3"):
        read_clusters(tmp_path, 3)
    (tmp_path / "clusters.csv").write_text("particle,group\n1,1\n")
    with pytest.raises(InputError, match="no table of clusters"):
        read_clusters(tmp_path, 1)
