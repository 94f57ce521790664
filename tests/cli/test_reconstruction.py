"""The run behind ``vitreous reconstruct``: masks of files, sets without a lens."""

import json

import mrcfile
import numpy as np
import pytest

from simulated import PIXEL, blobs, images_of, particles_of, write_set
from vitreous._errors import InputError
from vitreous.cli.options import ReadingOptions
from vitreous.cli.reconstruct import InversionOptions
from vitreous.cli.reconstruction import run_reconstruction
from vitreous.fourier import fsc
from vitreous.jobs import Job, Task

BOX = 24


@pytest.fixture
def made(tmp_path):
    """Projections without CTF; runs them with some options."""
    truth, particles = blobs(BOX), particles_of(300, BOX, defocus_u_angstrom=None, defocus_v_angstrom=None)
    write_set(tmp_path / "set", particles, images_of(truth, particles, 0.5, with_ctf=False))

    def run(**options):
        with Job(tmp_path / "job", Task("reconstruct", {}, seed=0, threads=1), overwrite=True, quiet=True) as job:
            star = tmp_path / "set" / "particles.star"
            claimed = run_reconstruction(job, star, InversionOptions(**options), ReadingOptions())
        return truth, tmp_path / "job", claimed

    return run


def test_projections_are_inverted_and_it_is_said(made):
    truth, folder, claimed = made()
    assert claimed is not None
    volume = mrcfile.read(folder / "map.mrc").astype(float)
    assert np.all(fsc(volume, truth.astype(float))[1:8] > 0.95)
    warnings = json.loads((folder / "run.json").read_text())["warnings"]
    assert any("no defocus" in text for text in warnings)
    _, quiet, _ = made(no_ctf=True)
    assert json.loads((quiet / "run.json").read_text())["warnings"] == []


def test_a_mask_of_a_file(made, tmp_path):
    mask = np.zeros((BOX,) * 3, np.float32)
    mask[4:20, 4:20, 4:20] = 1
    mrcfile.write(tmp_path / "mask.mrc", mask, voxel_size=PIXEL)
    _, folder, _ = made(mask=str(tmp_path / "mask.mrc"))
    np.testing.assert_array_equal(mrcfile.read(folder / "mask.mrc"), mask)
    mrcfile.write(tmp_path / "small.mrc", mask[:9, :9, :9].copy(), voxel_size=PIXEL)
    with pytest.raises(InputError, match="9 × 9 × 9"):
        made(mask=str(tmp_path / "small.mrc"))
