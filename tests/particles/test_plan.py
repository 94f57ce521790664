"""Particles drawn by laws, or taken from the rows of a table."""

from dataclasses import replace

import numpy as np
import pytest

import needs
from vitreous.particles import OpticsGroup, read_cryodrgn
from vitreous.particles.laws import DefocusLaw
from vitreous.particles.plan import Laws, drawn_particles, particles_from_table, without_ctf

GROUP = OpticsGroup("a", 300.0, 2.7, 0.1, 2.0, 64)


def test_what_is_drawn_depends_on_its_own_law_alone():
    """Another defocus law leaves poses and shifts as they were."""
    one = drawn_particles(50, GROUP, Laws(shift_sigma_angstrom=3.0, defocus=DefocusLaw()), np.random.default_rng(1))
    other = drawn_particles(50, GROUP, Laws(shift_sigma_angstrom=3.0), np.random.default_rng(1))
    np.testing.assert_array_equal(one.euler_deg, other.euler_deg)
    np.testing.assert_array_equal(one.shift_angstrom, other.shift_angstrom)
    assert one.has_ctf
    assert not other.has_ctf


def test_preferred_views_are_drawn_where_axes_are_given():
    laws = Laws(axes=((0.0, 0.0, 1.0),), concentration=1e4)
    particles = drawn_particles(20, GROUP, laws, np.random.default_rng(1))
    assert (particles.euler_deg[:, 1] < 5).all()


def table():
    drawn = drawn_particles(30, replace(GROUP, voltage_kv=None), Laws(defocus=DefocusLaw()), np.random.default_rng(2))
    return replace(drawn, extra={"rlnLogLikeliContribution": np.arange(30.0)}, class_number=np.ones(30, np.int64))


def test_the_rows_of_a_table_stay_together():
    rows = table()
    taken = particles_from_table(rows, 12, replace(GROUP, box=48), Laws(defocus=DefocusLaw()), np.random.default_rng(3))
    assert (taken.box, taken.optics_groups[0].voltage_kv) == (48, 300.0)
    assert not taken.extra
    places = [int(np.flatnonzero(rows.defocus_u_angstrom == u)[0]) for u in taken.defocus_u_angstrom]
    assert places == sorted(set(places))
    np.testing.assert_array_equal(taken.euler_deg, rows.euler_deg[places])


def test_what_a_table_lacks_is_drawn():
    rows = without_ctf(replace(table(), shift_angstrom=None))
    laws = Laws(shift_sigma_angstrom=2.0, defocus=DefocusLaw((9e3, 9e3)))
    taken = particles_from_table(rows, 100, GROUP, laws, np.random.default_rng(3))
    assert len(taken) == 100
    assert (taken.defocus_u_angstrom == 9e3).all()
    assert taken.shift_angstrom.std() == pytest.approx(2.0, rel=0.2)
    assert particles_from_table(table(), 5, GROUP, Laws(), np.random.default_rng(3)).defocus_u_angstrom is None


def test_real_poses_and_ctf_are_a_table():
    folder = needs.data("empiar_10076")
    rows = read_cryodrgn(None, folder / "poses_10076.pkl", folder / "ctf_10076.pkl")
    taken = particles_from_table(rows, 40, GROUP, Laws(defocus=DefocusLaw()), np.random.default_rng(4))
    assert taken.has_ctf
    assert set(taken.defocus_u_angstrom) <= set(rows.defocus_u_angstrom)
    assert taken.pixel_size_angstrom == 2.0
