"""The facts of a correlation, and where atoms are placed."""

from pathlib import Path

import numpy as np
import pytest

from known_maps import noise
from vitreous.cli.fsc_run import Correlated, is_model, place_model
from vitreous.cli.maps import MapFile
from vitreous.reconstruction import ModelAgreement, half_map_fsc
from vitreous.specimen import helix_bundle


def test_models_are_told_by_their_suffix():
    assert [is_model(Path(name)) for name in ("a.pdb", "a.CIF", "a.pdb.gz", "a.mrc", "a.gz")] == [True] * 3 + [
        False
    ] * 2


def test_a_model_is_moved_to_the_origin_voxel():
    atoms = helix_bundle()
    on = MapFile(np.zeros((9, 9, 9), np.float32), 2.0, (10.0, 20.0, 30.0))
    moved = place_model(atoms, on)
    shift = np.asarray(atoms.positions_angstrom) - np.asarray(moved.positions_angstrom)
    np.testing.assert_allclose(shift, np.broadcast_to([18.0, 28.0, 38.0], shift.shape), atol=1e-9)


def test_directions_are_said_only_where_there_is_a_resolution(rng):
    one, other = (MapFile(noise(16, rng).astype(np.float32), 2.0, (0.0, 0.0, 0.0)) for _ in range(2))
    same = half_map_fsc(one.volume, one.volume, pixel_size_angstrom=2.0)
    facts = Correlated((one, one), None, same).facts()
    assert facts["FSC 0.143"] == "4.00 Å"
    assert facts["FSC 0.143, by direction"].startswith("4.00 Å to 4.00 Å")
    none = half_map_fsc(one.volume, other.volume, pixel_size_angstrom=2.0)
    assert Correlated((one, other), None, none).facts() == {"FSC 0.143": "none", "FSC 0.5": "none"}
    model = ModelAgreement(np.linspace(0, 1, 3), np.ones(3), 3.456)
    assert Correlated((one,), None, model).facts() == {"map and model, 0.5": "3.46 Å"}


def test_the_mask_is_what_directions_are_cut_to(rng):
    """Noise outside of the mask plays no part."""
    inside = noise(16, rng).astype(np.float32)
    mask = np.zeros((16, 16, 16), np.float32)
    mask[4:12, 4:12, 4:12] = 1
    maps = tuple(
        MapFile(np.where(mask > 0, inside, noise(16, rng)).astype(np.float32), 2.0, (0.0, 0.0, 0.0)) for _ in range(2)
    )
    found = half_map_fsc(*(one.volume for one in maps), mask, pixel_size_angstrom=2.0)
    assert Correlated(maps, mask, found).anisotropy.worst_angstrom == pytest.approx(4.0)
