"""An optics group cannot be changed and starts without aberrations."""

import dataclasses

import pytest

from vitreous.particles import OpticsGroup


def test_a_plain_group_has_no_aberrations():
    group = OpticsGroup("opticsGroup1", 300.0, 2.7, 0.1, 1.06, 256)
    assert group.beam_tilt_mrad == (0, 0)
    assert group.odd_zernike == group.even_zernike == ()
    assert group.magnification_matrix == ((1, 0), (0, 1))
    assert not group.extra


def test_a_group_cannot_be_changed():
    group = OpticsGroup("opticsGroup1", 300.0, 2.7, 0.1, 1.06, 256)
    with pytest.raises(dataclasses.FrozenInstanceError):
        group.voltage_kv = 200.0
