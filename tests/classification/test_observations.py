"""Images made ready: the harmonics that are kept are those of C y and C², whatever the file says of their origin."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from class_sets import class_set
from vitreous._errors import InputError
from vitreous.classification.observations import Preparation, check_images, disc_mask, observe, prepare
from vitreous.classification.polar import polar_grid, to_polar
from vitreous.fourier import shift_image
from vitreous.particles import write_stack

GRID = polar_grid(16, 8, 7.5)
BY = Preparation(GRID, disc_mask(16, 4.0), ctf=True, exact=True, device="cpu")


def _rings(block, count=GRID.angles):
    spectrum = block.cross.view(len(block), -1, GRID.rings, 2).transpose(1, 2).contiguous()
    return torch.fft.irfft(torch.view_as_complex(spectrum), count).numpy() * count


def test_without_ctf_the_rings_are_those_of_the_masked_images(tmp_path):
    known = class_set(tmp_path, 6, 16, ctf=False)
    block = prepare(known.particles, np.array([4, 1]), 1, replace(BY, ctf=False))
    images = known.particles.images([4, 1]).astype(np.float64)
    outside = 1 - BY.mask
    images -= (images * outside).sum((1, 2), keepdims=True) / outside.sum()
    wanted = to_polar(images * BY.mask, GRID)
    np.testing.assert_allclose(_rings(block), wanted, atol=1e-9)
    np.testing.assert_allclose(block.power.numpy(), (wanted**2).mean(-1).T, rtol=1e-9)
    assert (block.group, block.half, list(block.rows)) == (0, 1, [4, 1])


def test_the_ctf_multiplies_and_its_square_is_kept(tmp_path):
    known = class_set(tmp_path, 4, 16)
    with_ctf, without = (prepare(known.particles, np.arange(4), 0, replace(BY, ctf=ctf)) for ctf in (True, False))
    ratio = _rings(with_ctf) / _rings(without)
    squared = torch.view_as_complex(with_ctf.transfer.view(4, -1, GRID.rings, 2).transpose(1, 2).contiguous())
    half = torch.fft.irfft(squared, GRID.angles // 2).numpy() * (GRID.angles // 2)
    np.testing.assert_allclose(ratio[..., : GRID.angles // 2] ** 2, half, atol=1e-6)
    fast = prepare(known.particles, np.arange(4), 0, replace(BY, exact=False))
    assert fast.cross.dtype == torch.float32
    assert fast.transfer.shape[1] < with_ctf.transfer.shape[1]


def test_the_origin_of_the_file_is_undone(tmp_path):
    known = class_set(tmp_path / "a", 3, 16)
    moved = np.stack([shift_image(image.astype(float), np.array([2.0, -1.0])) for image in known.particles.images()])
    pixel = known.particles.pixel_size_angstrom
    write_stack(tmp_path / "moved.mrcs", [moved.astype(np.float32)], pixel)
    origins = np.tile([-2.0, 1.0], (3, 1)) * pixel
    other = replace(known.particles, stacks=(str(tmp_path / "moved.mrcs"),), shift_angstrom=origins)
    first = prepare(known.particles, np.arange(3), 0, BY)
    second = prepare(other, np.arange(3), 0, BY)
    np.testing.assert_allclose(second.cross.numpy(), first.cross.numpy(), atol=1e-3)


def test_parts_are_of_one_half_and_hold_everyone_once(tmp_path):
    known = class_set(tmp_path, 11, 16)
    half = np.arange(11) % 2
    parts = list(observe(known.particles, half, 4))
    assert sorted(np.concatenate([rows for _, _, rows in parts])) == list(range(11))
    assert all(len(rows) <= 4 and (half[rows] == which).all() for _, which, rows in parts)


def test_a_constant_image_is_named():
    images = np.random.default_rng(0).normal(size=(3, 8, 8))
    check_images(images, np.arange(3))
    images[1] = 2
    with pytest.raises(InputError, match=r"particle 8.*constant"):
        check_images(images, np.array([3, 7, 9]))
