"""Gradients against finite differences, along random directions (every entry by itself costs seconds a formula)."""

from collections.abc import Callable
from typing import Any

import torch


def gradients_agree(function: Callable[..., torch.Tensor], inputs: torch.Tensor | tuple[torch.Tensor, ...]) -> Any:
    """Whether PyTorch's gradients of a function in double precision are those of finite differences."""
    return torch.autograd.gradcheck(function, inputs, fast_mode=True)
