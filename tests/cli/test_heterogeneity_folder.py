"""A finished training read again; what is none is refused."""

import numpy as np
import pytest

from trained import COUNT, particle_file, trained
from vitreous._errors import InputError
from vitreous.cli.heterogeneity_folder import read_trained
from vitreous.heterogeneity.principal_components import Components
from vitreous.jobs import Job, Task


def test_everything_is_found_again():
    found = read_trained(trained())
    assert found.particle_file == particle_file()
    assert len(found.particles) == found.particle_count == COUNT
    assert isinstance(found.model, Components)
    assert found.pca
    np.testing.assert_array_equal(found.posterior().mean, found.latents)
    rows = found.epochs()
    assert [row["number"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert len(rows[-1]["per_dimension"]) == 2


def test_another_folder_is_no_training(tmp_path):
    with Job(tmp_path / "other", Task("count", {}), quiet=True):
        pass
    with pytest.raises(InputError, match="the folder of vitreous count; name the folder of vitreous heterogeneity"):
        read_trained(tmp_path / "other")
    with pytest.raises(InputError, match="not a job folder"):
        read_trained(tmp_path)


def test_a_training_that_is_not_done_says_so(tmp_path):
    with Job(tmp_path / "job", Task("heterogeneity train", {}), quiet=True):
        pass
    with pytest.raises(InputError, match="the training is done; go on with it"):
        read_trained(tmp_path / "job")
