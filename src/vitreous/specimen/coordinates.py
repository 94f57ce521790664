"""Atoms from PDB and mmCIF files: model, biological assembly, alternate locations, hydrogens, waters, ligands."""

import gzip
import re
import zlib
from pathlib import Path as FilePath
from typing import Any, Literal

import numpy as np
from jaxtyping import Bool, Float64, Int64

from vitreous._errors import InputError
from vitreous._typing import NumpyArray, Path
from vitreous.specimen.atoms import Atoms

__all__ = ["read_atoms", "read_structure", "states_elements"]

_BIOLOGICAL = {"H", "D", "C", "N", "O", "P", "S", "Se"}
# residues that simulation programs write and that the table of residues in gemmi lacks
_WATERS = {"TIP", "TIP3", "TP3", "TIP4", "TP4", "SPC", "SOL"}
_AMINO_ACIDS = {"HSD", "HSE", "HSP", "HID", "HIE", "HIP", "CYX", "CYM", "ASH", "GLH", "LYN"}
_FIELDS = {"x": (30, 38), "y": (38, 46), "z": (46, 54), "occupancy": (54, 60), "B factor": (60, 66)}
_LEAST_LINE = 54


def _text(path: Path) -> str:
    """The content of a file, unpacked where it is gzipped, whatever its name."""
    try:
        content = FilePath(path).read_bytes()
    except FileNotFoundError as error:
        raise InputError("no such file", file=path, advice="check the name and the folder") from error
    except IsADirectoryError as error:
        raise InputError("is a folder", file=path, advice="name a PDB or mmCIF file in it") from error
    if content[:2] == b"\x1f\x8b":
        try:
            content = gzip.decompress(content)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError("its gzip stream is cut short or damaged", file=path, advice="fetch it again") from error
    return content.decode("utf-8", errors="replace")


def _is_cif(text: str) -> bool:
    return re.search(r"^(data_|loop_|_atom_site\.)", text, flags=re.MULTILINE | re.IGNORECASE) is not None


def _check_pdb(text: str, path: Path) -> None:
    """Refuse atom lines whose numbers are not numbers, which gemmi would read as zeros, and a last line cut short."""
    lines = text.splitlines()
    lengths = [0]
    for number, line in enumerate(lines, 1):
        if not line.startswith(("ATOM  ", "HETATM")):
            continue
        cut = number == len(lines) and not text.endswith("\n") and len(line) < min(lengths[-1], 78)
        if cut or len(line) < _LEAST_LINE:
            problem = f"the line of an atom ends after {len(line)} characters"
            raise InputError(problem, file=path, place=f"line {number}", advice="the file is cut short: fetch it again")
        lengths.append(len(line))
        for name, (start, stop) in _FIELDS.items():
            field = line[start:stop].strip()
            if not _is_number(field) and (field or stop <= _LEAST_LINE):
                problem = f"{name} is {field!r}, not a number (columns {start + 1} to {stop})"
                raise InputError(problem, file=path, place=f"line {number}", advice="mend or remove the atom")


def _is_number(field: str) -> bool:
    try:
        return bool(np.isfinite(float(field)))
    except ValueError:
        return False


def states_elements(path: Path) -> bool:
    """Whether a file of coordinates states the elements of its atoms, as mmCIF always does.

    Parameters
    ----------
    path
        A PDB or mmCIF file, gzipped or not.

    Returns
    -------
    bool
        False for PDB files without letters in columns 77 and 78, which some simulation programs write.

    Raises
    ------
    InputError
        If there is no such file, or its gzip stream is cut short.
    """
    text = _text(path)
    return _is_cif(text) or _has_element_column(text)


def _has_element_column(text: str) -> bool:
    return re.search(r"^(?:ATOM  |HETATM).{70}[ A-Z]?[A-Z]", text, re.MULTILINE | re.IGNORECASE) is not None


