"""The state of a long computation on disk: one safetensors file with arrays and JSON, never a pickle.

Arrays and state stand in one file, replaced as a whole, so that they cannot belong to different moments.
"""

import json
import re
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from vitreous._array import to_numpy
from vitreous._errors import InputError
from vitreous._typing import Array, NumpyArray
from vitreous._typing import Path as AnyPath
from vitreous.jobs.files import atomic_write

__all__ = ["read_checkpoint", "rng_from_state", "rng_to_state", "write_checkpoint"]

_FORMAT = "vitreous checkpoint 1"
_KEYS = ("format", "state", "complex", "checksum")
_ADVICE = "start anew with --overwrite"


def _as_stored(array: NumpyArray) -> NumpyArray:
    """An array as safetensors takes it: contiguous, little-endian, complex values as a last axis of two."""
    array = np.array(array, order="C", copy=None)
    array = array.astype(array.dtype.newbyteorder("<"), copy=False)
    return array[..., None].view(array.real.dtype) if np.iscomplexobj(array) else array


def _checksum(arrays: Mapping[str, NumpyArray], *texts: str) -> str:
    """A checksum of texts and of the names, dtypes, shapes and values of arrays."""
    total = zlib.crc32("\0".join(texts).encode())
    for name, array in sorted(arrays.items()):
        total = zlib.crc32(f"{name} {array.dtype} {array.shape}".encode(), total)
        total = zlib.crc32(np.atleast_1d(array).view(np.uint8).data, total)
    return f"{total:08x}"


def write_checkpoint(path: AnyPath, arrays: Mapping[str, Array], state: Mapping[str, Any]) -> None:
    """Write arrays and state as one file, whole or not at all.

    Parameters
    ----------
    path
        The file, ``*.safetensors``.
    arrays
        Arrays of any library and shape: real, complex, integer or boolean. PyTorch's random state is one
        (``generator.get_state()``).
    state
        What JSON holds: counters, options, and the random state of NumPy from ``rng_to_state``.

    Raises
    ------
    OSError
        If the disk is full or the folder cannot be written to.
    """
    given = {name: to_numpy(array) for name, array in arrays.items()}
    stored = {name: _as_stored(array) for name, array in given.items()}
    described = json.dumps(dict(state)), json.dumps([name for name, array in given.items() if np.iscomplexobj(array)])
    metadata = dict(zip(_KEYS, (_FORMAT, *described, _checksum(stored, *described)), strict=True))
    with atomic_write(path) as temporary:
        try:
            save_file(stored, temporary, metadata)
        except SafetensorError as error:
            # the library wraps the system's error in text: "... (os error 28)"
            number = re.search(r"os error (\d+)", str(error))
            if number is None:
                raise
            raise OSError(int(number[1]), str(error), str(path)) from error


def read_checkpoint(path: AnyPath) -> tuple[dict[str, NumpyArray], dict[str, Any]]:
    """Read what ``write_checkpoint`` wrote.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    arrays : dict
        NumPy arrays of the dtypes and shapes that were given, bit for bit.
    state : dict
        The state.

    Raises
    ------
    InputError
        If the file is not a checkpoint, or is damaged.
    """
    path = Path(path)
    try:
        with safe_open(path, framework="numpy") as file:
            metadata = file.metadata() or {}
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    except SafetensorError as error:
        raise InputError(f"the checkpoint is damaged ({error})", file=path, advice=_ADVICE) from error
    found, state, complex_names, checksum = (metadata.get(key, "") for key in _KEYS)
    if found != _FORMAT:
        raise InputError(f"not a checkpoint of this version: {found!r}, not {_FORMAT!r}", file=path, advice=_ADVICE)
    if _checksum(arrays, state, complex_names) != checksum:
        raise InputError("the checkpoint is damaged (its checksum differs)", file=path, advice=_ADVICE)
    for name in json.loads(complex_names):
        array = arrays[name]
        arrays[name] = array.view(np.result_type(array.dtype, np.complex64))[..., 0]
    return arrays, json.loads(state)


def rng_to_state(rng: np.random.Generator) -> dict[str, Any]:
    """The state of NumPy's default generator as JSON holds it.

    Raises
    ------
    ValueError
        If the generator is not one of ``numpy.random.default_rng``.
    """
    state = dict(rng.bit_generator.state)
    if state["bit_generator"] != "PCG64":
        raise ValueError(f"a checkpoint holds numpy.random.default_rng (PCG64), not {state['bit_generator']}")
    return state


def rng_from_state(state: Mapping[str, Any]) -> np.random.Generator:
    """The generator that ``rng_to_state`` described; its next number is the one that the other's would have been."""
    rng = np.random.default_rng(0)
    rng.bit_generator.state = dict(state)
    return rng
