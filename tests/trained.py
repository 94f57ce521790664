"""A small set of particles that differ in two known ways, and trainings of it, made once for all tests."""

import tempfile
from functools import cache
from pathlib import Path

import numpy as np

from differing import differing_set
from vitreous.cli import main

COUNT = 240
_FOLDER = tempfile.TemporaryDirectory(prefix="vitreous-trained-")


@cache
def particle_file() -> Path:
    """The set on disk."""
    differing_set(Path(_FOLDER.name) / "set", COUNT, 1.0)
    return Path(_FOLDER.name) / "set" / "particles.star"


@cache
def truth() -> np.ndarray:
    """The coordinates (n, 2) of its particles, in units of no consequence."""
    return np.random.default_rng(1).normal(size=(COUNT, 2))


def trained(*words: str) -> Path:
    """The folder of a training with these words; of two dimensions by pca if there are none."""
    return _trained(words or ("--method", "pca", "--epochs", "6"))


@cache
def _trained(words: tuple[str, ...]) -> Path:
    folder = Path(_FOLDER.name) / f"job{abs(hash(words))}"
    given = ["heterogeneity", "train", str(particle_file()), "-o", str(folder), "--latent", "2", "--threads", "2"]
    assert main([*given, "--quiet", *words]) == 0
    return folder


@cache
def analysed() -> Path:
    """The folder of an analysis of `trained`, within it, with three clusters."""
    words = ["--clusters", "3", "--frames", "3", "--umap", "no", "--threads", "2", "--quiet"]
    assert main(["heterogeneity", "analyse", str(trained()), *words]) == 0
    return trained() / "analysis"
