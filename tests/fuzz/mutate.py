"""Seeded damage to files: bytes cut, flipped and inserted, fields dropped, counts and headers that lie."""

import re
from collections.abc import Callable

import numpy as np

Mutation = Callable[[bytes, np.random.Generator], bytes]

_NUMBERS = [b"nan", b"inf", b"-1", b"0", b"1e400", b"-1e-400", b"999999999999999999999", b"0x10", b"1_0", b"1.2.3", b""]
_WORDS = [b"loop_", b"data_", b"_", b"#", b"'", b'"', b";", b"\0", b"\xff\xfe", b"\xc2\xa0", b"\r", b"\n", b"\t", b"@"]
_INTEGERS = [0, -1, 1, 2, 3, 4, 65536, 10**9, 2**31 - 1, -(2**31)]


def _cut(data: bytes, rng: np.random.Generator) -> bytes:
    return data[: rng.integers(len(data))]


def _remove(data: bytes, rng: np.random.Generator) -> bytes:
    start = int(rng.integers(len(data)))
    return data[:start] + data[start + int(rng.integers(1, 200)) :]


def _flip(data: bytes, rng: np.random.Generator) -> bytes:
    changed = bytearray(data)
    for place in rng.integers(len(data), size=rng.integers(1, 6)):
        changed[place] ^= 1 << int(rng.integers(8))
    return bytes(changed)


def _flip_early(data: bytes, rng: np.random.Generator) -> bytes:
    """Flip bits where headers are."""
    head = min(len(data), 400)
    return _flip(data[:head], rng) + data[head:]


def _insert(data: bytes, rng: np.random.Generator) -> bytes:
    place = int(rng.integers(len(data)))
    return data[:place] + rng.bytes(int(rng.integers(1, 20))) + data[place:]


def _repeat(data: bytes, rng: np.random.Generator) -> bytes:
    start, length = int(rng.integers(len(data))), int(rng.integers(1, 300))
    return data[: start + length] + data[start : start + length] + data[start + length :]


def _token(data: bytes, rng: np.random.Generator, replace: Callable[[bytes], bytes]) -> bytes:
    tokens = list(re.finditer(rb"[^\s]+", data))
    if not tokens:
        return data
    chosen = tokens[int(rng.integers(len(tokens)))]
    return data[: chosen.start()] + replace(chosen[0]) + data[chosen.end() :]


def _drop_field(data: bytes, rng: np.random.Generator) -> bytes:
    return _token(data, rng, lambda token: b"")


def _odd_number(data: bytes, rng: np.random.Generator) -> bytes:
    return _token(data, rng, lambda token: _NUMBERS[int(rng.integers(len(_NUMBERS)))])


def _odd_word(data: bytes, rng: np.random.Generator) -> bytes:
    word = _WORDS[int(rng.integers(len(_WORDS)))]
    return _token(data, rng, lambda token: token[:1] + word + token[1:] if rng.random() < 0.5 else word)


def _drop_line(data: bytes, rng: np.random.Generator) -> bytes:
    lines = data.split(b"\n")
    del lines[int(rng.integers(len(lines)))]
    return b"\n".join(lines)


def _swap_lines(data: bytes, rng: np.random.Generator) -> bytes:
    lines = data.split(b"\n")
    i, j = rng.integers(len(lines), size=2)
    lines[i], lines[j] = lines[j], lines[i]
    return b"\n".join(lines)


def _mrc_field(data: bytes, rng: np.random.Generator) -> bytes:
    """Set one of the header's first 56 words, or the machine stamp, to an extreme."""
    word = 53 if rng.random() < 0.1 else int(rng.integers(56))
    value = int(_INTEGERS[int(rng.integers(len(_INTEGERS)))])
    if 10 <= word < 16 and rng.random() < 0.5:
        raw = np.float32(rng.choice([np.nan, np.inf, -1.0, 0.0, 1e-38, 1e38])).tobytes()
    else:
        raw = np.int32(value).tobytes()
    return data[: 4 * word] + raw + data[4 * word + 4 :]


def _mrc_size(data: bytes, rng: np.random.Generator) -> bytes:
    """Set one of the sizes, which a reader is most tempted to believe."""
    word = int(rng.integers(3))
    return data[: 4 * word] + np.int32(_INTEGERS[int(rng.integers(len(_INTEGERS)))]).tobytes() + data[4 * word + 4 :]


def _npy_header(data: bytes, rng: np.random.Generator) -> bytes:
    """Change the header of a NumPy table, its length kept."""
    end = 10 + int.from_bytes(data[8:10], "little")
    header = data[10:end]
    old, new = [
        (rb"\(20,\)", b"(10**12,)"),
        (rb"\(20,\)", b"(1000000000000,)"),
        (rb"\(20,\)", b"(21,)"),
        (rb"\(20,\)", b"(-20,)"),
        (rb"\(20,\)", b"(4,5)"),
        (rb"\(20,\)", b"()"),
        (rb"\(20,\)", b"(True,)"),
        (rb"'<f4'", b"'|O'"),
        (rb"'<f4'", b"'<M8[s]'"),
        (rb"'<f4'", b"'<f4', (1000000000,)"),
        (rb"'<u4'", b"'>u4'"),
        (rb"'blob/path'", b"'blob/idx'"),
        (rb"False", b"__import__('os').system('true')"),
        (rb"False", b"True"),
        (rb"'shape'", b"'shapes'"),
        (rb"\[", b"[" * 300),
    ][int(rng.integers(16))]
    places = list(re.finditer(old, header))
    if not places:
        return _flip_early(data, rng)
    chosen = places[int(rng.integers(len(places)))]
    header = (header[: chosen.start()] + new + header[chosen.end() :]).rstrip() + b"\n"
    return data[:8] + len(header).to_bytes(2, "little") + header + data[end:]


def _npy_length(data: bytes, rng: np.random.Generator) -> bytes:
    """A header of another length or version than it has."""
    version = [b"\x01\x00", b"\x02\x00", b"\x03\x00", b"\x09\x00"][int(rng.integers(4))]
    return data[:6] + version + rng.bytes(2) + data[10:]


_ANY = [_cut, _remove, _flip, _flip_early, _insert, _repeat]
_TEXT = [_drop_field, _odd_number, _odd_word, _drop_line, _swap_lines]
MUTATIONS: dict[str, list[Mutation]] = {
    "star": [*_ANY, *_TEXT, *_TEXT],
    "cs": [*_ANY, _npy_header, _npy_header, _npy_header, _npy_length],
    "mrc": [*_ANY, _mrc_field, _mrc_field, _mrc_size],
    "pkl": [*_ANY, _flip_early],
}


def mutated(kind: str, data: bytes, rng: np.random.Generator) -> bytes:
    """A file with one to three kinds of damage."""
    for _ in range(int(rng.integers(1, 4))):
        if data:
            data = MUTATIONS[kind][int(rng.integers(len(MUTATIONS[kind])))](data, rng)
    return data