def _elements_from_names(structure: Any) -> None:
    """Put right the elements of polymers and water: the first letter of the name, as no column states them.

    gemmi takes them from the column in which the name begins; where a program began all names in the same column, Cα
    became calcium.
    """
    import gemmi

    for site in (site for model in structure for site in model.all()):
        residue = gemmi.find_tabulated_residue(site.residue.name)
        known = residue.is_amino_acid() or residue.is_nucleic_acid() or residue.is_water()
        if (known or site.residue.name in _AMINO_ACIDS | _WATERS) and site.atom.element.name not in _BIOLOGICAL:
            site.atom.element = gemmi.Element(site.atom.name.lstrip("0123456789")[:1])


def read_structure(path: Path) -> Any:
    """The content of a PDB or mmCIF file as gemmi reads it, gzipped or not, recognised by what stands in it.

    Where a PDB file states no elements, those of polymers and water are taken from the atoms' names.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    gemmi.Structure
        At least one model; the first has at least one atom.

    Raises
    ------
    InputError
        If there is no such file, it is cut short, it is neither PDB nor mmCIF, a number in it is none, or it holds no
        atoms.
    """
    import gemmi

    text = _text(path)
    form = gemmi.CoorFormat.Mmcif if _is_cif(text) else gemmi.CoorFormat.Pdb
    if form == gemmi.CoorFormat.Pdb:
        _check_pdb(text, path)
    try:
        structure = gemmi.read_structure_string(text, format=form)
    except (RuntimeError, ValueError, IndexError) as error:
        problem = f"cannot be read: {error}"
        raise InputError(problem, file=path, advice="check that it is a whole PDB or mmCIF file") from error
    if not len(structure) or not structure[0].count_atom_sites():
        raise InputError("holds no atoms", file=path, advice="choose a PDB or mmCIF file with ATOM records")
    if form == gemmi.CoorFormat.Pdb and not _has_element_column(text):
        _elements_from_names(structure)
    return structure


def read_atoms(
    path: Path,
    *,
    assembly: str | int | None = None,
    model: int = 1,
    alternates: Literal["highest", "all"] = "highest",
    hydrogens: bool = True,
    waters: bool = True,
    ligands: bool = True,
) -> Atoms:
    """The atoms of a PDB or mmCIF file, gzipped or not; by default all that the file holds of its first model.

    Parameters
    ----------
    path
        The file.
    assembly
        Name or number of a biological assembly of the file; None takes the coordinates as they stand.
    model
        Number of the model, as the file counts.
    alternates
        ``"highest"`` keeps, in each residue, the alternate location of the highest mean occupancy (the first label
        where two are alike) and gives it the occupancy of all alternates together; ``"all"`` keeps all locations, each
        with its occupancy.
    hydrogens, waters, ligands
        Whether to keep hydrogen and deuterium; water; all else that is no polymer, ions and sugars included.

    Returns
    -------
    Atoms
        NumPy float64 arrays, with B factors (isotropic, of the file's B column) and occupancies.

    Raises
    ------
    InputError
        As ``read_structure``; and if there is no such model or assembly, an atom's element is unknown or its numbers
        are not finite, or nothing is left.
    """
    structure = read_structure(path)
    flat = _flat(structure, _chosen_model(structure, model, assembly, path))
    _check_sites(flat, path)
    elements = _atomic_numbers(flat)
    keep = _wanted(flat, waters, ligands)
    if not hydrogens:
        keep &= elements != 1
    occupancies = flat.occ.astype(np.float64)
    if alternates == "highest":
        best, occupancies = _highest(flat, occupancies)
        keep &= best
    if not keep.any():
        raise InputError(
            f"none of the {len(keep)} atoms is left", file=path, advice="keep hydrogens, waters or ligands"
        )
    return Atoms(
        np.array(flat.pos[keep], dtype=np.float64),
        elements[keep],
        flat.b_iso[keep].astype(np.float64),
        occupancies[keep],
    )


