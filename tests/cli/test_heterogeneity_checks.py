"""The checks say that motion is real where it is, and that it is none where all particles are alike."""

import json

import numpy as np
import pytest

from differing import differing_set
from trained import trained
from vitreous.cli import main
from vitreous.cli.heterogeneity_checks import run_checks

WORDS = ("--method", "pca", "--epochs", "5", "--checks", "all")


def checked(folder):
    record = json.loads((folder / "run.json").read_text())
    return {name: record["figures"][f"check_{name}"] for name in ("null", "halves", "dimensions")}, record["warnings"]


def test_motion_that_is_there_is_found_real():
    found, warnings = checked(trained(*WORDS))
    assert found["null"]["share"] > 5 * found["null"]["null_share"]
    assert not [text for text in warnings if "null test" in text]
    halves = found["halves"]
    assert halves["held_out"][-1] > 1
    assert halves["likelihood"][-1] > halves["held_out"][-1]
    for state in halves["states"].values():
        assert min(state["fsc"][1:4]) > 0.9
    assert found["dimensions"]["latent"] == [1, 2]
    assert found["dimensions"]["held_out"][1] > found["dimensions"]["held_out"][0]
    assert callable(run_checks)


def test_motion_that_is_not_there_is_said_to_be_none(tmp_path):
    differing_set(tmp_path / "set", 240, 1.0, spread=0.0)
    words = ["heterogeneity", "train", tmp_path / "set" / "particles.star", "-o", tmp_path / "job", "--latent", 2]
    assert main([str(word) for word in (*words, *WORDS[:-1], "null", "--quiet", "--threads", 2)]) == 0
    record = json.loads((tmp_path / "job" / "run.json").read_text())
    null = record["figures"]["check_null"]
    assert null["share"] < 2 * null["null_share"]
    assert any("no motion is shown that noise does not make" in text for text in record["warnings"])
    assert "not more than noise makes" in (tmp_path / "job" / "report.html").read_text()
    assert not list((tmp_path / "job").glob(".null-*"))


@pytest.mark.parametrize("name", ["view", "defocus"])
def test_what_explains_the_null_latents_is_kept(name):
    found, _ = checked(trained(*WORDS))
    assert np.shape(found["null"]["null_confounds"][name]["share"]) == (2,)
