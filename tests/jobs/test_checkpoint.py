import errno

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays_of

from vitreous._errors import InputError
from vitreous.jobs.checkpoint import read_checkpoint, rng_from_state, rng_to_state, write_checkpoint

DTYPES = [bool, np.int32, np.int64, np.uint8, np.float32, np.float64, np.complex64, np.complex128]


@settings(max_examples=40, deadline=None)
@given(array=st.sampled_from(DTYPES).flatmap(lambda dtype: arrays_of.arrays(dtype, arrays_of.array_shapes(min_dims=0))))
def test_arrays_come_back_bit_for_bit(tmp_path_factory, array):
    path = tmp_path_factory.getbasetemp() / "any.safetensors"
    write_checkpoint(path, {"a": array, "transposed": array.T}, {})
    found = read_checkpoint(path)[0]
    assert found["a"].dtype == array.dtype
    assert found["a"].shape == array.shape
    assert found["a"].tobytes() == array.tobytes()
    assert found["transposed"].tobytes() == array.T.tobytes()
    assert found["a"].flags.writeable


def test_tensors_and_their_random_state_are_held(tmp_path):
    generator = torch.Generator().manual_seed(3)
    torch.randn(5, generator=generator)
    weights = torch.randn(2, 3, requires_grad=True)
    write_checkpoint(tmp_path / "c.safetensors", {"w": weights, "rng": generator.get_state()}, {"epoch": 2})
    found, state = read_checkpoint(tmp_path / "c.safetensors")
    assert state == {"epoch": 2}
    assert np.array_equal(found["w"], weights.detach().numpy())
    other = torch.Generator()
    other.set_state(torch.from_numpy(found["rng"]))
    assert torch.equal(torch.randn(4, generator=other), torch.randn(4, generator=generator))


def test_the_random_state_goes_through_the_file(tmp_path, rng):
    rng.random(7)
    rng.integers(0, 9, dtype=np.int32)  # leaves half a word in the generator
    write_checkpoint(tmp_path / "c.safetensors", {}, {"rng": rng_to_state(rng)})
    other = rng_from_state(read_checkpoint(tmp_path / "c.safetensors")[1]["rng"])
    assert np.array_equal(other.integers(0, 9, 50, dtype=np.int32), rng.integers(0, 9, 50, dtype=np.int32))
    assert np.array_equal(other.normal(size=50), rng.normal(size=50))


def test_another_kind_of_generator_is_refused():
    with pytest.raises(ValueError, match="MT19937"):
        rng_to_state(np.random.Generator(np.random.MT19937(0)))


def test_every_damaged_byte_and_every_cut_is_noticed(tmp_path):
    path = tmp_path / "c.safetensors"
    values = {"map": np.linspace(0, 1, 7), "spectrum": np.array([1 + 2j, 3])}
    write_checkpoint(path, values, {"step": 3})
    whole = path.read_bytes()
    expected = read_checkpoint(path)
    refused = 0
    for position in range(len(whole)):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        try:
            found = read_checkpoint(path)
        except InputError:
            refused += 1
        else:  # a byte that means nothing, such as one of the padding
            assert found[1] == expected[1]
            assert all(np.array_equal(found[0][name], expected[0][name]) for name in values)
    assert refused > len(whole) // 2
    for length in range(0, len(whole), 5):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError):
            read_checkpoint(path)


def test_another_safetensors_file_is_no_checkpoint(tmp_path):
    from safetensors.numpy import save_file

    save_file({"a": np.zeros(3)}, tmp_path / "other.safetensors")
    with pytest.raises(InputError, match="not a checkpoint"):
        read_checkpoint(tmp_path / "other.safetensors")


def test_a_failed_write_is_the_systems_error_and_leaves_the_former_state(tmp_path, monkeypatch):
    from safetensors import SafetensorError

    from vitreous.jobs import checkpoint

    path = tmp_path / "c.safetensors"
    write_checkpoint(path, {}, {"step": 1})

    def full(tensors, filename, metadata):
        filename.write_bytes(b"half")
        raise SafetensorError("Error while serializing: I/O error: No space left on device (os error 28)")

    monkeypatch.setattr(checkpoint, "save_file", full)
    with pytest.raises(OSError, match="No space left") as caught:
        write_checkpoint(path, {}, {"step": 2})
    assert caught.value.errno == errno.ENOSPC
    assert caught.value.filename == str(path)
    assert read_checkpoint(path)[1] == {"step": 1}
    assert [item.name for item in tmp_path.iterdir()] == ["c.safetensors"]
