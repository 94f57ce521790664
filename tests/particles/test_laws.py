"""The laws that draw views, shifts, defocus and states, held by their moments."""

import numpy as np
import pytest

from vitreous._errors import InputError
from vitreous.particles.laws import (
    DefocusLaw,
    draw_defocus,
    draw_shifts,
    draw_states,
    preferred_views,
    uniform_views,
)
from vitreous.rotations import projection_direction, relion_to_matrix

N = 20000


def directions(euler_deg: np.ndarray) -> np.ndarray:
    return projection_direction(relion_to_matrix(euler_deg))


def test_uniform_views_have_no_mean_and_equal_moments(rng):
    seen = directions(uniform_views(N, rng))
    np.testing.assert_allclose(seen.mean(axis=0), 0, atol=0.02)
    np.testing.assert_allclose(seen.T @ seen / N, np.eye(3) / 3, atol=0.01)


@pytest.mark.parametrize("concentration", [0.0, 0.5, 10.0, 1e4])
def test_preferred_views_have_the_mean_of_von_mises_and_fisher(concentration, rng):
    """⟨a·d⟩ = coth κ − 1/κ, and nothing at right angles to the axis is preferred."""
    axis = np.array([1.0, -2.0, 2.0]) / 3
    seen = directions(preferred_views(N, 5 * axis, concentration, rng))
    expected = 1 / np.tanh(concentration) - 1 / concentration if concentration else 0
    along = seen @ axis
    np.testing.assert_allclose(along.mean(), expected, atol=0.02)
    np.testing.assert_allclose((seen - along[:, None] * axis).mean(axis=0), 0, atol=0.02)


def test_the_turn_in_the_plane_is_uniform_and_axes_are_taken_alike(rng):
    euler_deg = preferred_views(N, [[0, 0, 1], [1, 0, 0]], 1000.0, rng)
    psi = np.radians(euler_deg[:, 2])
    assert abs(np.exp(1j * psi).mean()) < 0.02
    assert abs(np.mean(directions(euler_deg)[:, 2] > 0.5) - 0.5) < 0.02


def test_an_axis_has_a_direction(rng):
    with pytest.raises(ValueError, match="vectors"):
        preferred_views(3, [[0, 0, 0]], 1.0, rng)


def test_shifts_have_their_spread_on_each_axis(rng):
    np.testing.assert_allclose(draw_shifts(N, 7.0, rng).std(axis=0), 7.0, rtol=0.02)


def test_particles_of_a_micrograph_share_its_defocus(rng):
    law = DefocusLaw((8000.0, 20000.0), astigmatism_angstrom=600.0, per_micrograph=100)
    drawn = draw_defocus(2050, law, rng)
    u, v = drawn["defocus_u_angstrom"], drawn["defocus_v_angstrom"]
    assert len(set(drawn["micrograph"])) == 21
    assert np.unique(u[:100]).size == 1
    assert np.unique(u).size == 21
    assert ((u + v) / 2 >= 8000).all()
    assert ((u + v) / 2 <= 20000).all()
    assert (u - v >= 0).all()
    assert (u - v).max() <= 600


def test_heights_in_the_ice_spread_the_defocus_and_leave_the_astigmatism(rng):
    drawn = draw_defocus(N, DefocusLaw((1e4, 1e4), 200.0, N, 300.0), rng)
    u, v = drawn["defocus_u_angstrom"], drawn["defocus_v_angstrom"]
    np.testing.assert_allclose(u.std(), 300, rtol=0.03)
    np.testing.assert_allclose(u - v, u[0] - v[0])


def test_a_law_that_cannot_be_is_refused():
    with pytest.raises(InputError, match="smaller defocus first"):
        DefocusLaw((2.0, 1.0))


def test_states_come_as_often_as_their_weights_say(rng):
    states = draw_states(N, np.array([1.0, 0.0, 3.0]), rng)
    np.testing.assert_allclose(np.bincount(states) / N, [0.25, 0, 0.75], atol=0.01)
    with pytest.raises(InputError, match="weights"):
        draw_states(3, np.array([1.0, -1.0]), rng)
