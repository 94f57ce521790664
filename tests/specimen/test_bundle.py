"""Bundles of helices and their loops."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from vitreous.specimen.backbone import alpha_helix
from vitreous.specimen.bundle import HELIX_SPACING_ANGSTROM, bundle_backbone, hexagonal_places, join_backbones


def test_seven_places_fill_a_hexagon():
    places = hexagonal_places(3, 5, 3, 5, 0, 1)
    assert places.mean(0) == pytest.approx(0, abs=1e-12)
    assert pdist(places).min() == pytest.approx(HELIX_SPACING_ANGSTROM)
    # a centre with six neighbours: 12 pairs at the spacing
    assert np.sum(np.isclose(pdist(places), HELIX_SPACING_ANGSTROM)) == 12


def test_helices_run_up_and_down_in_turn_and_stay_right_handed():
    backbone, in_loop = bundle_backbone(hexagonal_places(0, 1), (12, 14, 13), (0.0, 30.0, 60.0), True)
    edges = np.flatnonzero(np.diff(np.concatenate([[True], in_loop, [True]]).astype(int)))
    helices = [backbone[start:stop, 1] for start, stop in zip(edges[::2], edges[1::2], strict=True)]
    assert [len(helix) for helix in helices] == [12, 14, 13]
    assert [np.sign(helix[-1, 2] - helix[0, 2]) for helix in helices] == [1, -1, 1]
    for helix in helices:
        chirality = np.einsum("ij,ij->i", np.cross(np.diff(helix, axis=0)[:-2], np.diff(helix, axis=0)[1:-1]),
                              np.diff(helix, axis=0)[2:])  # fmt: skip
        assert np.all(chirality > 0)


def test_the_chain_is_unbroken():
    backbone, _ = bundle_backbone(hexagonal_places(3, 5, 3, 5, 0, 1), (20,) * 7, (0.0,) * 7, False)
    bonds = np.linalg.norm(backbone[1:, 0] - backbone[:-1, 2], axis=1)
    assert bonds == pytest.approx(1.33, abs=0.15)
    along = np.linalg.norm(np.diff(backbone[:, 1], axis=0), axis=1)
    assert along == pytest.approx(3.7, abs=0.5)


def test_the_carbonyl_before_a_loop_turns_to_it():
    before, after = alpha_helix(8), alpha_helix(8) * [1, -1, -1] + [10, 0, 0]
    joined, in_loop = join_backbones(before, after, np.array([0.0, 0.0, 1.0]))
    assert in_loop[8]
    assert not in_loop[7]
    assert np.array_equal(joined[:7], before[:7])
    carbon, oxygen, following = joined[7, 2], joined[7, 3], joined[8, 0]
    assert np.linalg.norm(oxygen - carbon) == pytest.approx(1.23)
    assert np.linalg.norm(oxygen - following) > 2.0
