"""Files that would run code, or eat the machine, in a reader that trusts them."""

import gzip
import io
import os
import pickle
import struct
import zipfile
from pathlib import Path

import numpy as np


class _Evil:
    """An object whose unpickling makes a file."""

    def __init__(self, canary: Path):
        self.canary = canary

    def __reduce__(self):
        return os.mkdir, (str(self.canary),)


def _text(value: str) -> bytes:
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def pickles(canary: Path) -> dict[str, bytes]:
    """Pickles by name; unpickled by Python, the first dozen would make the canary."""
    path, array = str(canary), np.zeros((20, 9), np.float32)
    call = _text(path) + b"\x85R."
    named = b"cos\nmkdir\n"
    nested = pickle.dumps([array, (array, {"a": _Evil(canary)})], 4)
    whole = pickle.dumps(array, 4)
    laughs = b"]q\x00" + b"".join(b"]q%c(h%ch%ch%ch%ch%ce" % (i, *[i - 1] * 5) for i in range(1, 100)) + b"."
    return {
        **{f"reduce {protocol}": pickle.dumps(_Evil(canary), protocol) for protocol in range(6)},
        "reduce in an object array": pickle.dumps(np.array([_Evil(canary)], object), 4),
        "reduce among arrays": nested,
        "global": named + call,
        "stack global": b"\x80\x04" + _text("os") + _text("mkdir") + b"\x93" + call,
        "eval": b"cbuiltins\neval\n" + _text(f"__import__('os').mkdir({path!r})") + b"\x85R.",
        "inst": b"(" + _text(path) + b"ios\nmkdir\n.",
        "obj": b"(" + named + _text(path) + b"o.",
        "newobj": named + _text(path) + b"\x85\x81.",
        "newobj_ex": b"\x80\x04" + named + _text(path) + b"\x85}\x92.",
        "build": b"cnumpy\nndarray\n" + _text(path) + b"b.",
        "build on a name": b"cos\nenviron\n}" + _text("x") + _text("y") + b"sb.",
        "numpy's own runner": b"cnumpy.testing._private.utils\nrunstring\n" + _text("import os") + b"}\x86R.",
        "numpy.load": b"cnumpy\nload\n" + call,
        "dotted name": b"\x80\x04" + _text("numpy") + _text("os.mkdir") + b"\x93" + call,
        "extension": b"\x80\x02\x82\x01.",
        "wide extensions": b"\x80\x02\x83\x01\x00\x84\x01\x00\x00\x00.",
        "persistent id": b"Pmalice\n.",
        "binary persistent id": _text("malice") + b"Q.",
        "object dtype": b"cnumpy\ndtype\n" + _text("O8") + b"K\x00K\x01\x87R.",
        "code behind the end": whole + named + call,
        "marks": b"(" * 3_000 + b".",
        "nested tuples": b")" + b"\x85" * 3_000 + b".",
        "nested lists": b"]" * 3_000 + b"a" * 2_999 + b".",
        "a list in itself": b"]q\x00h\x00a.",
        "lists that double": laughs,
        "endless tuples": b")" + b"\x86".join([b"2"] * 200) + b".",
        "bytes of 2^62": b"\x80\x04\x8e" + struct.pack("<Q", 2**62) + b"x.",
        "text of 2^31": b"X\xff\xff\xff\x7fx.",
        "integer of 2^31 bytes": b"\x80\x02\x8b\xff\xff\xff\x7f\x01.",
        "integer of a million digits": b"I" + b"9" * 1_000_000 + b"\n.",
        "frame of 2^63": b"\x80\x04\x95" + struct.pack("<Q", 2**63) + b".",
        "memo of 2^32": b"Nr\xff\xff\xff\xff.",
        "array of 10^12": whole.replace(b"K\x14K\x09\x86", b"\x8a\x06" + (10**12).to_bytes(6, "little") + b"K\x09\x86"),
        "a zip": _zip_bomb(),
        "gzip": gzip.compress(whole),
    }


def _zip_bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("particles.npy", bytes(100_000_000))
    return buffer.getvalue()


def _npy(header: bytes, body: bytes = b"", version: int = 1) -> bytes:
    length = len(header).to_bytes(2 if version == 1 else 4, "little")
    return b"\x93NUMPY" + bytes([version, 0]) + length + header + body


