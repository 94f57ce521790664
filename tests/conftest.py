"""Shapes are checked on every test, and formulas run on every array library that is installed."""

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import array_api_strict
import numpy as np
import pytest
import torch
from jaxtyping import install_import_hook

_SOURCE = Path(__file__).parents[1] / "src" / "vitreous"
# kernels take what Numba takes; the study hands shapes to the engine, which checks them
_UNCHECKED = {"kernels", "study", "__pycache__", "__init__"}
_CHECKED = [f"vitreous.{path.stem}" for path in _SOURCE.iterdir() if path.stem not in _UNCHECKED]
install_import_hook(_CHECKED, "typecheck.check")

# jaxtyping reads the dtype's NumPy scalar type, which array-api-strict hides
array_api_strict.float32.__class__.type = property(lambda self: self._np_dtype.type)

torch.set_num_threads(2)


def _read_only(array: Any) -> np.ndarray:
    view = np.array(array)
    view.flags.writeable = False
    return view


def _jax(array: Any) -> Any:
    import jax

    jax.config.update("jax_enable_x64", True)
    return jax.numpy.asarray(array)


LIBRARIES: dict[str, Callable[[Any], Any]] = {
    "numpy": _read_only,
    "strict": lambda array: array_api_strict.asarray(np.asarray(array)),
    "torch": lambda array: torch.from_numpy(np.array(array)),
    "cuda": lambda array: torch.from_numpy(np.array(array)).cuda(),
    "jax": _jax,
}
_ABSENT = {
    "cuda": None if torch.cuda.is_available() else "no CUDA device",
    "jax": None if importlib.util.find_spec("jax") else "JAX is not installed: pip install jax",
}


@pytest.fixture(
    params=[
        pytest.param(name, marks=pytest.mark.skipif(_ABSENT.get(name) is not None, reason=str(_ABSENT.get(name))))
        for name in LIBRARIES
    ]
)
def library(request: pytest.FixtureRequest) -> Callable[[Any], Any]:
    """A function that turns a NumPy array into one of a library; NumPy's are read-only."""
    return LIBRARIES[request.param]


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20240607)


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Keep the figures of a long test beside the benchmarks, in ``benchmarks/results/``, under the test's name."""
    from benchmarks.harness import append

    return lambda **figures: append(request.node.name, figures)
