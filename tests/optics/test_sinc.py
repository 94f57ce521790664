import numpy as np
import torch

from vitreous._array import to_numpy
from vitreous.optics.sinc import sinc


def test_against_numpy(library):
    """numpy.sinc has the π inside; at 0, beside it and far away."""
    x = np.concatenate([[0.0, 1e-12, 9.99e-4, 1.01e-3], np.linspace(-30, 30, 101)])
    np.testing.assert_allclose(to_numpy(sinc(library(x))), np.sinc(x / np.pi), atol=1e-13)


def test_gradients():
    x = torch.tensor([0.0, 1e-4, 0.5, -4.0], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(sinc, (x,), eps=1e-5, atol=1e-9)
