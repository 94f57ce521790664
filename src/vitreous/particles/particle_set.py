"""A particle data set: what is known of every particle, and where its image lies."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace

import numpy as np
from jaxtyping import Float32, Float64

from vitreous._errors import InputError
from vitreous._typing import ArrayLike, NumpyArray
from vitreous.particles.blocks import iterate_blocks, read_images
from vitreous.particles.optics_group import OpticsGroup
from vitreous.rotations import relion_to_matrix

__all__ = ["ParticleSet"]

_INTEGERS = ("optics_index", "stack_index", "slice_index", "random_subset", "class_number")
_NUMBERS = {
    "defocus_u_angstrom": (),
    "defocus_v_angstrom": (),
    "defocus_angle_deg": (),
    "phase_shift_deg": (),
    "euler_deg": (3,),
    "shift_angstrom": (2,),
}
_TEXTS = ("micrograph",)


@dataclass(frozen=True, eq=False, repr=False)
class ParticleSet:
    """n particles: optics, pose, defocus, origin of the image, and every other column of the source.

    Nothing in it can be changed: arrays are seen through read-only views, and indexing makes a new set. Images stay on
    disk until they are asked for. Fields that a source does not hold are None.

    Parameters
    ----------
    optics_groups
        The optics groups.
    optics_index
        (n,) int64: the particle's group, an index into ``optics_groups``.
    stacks
        Image files, as the metadata name them.
    stack_index
        (n,) int64: the particle's file, an index into ``stacks``; −1 where it has no image.
    slice_index
        (n,) int64: the image's place in its file, from 0.
    folders
        Where to look for the image files, in order; one that ends in ``/*`` is searched by file name alone.
    defocus_u_angstrom, defocus_v_angstrom
        (n,) float64: defocus along and across the astigmatism angle, in Å, positive underfocus.
    defocus_angle_deg
        (n,) float64: astigmatism angle in degrees, from +x towards +y.
    phase_shift_deg
        (n,) float64: phase shift of a phase plate in degrees.
    euler_deg
        (n, 3) float64: RELION's rot, tilt, psi in degrees.
    shift_angstrom
        (n, 2) float64: (x, y) in Å, the shift that moves the observation onto the reference (RELION's origin).
    random_subset
        (n,) int64: the half set, 1 or 2.
    class_number
        (n,) int64: the class, from 1.
    micrograph
        (n,) text: the micrograph's name.
    contrast
        ``"inverted"`` where protein is white (RELION's images) or ``"dark"``.
    extra
        Other columns, arrays of n rows: by RELION's label where one exists, else by the source's own name.

    Raises
    ------
    ValueError
        If an array has another length, shape or kind than stated, or an index points outside its list.
    """

    optics_groups: tuple[OpticsGroup, ...]
    optics_index: NumpyArray
    stacks: tuple[str, ...]
    stack_index: NumpyArray
    slice_index: NumpyArray
    folders: tuple[str, ...] = ()
    defocus_u_angstrom: NumpyArray | None = None
    defocus_v_angstrom: NumpyArray | None = None
    defocus_angle_deg: NumpyArray | None = None
    phase_shift_deg: NumpyArray | None = None
    euler_deg: NumpyArray | None = None
    shift_angstrom: NumpyArray | None = None
    random_subset: NumpyArray | None = None
    class_number: NumpyArray | None = None
    micrograph: NumpyArray | None = None
    contrast: str = "inverted"
    extra: Mapping[str, NumpyArray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        n = len(self.optics_index)
        for name in _row_fields():
            value = getattr(self, name)
            if value is not None:
                object.__setattr__(self, name, _column(name, value, n))
        extra = {label: _column(label, value, n) for label, value in self.extra.items()}
        object.__setattr__(self, "extra", extra)
        _check_range("optics_index", self.optics_index, 0, len(self.optics_groups))
        _check_range("stack_index", self.stack_index, -1, len(self.stacks))
        _check_range("slice_index", self.slice_index, 0, 2**62)
        if self.contrast not in ("inverted", "dark"):
            raise ValueError(f'contrast is "inverted" or "dark", not {self.contrast!r}')

    def __len__(self) -> int:
        return len(self.optics_index)

    def __getitem__(self, rows: ArrayLike) -> "ParticleSet":
        """The particles of a slice, an array of row numbers, or a mask; optics groups and stacks stay as they are."""
        rows = _rows(rows, len(self))
        cut = {name: value[rows] for name in _row_fields() if (value := getattr(self, name)) is not None}
        return replace(self, **cut, extra={label: value[rows] for label, value in self.extra.items()})

    def __repr__(self) -> str:
        return (
            f"ParticleSet({len(self)} particles, {len(self.optics_groups)} optics groups, {len(self.stacks)} stacks,"
            f" {'with' if self.has_poses else 'no'} poses, {'with' if self.has_ctf else 'no'} CTF)"
        )

    @property
    def has_poses(self) -> bool:
        """Whether every particle has an orientation."""
        return self.euler_deg is not None

    @property
    def has_ctf(self) -> bool:
        """Whether every particle has a defocus and every optics group in use a voltage, Cs and amplitude contrast."""
        if any(value is None for value in (self.defocus_u_angstrom, self.defocus_v_angstrom, self.defocus_angle_deg)):
            return False
        needed = ("voltage_kv", "spherical_aberration_mm", "amplitude_contrast")
        return all(getattr(group, name) is not None for group in self.groups_in_use for name in needed)

    @property
    def groups_in_use(self) -> tuple[OpticsGroup, ...]:
        """The optics groups that have particles."""
        return tuple(self.optics_groups[i] for i in np.unique(self.optics_index))

    @property
    def pixel_size_angstrom(self) -> float:
        """The one pixel size of the set, in Å.

        Raises
        ------
        InputError
            If an optics group in use lacks it, or groups in use differ in it.
        """
        return float(self._shared("pixel_size_angstrom", "pixel size"))

    @property
    def box(self) -> int:
        """The one box size of the set, in pixels.

        Raises
        ------
        InputError
            If an optics group in use lacks it, or groups in use differ in it.
        """
        return int(self._shared("box", "box size"))

    def rotations(self) -> Float64[np.ndarray, "n 3 3"]:
        """Rotation matrices (n, 3, 3) that take reference coordinates into the observed frame.

        Raises
        ------
        InputError
            If the set has no poses.
        """
        if self.euler_deg is None:
            raise InputError("the particles have no poses", advice="refine them first, or read the file that has them")
        matrices: NumpyArray = relion_to_matrix(self.euler_deg)
        return matrices

    def images(self, rows: ArrayLike = slice(None)) -> Float32[np.ndarray, "m y x"]:
        """Read the images of some particles into a new array.

        Parameters
        ----------
        rows
            A slice, row numbers in any order, or a mask; all particles where it is not given.

        Returns
        -------
        images
            (m, box, box) float32, as they stand in the file (``contrast`` says whether protein is white).

        Raises
        ------
        InputError
            If an image file is not found or cannot be read, has no such image, holds images of another size, or NaN or
            infinite pixels; or if a particle has no image.
        """
        rows = _rows(rows, len(self))
        return read_images(self.stacks, self.folders, self.stack_index[rows], self.slice_index[rows])

    def blocks(self, size: int) -> Iterator[tuple[slice, Float32[np.ndarray, "m y x"]]]:
        """All images in order, ``size`` at a time, while a background thread reads ahead.

        Parameters
        ----------
        size
            Images in a block, at least 1; the last block may have fewer.

        Yields
        ------
        rows
            The rows of the block: ``particles[rows]`` are its particles.
        images
            (m, box, box) float32, read-only.

        Raises
        ------
        InputError
            As ``images``.
        """
        return iterate_blocks(self.stacks, self.folders, self.stack_index, self.slice_index, size)

    def _shared(self, name: str, words: str) -> float:
        groups = self.groups_in_use or self.optics_groups
        lacking = [group.name for group in groups if getattr(group, name) is None]
        if lacking or not groups:
            raise InputError(
                f"the {words} is not known",
                place=f"optics group {lacking[0]}" if lacking else None,
                advice="give it when the file is read",
            )
        values = sorted({getattr(group, name) for group in groups})
        if len(values) > 1:
            raise InputError(
                f"particles differ in {words}: {', '.join(f'{value:g}' for value in values)}",
                advice="choose the particles of one optics group, or bring all to one box and pixel size first",
            )
        return float(values[0])


def _row_fields() -> list[str]:
    return [f.name for f in fields(ParticleSet) if f.name in {*_INTEGERS, *_NUMBERS, *_TEXTS}]


def _column(name: str, value: ArrayLike, n: int) -> NumpyArray:
    """A read-only view of a column with the length, shape and dtype that its name asks for."""
    array = np.asarray(value, dtype=np.dtypes.StringDType() if name in _TEXTS else None)
    if name in _INTEGERS:
        if array.dtype.kind not in "iu" and array.size:
            raise ValueError(f"{name} holds integers, not {array.dtype}")
        array = array.astype(np.int64, copy=False)
    elif name in _NUMBERS:
        array = array.astype(np.float64, copy=False)
    shape = (n, *_NUMBERS.get(name, ())) if name in {*_INTEGERS, *_NUMBERS, *_TEXTS} else (n, *array.shape[1:])
    if array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape}, expected {shape}")
    view = array.view()
    view.flags.writeable = False
    return view


def _check_range(name: str, index: NumpyArray, least: int, end: int) -> None:
    if len(index) and (index.min() < least or index.max() >= end):
        raise ValueError(f"{name} runs from {index.min()} to {index.max()}, allowed are {least} to {end - 1}")


def _rows(rows: ArrayLike, n: int) -> ArrayLike:
    """The selection as a slice or an array of row numbers from 0."""
    if isinstance(rows, slice):
        return rows
    index = np.asarray(rows)
    if index.ndim != 1:
        raise ValueError("particles are chosen by a slice, a list of row numbers or a mask")
    if index.dtype == bool and len(index) != n:
        raise ValueError(f"the mask has {len(index)} entries for {n} particles")
    return np.arange(n)[index if index.size else index.astype(np.int64)]
