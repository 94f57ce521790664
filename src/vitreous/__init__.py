"""Vitreous: single-particle cryo-electron microscopy with the lid off.

The contents page. Each sub-package is a stage of the microscope or the ground that all stages stand on, and is
imported on first use, so that ``import vitreous`` costs almost nothing.
"""

import importlib
from types import ModuleType

__version__ = "0.1.0"

_CONTENTS = (
    "detector",
    "fourier",
    "interpolation",
    "jobs",
    "optics",
    "particles",
    "projection",
    "rotations",
    "specimen",
)

__all__ = [
    "__version__",
    "detector",
    "fourier",
    "interpolation",
    "jobs",
    "optics",
    "particles",
    "projection",
    "rotations",
    "specimen",
]


def __getattr__(name: str) -> ModuleType:
    if name in _CONTENTS:
        return importlib.import_module(f"vitreous.{name}")
    raise AttributeError(f"module 'vitreous' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