def _chosen_model(structure: Any, number: int, assembly: str | int | None, path: Path) -> Any:
    import gemmi

    models = {model.num: model for model in structure}
    if number not in models:
        raise InputError(f"has no model {number}", file=path, advice=f"it has {', '.join(map(str, models))}")
    if assembly is None:
        return models[number]
    assemblies = {item.name: item for item in structure.assemblies}
    if str(assembly) not in assemblies:
        held = f"it has {', '.join(assemblies)}" if assemblies else "it states none: leave the assembly out"
        raise InputError(f"has no biological assembly {assembly}", file=path, advice=held)
    return gemmi.make_assembly(assemblies[str(assembly)], models[number], gemmi.HowToNameCopiedChain.Short)


def _flat(structure: Any, model: Any) -> Any:
    """One row an atom, with the kind of entity that each belongs to."""
    import gemmi

    alone = gemmi.Structure()
    alone.add_model(model)
    alone.entities = structure.entities
    alone.setup_entities()
    return gemmi.FlatStructure(alone)


def _atomic_numbers(flat: Any) -> Int64[NumpyArray, " n"]:
    """Gemmi counts deuterium as an element of its own."""
    return np.where(flat.element_names == b"D", 1, flat.elements.astype(np.int64))


def _check_sites(flat: Any, path: Path) -> None:
    numbers = np.column_stack([flat.pos, flat.occ, flat.b_iso])
    for bad, what, advice in (
        (~np.isfinite(numbers).all(axis=1), "a coordinate, occupancy or B factor is not a number", "remove the atom"),
        (flat.elements == 0, "its element is unknown", "write the elements: columns 77 and 78 of PDB, or type_symbol"),
    ):
        if bad.any():
            row = int(np.argmax(bad))
            name, residue = (bytes(text[row]).rstrip(b"\0").decode() for text in (flat.atom_names, flat.residue_names))
            more = f", and {bad.sum() - 1} more like it" if bad.sum() > 1 else ""
            place = f"atom {flat.serials[row]} {name} of residue {residue} {flat.resnums[row]}"
            raise InputError(what + more, file=path, place=place, advice=advice)


def _wanted(flat: Any, waters: bool, ligands: bool) -> Bool[NumpyArray, " n"]:
    import gemmi

    names = np.ascontiguousarray(flat.residue_names).view("S8")[:, 0]
    water = (flat.entity_type == gemmi.EntityType.Water.value) | np.isin(names, [name.encode() for name in _WATERS])
    polymer = flat.entity_type == gemmi.EntityType.Polymer.value
    keep: NumpyArray = polymer.copy()
    if waters:
        keep |= water
    if ligands:
        keep |= ~(water | polymer)
    return keep


def _labels(*columns: NumpyArray) -> Int64[NumpyArray, " n"]:
    """One number for each distinct row of some columns."""
    rows = np.column_stack([column.reshape(len(column), -1) for column in columns])
    return np.unique(rows, axis=0, return_inverse=True)[1].reshape(-1)


def _highest(
    flat: Any, occupancies: Float64[NumpyArray, " n"]
) -> tuple[Bool[NumpyArray, " n"], Float64[NumpyArray, " n"]]:
    """Which atoms stand in the most occupied alternate of their residue, and the occupancy of all alternates there.

    All alternates of a residue number compete, so that one of two residues that share a place is taken, too.
    """
    alternate = np.flatnonzero(flat.altlocs)
    keep = np.ones(len(occupancies), dtype=bool)
    if not len(alternate):
        return keep, occupancies
    label, own = flat.altlocs[alternate], occupancies[alternate]
    residue = _labels(flat.chain_ids[alternate], flat.resnums[alternate], flat.icodes[alternate])
    conformer = _labels(residue, label)
    mean = (np.bincount(conformer, own) / np.bincount(conformer))[conformer]
    # float32 in the file: 0.5 and 0.5 must tie
    order = np.lexsort([label, -np.round(mean, 4), residue])
    _, first = np.unique(residue[order], return_index=True)
    keep[alternate] = np.isin(conformer, conformer[order[first]])
    site = _labels(residue, flat.atom_names[alternate])
    together = occupancies.copy()
    together[alternate] = np.minimum(np.bincount(site, own)[site], 1.0)
    return keep, together
