"""Independent readings of damaged files, against which those of the engine are held.

Each takes a file that ``vitreous info`` accepted and what it said, and raises AssertionError where the file says
otherwise. They share nothing with the engine: a line-by-line STAR reader, NumPy, mrcfile and Python's own pickle.
"""

import math
import pickle
import re
import warnings
from pathlib import Path
from typing import Any

import mrcfile
import numpy as np

_FIELD = re.compile(r"'(?:[^'\n]|'(?=[^\s]))*'(?=\s|$)|\"(?:[^\"\n]|\"(?=[^\s]))*\"(?=\s|$)|[^ \t\r\f\v]+")


def _fields(line: str) -> list[str]:
    found = []
    for field in _FIELD.findall(line):
        if field.startswith("#"):
            break
        quoted = len(field) > 1 and field[0] in "'\"" and field[-1] == field[0]
        found.append(field[1:-1] if quoted else field)
    return found


def star_tables(text: str) -> dict[str, tuple[list[str], list[list[str]]]]:
    """Labels and rows of each block, for files in the shape that programs write."""
    tables: dict[str, tuple[list[str], list[list[str]]]] = {}
    labels: list[str] = []
    rows: list[list[str]] = []
    in_loop = False
    for line in text.split("\n"):
        fields = _fields(line)
        if not fields:
            continue
        if len(fields) == 1 and fields[0].lower().startswith("data_"):
            labels, rows, in_loop = [], [], False
            tables[fields[0][5:]] = labels, rows
        elif len(fields) == 1 and fields[0].lower() == "loop_":
            in_loop = True
        elif fields[0].startswith("_") and not rows and in_loop:
            labels.append(fields[0][1:])
        elif in_loop:
            rows.append(fields)
        else:
            labels.append(fields[0][1:])
            rows[:] = [[*(rows[0] if rows else []), fields[1]]]
    return tables


def _same_range(stated: list[float] | None, *columns: Any) -> None:
    values = np.concatenate([np.asarray(column, dtype=np.float64).ravel() for column in columns] or [np.empty(0)])
    values = values[np.isfinite(values)]
    if not values.size:
        assert stated is None
        return
    assert stated is not None
    np.testing.assert_allclose(stated, [values.min(), values.max()], rtol=1e-12)


def check_star(path: Path, found: dict[str, Any]) -> None:
    # what is not UTF-8 may stand in comments
    tables = star_tables(path.read_bytes().decode(errors="surrogateescape").removeprefix("\ufeff"))
    if found["kind"] == "tables":
        stated = {table["name"]: (table["columns"], table["n_rows"]) for table in found["tables"]}
        assert stated == {name: (labels, len(rows)) for name, (labels, rows) in tables.items()}
        return
    assert found["kind"] == "particles"
    named = [name for name in ("particles", "images", "", *tables) if name in tables]
    labels, rows = next(tables[name] for name in named if "rlnImageName" in tables[name][0])
    assert found["n_particles"] == len(rows)
    assert all(len(row) == len(labels) for row in rows)

    def column(label: str) -> list[str]:
        return [row[labels.index(label)] for row in rows] if label in labels else []

    assert found["n_stacks"] == len({name.split("@", 1)[-1] for name in column("rlnImageName")})
    if "rlnMicrographName" in labels:
        assert found["n_micrographs"] == len(set(column("rlnMicrographName")))
    _same_range(
        found["defocus_angstrom_range"],
        [float(value) for value in column("rlnDefocusU")],
        [float(value) for value in column("rlnDefocusV")],
    )
    if "rlnRandomSubset" in labels:
        halves = [str(round(float(value))) for value in column("rlnRandomSubset")]
        assert found["half_sets"] == {half: halves.count(half) for half in sorted(set(halves))}
    if "optics" in tables:
        assert len(found["optics_groups"]) == len(tables["optics"][1])
    angles = {"rlnAngleRot", "rlnAngleTilt", "rlnAnglePsi"}
    assert found["has_poses"] == (angles <= set(labels))


def check_cs(path: Path, found: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = np.load(path, allow_pickle=False)
    names = table.dtype.names or ()
    assert found["n_particles"] == len(table)
    _same_range(found["defocus_angstrom_range"], *(table[n] for n in ("ctf/df1_A", "ctf/df2_A") if n in names))
    if "blob/path" in names and len(table):
        assert found["n_stacks"] == len(np.unique(table["blob/path"]))
    assert sum(group["n_particles"] for group in found["optics_groups"]) == len(table)
    if "blob/psize_A" in names and len(table):
        sizes = sorted({group["pixel_size_angstrom"] for group in found["optics_groups"]})
        np.testing.assert_allclose(sizes, np.unique(table["blob/psize_A"]), rtol=1e-5)
    assert found["has_poses"] == ("alignments3D/pose" in names)


def check_mrc(path: Path, found: dict[str, Any]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        file = mrcfile.open(path, permissive=True)
    with file:
        if file.data is None:  # what mrcfile gives up on: stamps and signatures that only matter to it
            return
        data = np.asarray(file.data).reshape(-1, *file.data.shape[-2:])
        voxel = float(file.header.cella.x) / float(file.header.mx or math.nan)
    if data.shape != tuple(found["shape"]):
        # mrcfile believes the machine stamp where it contradicts the sizes
        assert data.byteswap().shape != data.shape or path.stat().st_size < data.nbytes + 1024
        return
    assert data.dtype.name == found["dtype"]
    with np.errstate(all="ignore"):
        values = data.astype(np.float64)
    finite = values[np.isfinite(values)]
    if finite.size:
        assert (found["pixels"]["minimum"], found["pixels"]["maximum"]) == (finite.min(), finite.max())
    bad = [place for place, image in enumerate(values, 1) if not np.isfinite(image).all()]
    assert found["pixels"]["not_finite"] == bad
    if math.isfinite(voxel) and voxel > 0:
        assert math.isclose(found["pixel_size_angstrom"], voxel, rel_tol=1e-6)
    else:
        assert found["pixel_size_angstrom"] is None


class _ArraysOnly(pickle.Unpickler):
    """Python's unpickler with NumPy's makers of arrays and nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        allowed = {"_reconstruct", "scalar", "_frombuffer", "ndarray", "dtype", "encode"}
        if module.split(".")[0] in {"numpy", "_codecs"} and name in allowed:
            return super().find_class(module, name)
        if (module, name) == ("__builtin__", "bytes"):
            return bytes
        raise pickle.UnpicklingError(f"{module}.{name}")


def check_pkl(path: Path, found: dict[str, Any]) -> None:
    with path.open("rb") as file:
        try:
            loaded = _ArraysOnly(file).load()
        except (pickle.UnpicklingError, ValueError, TypeError, MemoryError, Warning):
            # Python minds frames, protocol numbers and memo places that say nothing of the content
            return
    if found["kind"] == "ctf":
        assert found["n_particles"] == len(loaded)
        _same_range(found["defocus_angstrom_range"], loaded[:, 2:4])
        return
    assert found["kind"] == "poses"
    rotations = loaded if isinstance(loaded, np.ndarray) else loaded[0]
    assert found["n_particles"] == len(rotations)
    assert found["has_shifts"] == (not isinstance(loaded, np.ndarray) and len(loaded) == 2)


CHECKS = {"star": check_star, "cs": check_cs, "mrc": check_mrc, "pkl": check_pkl}
