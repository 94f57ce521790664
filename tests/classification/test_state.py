"""A state goes through a checkpoint bit for bit."""

import numpy as np
import pytest

from vitreous.classification.state import State
from vitreous.jobs import read_checkpoint, write_checkpoint


def some_state(rng):
    k, rings, angles, n = 2, 4, 8, 5
    return State(
        references=rng.normal(size=(k, rings, angles)).astype(np.float32),
        half_references=rng.normal(size=(2, k, rings, angles)).astype(np.float32),
        weights=np.array([0.25, 0.75]),
        noise_power=rng.uniform(1, 2, (1, rings)),
        prior_power=np.full((k, rings), np.inf),
        shift_sigma_px=np.asarray(1.5),
        iteration=np.asarray(3),
        band=np.asarray(2),
        classes=rng.integers(0, k, n),
        statistics={"mass": rng.normal(size=(k, 3))},
    )


def test_a_checkpoint_gives_the_state_back_bit_for_bit(rng, tmp_path):
    state = some_state(rng)
    write_checkpoint(tmp_path / "state.safetensors", state.arrays(), {})
    back = State.from_arrays(read_checkpoint(tmp_path / "state.safetensors")[0])
    assert set(back.arrays()) == set(state.arrays())
    for name, value in state.arrays().items():
        found = back.arrays()[name]
        assert found.dtype == value.dtype
        assert found.tobytes() == value.tobytes(), name


def test_a_state_that_lacks_something_is_refused(rng):
    arrays = some_state(rng).arrays()
    del arrays["weights"]
    with pytest.raises(ValueError, match="weights"):
        State.from_arrays(arrays)
