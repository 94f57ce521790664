"""``fsc.csv``: correlation curves as a table, one row a shell."""

import csv
from pathlib import Path as FilePath

import numpy as np
from jaxtyping import Float

from vitreous._errors import InputError
from vitreous._typing import NumpyArray, Path
from vitreous.reconstruction.model import ModelAgreement
from vitreous.reconstruction.resolution import Resolution

__all__ = ["read_fsc", "write_fsc"]

_FREQUENCY = "frequency_per_angstrom"
_BEST_FIRST = ("fsc_corrected", "fsc_unmasked", "fsc")


def write_fsc(path: Path, found: Resolution | ModelAgreement) -> None:
    """Write the curves as comma-separated values with a header.

    Parameters
    ----------
    path
        The file; one that exists is replaced.
    found
        Of half maps: columns ``fsc_unmasked`` and, with a mask, ``fsc_masked``, ``fsc_randomised``, ``fsc_corrected``.
        Of a map and a model: ``fsc``.
    """
    of_halves = ["fsc_unmasked", "fsc_masked", "fsc_randomised", "fsc_corrected"]
    names = of_halves if isinstance(found, Resolution) else ["fsc"]
    columns = {_FREQUENCY: found.frequencies_per_angstrom}
    columns |= {name: curve for name in names if (curve := getattr(found, name)) is not None}
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows([f"{value:.7g}" for value in row] for row in zip(*columns.values(), strict=True))


def read_fsc(path: Path) -> tuple[Float[NumpyArray, " shell"], Float[NumpyArray, " shell"]]:
    """The frequencies and the best curve of a table: the corrected one, or the unmasked where there was no mask.

    Parameters
    ----------
    path
        As `write_fsc` wrote it.

    Returns
    -------
    frequencies_per_angstrom, correlation
        (shells,) each; 1/Å.

    Raises
    ------
    InputError
        If it is no such table.
    """
    advice = "give an fsc.csv as vitreous fsc or vitreous reconstruct write it"
    try:
        lines = FilePath(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", file=path, advice=advice) from error
    rows = list(csv.reader(lines))
    header = rows[0] if rows else []
    name = next((name for name in _BEST_FIRST if name in header), None)
    if name is None or _FREQUENCY not in header:
        raise InputError(f"no columns {_FREQUENCY} and {_BEST_FIRST[0]}", file=path, place="line 1", advice=advice)
    places = [header.index(_FREQUENCY), header.index(name)]
    values = []
    for number, row in enumerate(rows[1:], 2):
        try:
            values.append([float(row[place]) for place in places])
        except (ValueError, IndexError) as error:
            raise InputError("not a row of numbers", file=path, place=f"line {number}", advice=advice) from error
    table = np.array(values).reshape(-1, 2)
    if len(table) < 2 or not np.isfinite(table).all():
        raise InputError(f"{len(table)} rows of finite numbers are no curve", file=path, advice=advice)
    return table[:, 0], table[:, 1]
