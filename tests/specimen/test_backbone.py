"""The ideal α-helix and the loops."""

import numpy as np
import pytest

from internal_coordinates import angle_deg, torsion_deg
from vitreous.specimen.backbone import HELIX_RISE_ANGSTROM, HELIX_TURN_DEG, alpha_helix, loop


def test_the_helix_is_pauling_coreys():
    """3.6 residues a turn, 5.4 Å pitch, a hydrogen bond of 2.9 Å from the carbonyl to the fourth residue after it."""
    helix = alpha_helix(20)
    assert pytest.approx(3.62, abs=0.05) == 360 / HELIX_TURN_DEG
    assert pytest.approx(5.45, abs=0.2) == 360 / HELIX_TURN_DEG * HELIX_RISE_ANGSTROM
    assert np.linalg.norm(helix[:-4, 3] - helix[4:, 0], axis=1) == pytest.approx(2.9, abs=0.2)
    assert np.hypot(helix[:, 1, 0], helix[:, 1, 1]) == pytest.approx(2.29, abs=0.03)


def test_torsions_bonds_and_angles_are_ideal_all_along():
    helix = alpha_helix(9)
    n, alpha, c = (helix[:, i] for i in range(3))
    for i in range(1, 8):
        assert torsion_deg(c[i - 1], n[i], alpha[i], c[i]) == pytest.approx(-57.8)
        assert torsion_deg(n[i], alpha[i], c[i], n[i + 1]) == pytest.approx(-47.0)
        assert abs(torsion_deg(alpha[i], c[i], n[i + 1], alpha[i + 1])) == pytest.approx(180.0)
        assert angle_deg(alpha[i], c[i], n[i + 1]) == pytest.approx(116.2)
    assert np.linalg.norm(n[1:] - c[:-1], axis=1) == pytest.approx(1.329)


def test_the_helix_is_right_handed_and_climbs():
    """Going up it turns from +x towards +y."""
    alpha = alpha_helix(30)[:, 1]
    assert np.diff(alpha[:, 2]) == pytest.approx(HELIX_RISE_ANGSTROM)
    turns = np.diff(np.unwrap(np.arctan2(alpha[:, 1], alpha[:, 0])))
    assert np.rad2deg(turns) == pytest.approx(HELIX_TURN_DEG)
    assert alpha[:, 2].mean() == pytest.approx(0, abs=1e-12)


def test_the_phase_turns_the_helix_about_its_axis():
    turned, helix = alpha_helix(5, 90.0), alpha_helix(5)
    assert turned[..., 0] == pytest.approx(-helix[..., 1])
    assert turned[..., 1] == pytest.approx(helix[..., 0])


@pytest.mark.parametrize("distance", [6.0, 10.0, 17.0, 25.0])
@pytest.mark.parametrize("slack", [1.2, 1.8])
def test_a_loop_reaches_from_end_to_end_at_the_bond_lengths_of_a_chain(distance, slack):
    start, end = np.array([1.0, 2.0, 3.0]), np.array([1.0 + distance, 2.0, 3.0])
    chain = loop(start, end, np.array([0.0, 0.0, 1.0]), slack)
    along = np.concatenate([start[None], chain[:, :3].reshape(-1, 3), end[None]])
    bonds = np.linalg.norm(np.diff(along, axis=0), axis=1)
    assert bonds == pytest.approx(1.4, abs=0.2)
    assert np.linalg.norm(np.diff(chain[:, 1], axis=0), axis=1) == pytest.approx(3.6, abs=0.25)
    assert chain[:, 1, 2].max() > 4
