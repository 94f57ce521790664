"""Optics groups in RELION's files: a table of their own since 3.1, columns that repeat on every row before."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Int64

from vitreous._errors import InputError
from vitreous._typing import NumpyArray, Path
from vitreous.particles.optics_group import OpticsGroup
from vitreous.particles.relion_columns import place_in, read_integers, read_numbers, read_texts, read_vectors, to_column
from vitreous.particles.star import StarTable

__all__ = ["groups_from_rows", "groups_from_table", "optics_table", "rows_from_groups"]

_NUMBERS = {
    "voltage_kv": "rlnVoltage",
    "spherical_aberration_mm": "rlnSphericalAberration",
    "amplitude_contrast": "rlnAmplitudeContrast",
}
_PIXEL_SIZES = ("rlnImagePixelSize", "rlnPixelSize")
_MAGNIFICATION, _DETECTOR_PIXEL = "rlnMagnification", "rlnDetectorPixelSize"
_TILT = ("rlnBeamTiltX", "rlnBeamTiltY")
_MATRIX = ("rlnMagMat00", "rlnMagMat01", "rlnMagMat10", "rlnMagMat11")
_ODD, _EVEN = "rlnOddZernike", "rlnEvenZernike"
_DIMENSIONS = "rlnImageDimensionality"
_NUMBER, _NAME, _BOX = "rlnOpticsGroup", "rlnOpticsGroupName", "rlnImageSize"
_UNIT_MAGNIFICATION = 10000.0
"""The magnification at which a detector pixel in µm has the number of the pixel size in Å."""


def _positive(table: StarTable, label: str, file: Path) -> NumpyArray:
    values = read_numbers(table, label, file)
    bad = np.flatnonzero(~(values > 0))
    if len(bad):
        raise InputError(
            f"the value is {values[bad[0]]:g}, expected a positive number",
            file=file,
            place=place_in(table, label, int(bad[0])),
            advice="correct the value",
        )
    return values


_READERS: dict[str, Callable[[StarTable, str, Path], Any]] = {
    **dict.fromkeys([*_NUMBERS.values(), *_PIXEL_SIZES, *_TILT, *_MATRIX, _DETECTOR_PIXEL], read_numbers),
    **dict.fromkeys([_NUMBER, _BOX], read_integers),
    **dict.fromkeys([_ODD, _EVEN], read_vectors),
    _MAGNIFICATION: _positive,
    _NAME: read_texts,
}
"""The columns that make up an optics group, wherever they stand, and how each is read."""


def groups_from_table(table: StarTable, file: Path) -> dict[int, OpticsGroup]:
    """The optics groups of a table with one group a row.

    Parameters
    ----------
    table
        The optics table. A column that is absent, or a value that is NaN, is not known: None in the group.
    file
        The file's name, for errors.

    Returns
    -------
    groups
        By RELION's number of the group, in the order of the table.

    Raises
    ------
    InputError
        If a value is not what its column holds, or a number is absent or stands twice.
    """
    numbers = read_integers(table, _NUMBER, file).tolist()
    for row, number in enumerate(numbers):
        if number in numbers[:row]:
            raise InputError(
                f"optics group {number} stands twice",
                file=file,
                place=place_in(table, _NUMBER, row),
                advice="number each group once",
            )
    values = {
        label: _READERS[label](table, label, file) if label in _READERS else column
        for label, column in table.columns.items()
    }
    return {number: _group(values, row, number) for row, number in enumerate(numbers)}


def groups_from_rows(table: StarTable, file: Path) -> tuple[tuple[OpticsGroup, ...], Int64[np.ndarray, " n"], set[str]]:
    """The optics groups of a particle table that repeats them on every row: its distinct combinations.

    Parameters
    ----------
    table
        The particle table.
    file
        The file's name, for errors.

    Returns
    -------
    groups
        In the order in which they first occur.
    index
        (n,) the particle's group.
    labels
        The columns that went into the groups.

    Raises
    ------
    InputError
        If a value is not what its column holds.
    """
    values = {label: _READERS[label](table, label, file) for label in table.columns if label in _READERS}
    codes = np.zeros(len(table), dtype=np.int64)
    for label in values:
        column = table.columns[label]
        if len(column) and not (column == column[0]).all():
            _, code = np.unique(column, return_inverse=True)
            _, codes = np.unique(codes * (code.max() + 1) + code, return_inverse=True)
    _, first, index = np.unique(codes, return_index=True, return_inverse=True)
    order = np.argsort(first)
    numbers = values.pop(_NUMBER, None)
    groups = tuple(
        _group(values, row, i if numbers is None else int(numbers[row]))
        for i, row in enumerate(first[order].tolist(), 1)
    )
    return groups, np.argsort(order)[index], set(values) | ({_NUMBER} & table.columns.keys())


def _group(values: Mapping[str, Any], row: int, number: int) -> OpticsGroup:
    """The group of one row of checked columns."""
    left = {
        label: column[row].item() if hasattr(column[row], "item") else column[row] for label, column in values.items()
    }
    left.pop(_NUMBER, None)

    def known(label: str) -> Any:
        value = left.pop(label, None)
        return None if value is None or math.isnan(value) else value

    pixel_size = next((known(label) for label in _PIXEL_SIZES if label in left), None)
    if pixel_size is None and {_MAGNIFICATION, _DETECTOR_PIXEL} <= left.keys():
        # the magnification stays, the detector's pixel follows from it
        pixel_size = left.pop(_DETECTOR_PIXEL) / (left[_MAGNIFICATION] / _UNIT_MAGNIFICATION)
    matrix = [left.pop(label, default) for label, default in zip(_MATRIX, (1.0, 0.0, 0.0, 1.0), strict=True)]
    return OpticsGroup(
        name=left.pop(_NAME, f"opticsGroup{number}"),
        **{name: known(label) for name, label in _NUMBERS.items()},
        pixel_size_angstrom=pixel_size,
        box=left.pop(_BOX, None),
        beam_tilt_mrad=(left.pop(_TILT[0], 0.0), left.pop(_TILT[1], 0.0)),
        odd_zernike=left.pop(_ODD, ()),
        even_zernike=left.pop(_EVEN, ()),
        magnification_matrix=((matrix[0], matrix[1]), (matrix[2], matrix[3])),
        extra=left,
    )


def optics_table(groups: Sequence[OpticsGroup]) -> tuple[StarTable, list[str]]:
    """The optics table of RELION 3.1 and later.

    Parameters
    ----------
    groups
        The optics groups; they are numbered from 1 in their order.

    Returns
    -------
    table
        The table ``data_optics``. What only some groups know is NaN in the others.
    lacking
        What the table cannot hold.
    """
    columns: dict[str, NumpyArray] = {
        _NUMBER: np.arange(1, len(groups) + 1),
        _NAME: np.array([group.name for group in groups], dtype=np.dtypes.StringDType()),
    }
    shared, lacking = _shared_columns(groups)
    columns |= shared
    if (sizes := _known([group.pixel_size_angstrom for group in groups])) is not None:
        columns[_PIXEL_SIZES[0]] = sizes
    for label, vectors in ((_ODD, [g.odd_zernike for g in groups]), (_EVEN, [g.even_zernike for g in groups])):
        if any(vectors):
            texts = [f"[{','.join(map(repr, vector))}]" for vector in vectors]
            columns[label] = np.array(texts, dtype=np.dtypes.StringDType())
    if any(group.magnification_matrix != ((1, 0), (0, 1)) for group in groups):
        matrices = np.array([group.magnification_matrix for group in groups], dtype=np.float64).reshape(-1, 4)
        columns |= dict(zip(_MATRIX, matrices.T, strict=True))
    for label in dict.fromkeys(label for group in groups for label in group.extra):
        values = [group.extra[label] for group in groups if label in group.extra]
        column = to_column(np.asarray(values)) if len(values) == len(groups) else None
        if column is None or label in columns:
            lacking.append(f"{label} of the optics groups")
        else:
            columns[label] = column
    columns.setdefault(_DIMENSIONS, np.full(len(groups), 2))
    return StarTable("optics", columns), lacking


def rows_from_groups(
    groups: Sequence[OpticsGroup], index: Int64[np.ndarray, " n"]
) -> tuple[dict[str, NumpyArray], list[str]]:
    """The columns by which RELION 3.0 repeats the optics on every row.

    Parameters
    ----------
    groups
        The optics groups.
    index
        (n,) the particle's group.

    Returns
    -------
    columns
        By label, n rows each. The pixel size is written as a magnification and a detector pixel.
    lacking
        What the layout cannot hold.
    """
    columns, lacking = _shared_columns(groups)
    if (sizes := _known([group.pixel_size_angstrom for group in groups])) is not None:
        magnification = np.array([group.extra.get(_MAGNIFICATION, _UNIT_MAGNIFICATION) for group in groups])
        columns[_MAGNIFICATION] = magnification.astype(np.float64)
        columns[_DETECTOR_PIXEL] = sizes * (columns[_MAGNIFICATION] / _UNIT_MAGNIFICATION)
    used = [groups[i] for i in np.unique(index)]
    if [group.name for group in groups] != [f"opticsGroup{i}" for i in range(1, len(groups) + 1)]:
        lacking.append("names of the optics groups")
    if any(group.odd_zernike for group in used):
        lacking.append("odd Zernike coefficients")
    if any(group.even_zernike for group in used):
        lacking.append("even Zernike coefficients")
    if any(group.magnification_matrix != ((1, 0), (0, 1)) for group in used):
        lacking.append("magnification matrix")
    others = dict.fromkeys(label for group in groups for label in group.extra)
    lacking += [f"{label} of the optics groups" for label in others if label not in (_MAGNIFICATION, _DIMENSIONS)]
    return {label: column[index] for label, column in columns.items()}, lacking


def _shared_columns(groups: Sequence[OpticsGroup]) -> tuple[dict[str, NumpyArray], list[str]]:
    """The columns that both layouts have, one row a group, and what they cannot hold."""
    columns, lacking = {}, []
    for name, label in _NUMBERS.items():
        if (values := _known([getattr(group, name) for group in groups])) is not None:
            columns[label] = values
    boxes = [group.box for group in groups]
    if None not in boxes:
        columns[_BOX] = np.array(boxes, dtype=np.int64)
    elif any(boxes):
        lacking.append("box, which only some optics groups know")
    if any(any(group.beam_tilt_mrad) for group in groups):
        tilts = np.array([group.beam_tilt_mrad for group in groups], dtype=np.float64)
        columns |= dict(zip(_TILT, tilts.T, strict=True))
    return columns, lacking


def _known(values: list[float | None]) -> NumpyArray | None:
    """A column of what is known, NaN elsewhere; None where nothing is."""
    if all(value is None for value in values):
        return None
    return np.array([math.nan if value is None else value for value in values], dtype=np.float64)