def tables(canary: Path) -> dict[str, bytes]:
    """NumPy tables under the name of .cs files."""
    evil = io.BytesIO()
    np.save(evil, np.array([_Evil(canary)] * 3, object), allow_pickle=True)
    plain = b"{'descr': [('uid', '<u8')], 'fortran_order': False, 'shape': (%b)}"
    archive = io.BytesIO()
    np.savez_compressed(archive, uid=np.zeros(1_000_000))
    return {
        "object array": evil.getvalue(),
        "pickle": pickle.dumps(_Evil(canary)),
        "code in the header": _npy(f"__import__('os').mkdir({str(canary)!r})".encode()),
        "10^12 rows": _npy(plain % b"1000000000000,", bytes(160)),
        "10^12 rows of nothing": _npy(b"{'descr': [('uid', 'S0')], 'fortran_order': False, 'shape': (1000000000000,)}"),
        "10^12 rows of void": _npy(b"{'descr': '|V0', 'fortran_order': False, 'shape': (1000000000000,)}"),
        "a field of 10^9": _npy(plain.replace(b"'<u8'", b"'<u8', (1000000000,)") % b"20,", bytes(160)),
        "empty shape axes": _npy(plain.replace(b"'<u8'", b"'<u8', (0,)") % b"1000000000000,"),
        "product that overflows": _npy(plain % b"4294967296, 4294967296", bytes(160)),
        "header of 4 GB": b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + bytes(100),
        "nested header": _npy(b"(" * 50_000),
        "nested descr": _npy(b"{'descr': " + b"[" * 5000 + b"]" * 5000 + b", 'fortran_order': False, 'shape': (1,)}"),
        "long number": _npy(plain % (b"9" * 50_000 + b",")),
        "power in the header": _npy(plain % b"9**9**9,"),
        "npz": archive.getvalue(),
        "zip bomb": _zip_bomb(),
        "unicode header": _npy(plain.replace(b"uid", "uíd\u2028".encode()) % b"0,", version=3),
    }


def _mrc(n: int, rows: int, columns: int, mode: int = 2, extended: int = 0) -> bytes:
    header = bytearray(1024)
    header[:16] = struct.pack("<4i", columns, rows, n, mode)
    header[92:96] = struct.pack("<i", extended)
    header[208:216] = b"MAP \x44\x44\x00\x00"
    return bytes(header) + bytes(4096)


def stacks(canary: Path) -> dict[str, bytes]:
    """MRC files whose headers claim what the file does not hold."""
    return {
        "2^31 images": _mrc(2**31 - 1, 16, 16),
        "10^12 pixels": _mrc(1, 10**6, 10**6),
        "sizes that overflow": _mrc(2**16, 2**24 - 1, 2**24 - 1),
        "extended header of 2 GB": _mrc(4, 16, 16, extended=2**31 - 1),
        "negative extended header": _mrc(4, 16, 16, extended=-1024),
        "nothing": _mrc(0, 0, 0),
        "negative": _mrc(-4, 16, 16),
        "complex": _mrc(1, 16, 16, mode=4),
        "mode 10^9": _mrc(1, 16, 16, mode=10**9),
        "gzip": gzip.compress(_mrc(4, 16, 16)),
        "a pickle": pickle.dumps(_Evil(canary)),
        "empty": b"",
    }


def stars(canary: Path) -> dict[str, bytes]:
    """STAR files that a trusting reader stumbles over."""
    row = b"data_\nloop_\n_rlnImageName\n_rlnDefocusU\n_rlnDefocusV\n_rlnDefocusAngle\n"
    return {
        "empty": b"",
        "no rows": row,
        "a line of 2 MB": row + b"1@a.mrcs " + b"1" * 2_000_000 + b" 2 3\n",
        "a field of 1 MB among 3,000": row + b"1@a.mrcs 1 2 3\n" * 3000 + b"1@" + b"a" * 1_000_000 + b" 1 2 3\n",
        "a quote of 2 MB": row + b"'1@" + b"a " * 1_000_000 + b"\n",
        "500 labels": b"data_\nloop_\n_rlnImageName\n" + b"".join(b"_l%d\n" % i for i in range(500)) + b"1@a\n",
        "slice 10^17": row + b"100000000000000000@a.mrcs 1 2 3\n",
        "slice 10^30": row + b"%d@a.mrcs 1 2 3\n" % 10**30,
        "slice 0": row + b"0@a.mrcs 1 2 3\n",
        "a path with a null": row + b"1@a\0b.mrcs 1 2 3\n",
        "a path that is a device": row + b"1@/dev/zero 1 2 3\n",
        "a path that is a folder": row + b"1@/ 1 2 3\n",
        "a path of 100,000": row + b"1@" + b"a" * 100_000 + b" 1 2 3\n",
        "an optics group of 10^18": b"data_optics\nloop_\n_rlnOpticsGroup\n1\n\n"
        + row.replace(b"_rlnDefocusU", b"_rlnOpticsGroup")
        + b"1@a.mrcs 1000000000000000000 2 3\n",
        "a box of 10^18": row.replace(b"_rlnDefocusU", b"_rlnImageSize") + b"1@a.mrcs 1000000000000000000 2 3\n",
        "UTF-16": (row + b"1@a 1 2 3\n").decode().encode("utf-16"),
        "gzip": gzip.compress(row),
        "a pickle": pickle.dumps(_Evil(canary)),
        "500 blocks": b"".join(b"data_%d\n_a 1\n" % i for i in range(500)) + row + b"1@a 1 2 3\n",
    }
