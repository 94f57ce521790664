"""From optics groups to lenses: the contrast's sign, shifts, magnification, what is lacking."""

from dataclasses import replace

import numpy as np
import pytest

from vitreous._errors import InputError
from vitreous.fourier import irft, rft
from vitreous.optics import Defocus, ctf
from vitreous.particles import OpticsGroup, ParticleSet
from vitreous.particles.optics import defocus_of, image_transfer, lens_of, view_matrices

GROUP = OpticsGroup("a", 300.0, 2.7, 0.1, 2.0, 32, beam_tilt_mrad=(0.3, -0.2), even_zernike=(0.0, 1.0))


def particles(n: int = 3, **columns: object) -> ParticleSet:
    return ParticleSet(
        optics_groups=(GROUP,),
        optics_index=np.zeros(n, np.int64),
        stacks=(),
        stack_index=np.full(n, -1),
        slice_index=np.zeros(n, np.int64),
        defocus_u_angstrom=np.linspace(1e4, 2e4, n),
        defocus_v_angstrom=np.linspace(9e3, 1.9e4, n),
        defocus_angle_deg=np.full(n, 25.0),
        euler_deg=np.array([[10.0, 20.0, 30.0]] * n),
        **columns,
    )


def test_a_lens_holds_what_its_group_says():
    lens = lens_of(GROUP)
    assert (lens.voltage_kv, lens.spherical_aberration_mm, lens.amplitude_contrast) == (300.0, 2.7, 0.1)
    assert lens.beam_tilt_mrad == GROUP.beam_tilt_mrad
    assert lens.even_zernike == GROUP.even_zernike
    with pytest.raises(InputError, match="voltage_kv"):
        lens_of(replace(GROUP, voltage_kv=None))


def test_the_contrast_of_the_set_is_that_of_the_images():
    """At low frequency the transfer of inverted images is +a, of dark ones −a; without a CTF ±1."""
    group = replace(GROUP, beam_tilt_mrad=(0.0, 0.0), even_zernike=())
    for contrast, sign in (("inverted", 1), ("dark", -1)):
        transfer = image_transfer(particles(contrast=contrast), group, 32)
        np.testing.assert_allclose(transfer[:, 16, 0], sign * 0.1, rtol=1e-4)
        plain = image_transfer(particles(contrast=contrast), group, 32, with_ctf=False)
        np.testing.assert_array_equal(plain, sign)


def test_the_transfer_is_the_ctf_of_each_particle():
    group, some = replace(GROUP, beam_tilt_mrad=(0.0, 0.0)), particles()
    one = Defocus(15000.0, 14000.0, 25.0)
    np.testing.assert_allclose(
        image_transfer(some, group, 32)[1], ctf((32, 32), 2.0, one, lens_of(group), contrast="inverted"), atol=1e-3
    )
    assert defocus_of(some).u_angstrom.dtype == np.float32


def test_beam_tilt_makes_the_transfer_complex():
    assert np.iscomplexobj(image_transfer(particles(), GROUP, 32))


def test_the_shift_moves_the_observation_onto_the_reference(rng):
    image = rng.standard_normal((1, 32, 32))
    moved = particles(1, shift_angstrom=np.array([[6.0, -4.0]]))
    seen = irft(rft(image, 2) * image_transfer(moved, GROUP, 32, with_ctf=False), (32, 32))
    np.testing.assert_allclose(np.roll(seen, (-2, 3), axis=(-2, -1)), image, atol=1e-5)


def test_magnification_samples_the_map_at_m_k():
    matrix = ((1.02, 0.03), (-0.01, 0.98))
    some = particles(1)
    turned = view_matrices(some, replace(GROUP, magnification_matrix=matrix))
    k = np.array([[0.1, -0.2]])
    expected = np.concatenate([k @ np.array(matrix).T, [[0.0]]], axis=1) @ some.rotations()[0]
    np.testing.assert_allclose(k @ turned[0, :2], expected)
    np.testing.assert_allclose(view_matrices(some, GROUP), some.rotations())


def test_a_set_without_defocus_is_refused():
    with pytest.raises(InputError, match="no defocus"):
        defocus_of(replace(particles(), defocus_u_angstrom=None))
