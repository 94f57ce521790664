"""What a file or job folder holds, as one dictionary: the content of ``vitreous info --json``.

The keys are documented in ``docs/info_json.md`` and stay what they are from version to version. The engine is imported
where it is used, so that ``vitreous --help`` does not wait for it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vitreous._errors import InputError
from vitreous.jobs.record import read_record

if TYPE_CHECKING:
    from vitreous.particles.problems import Problem
    from vitreous.particles.stack import Stack

__all__ = ["COMMON_KEYS", "describe"]

COMMON_KEYS = (
    "kind",
    "file",
    "n_particles",
    "box",
    "pixel_size_angstrom",
    "optics_groups",
    "has_poses",
    "has_ctf",
    "defocus_angstrom_range",
    "problems",
)
"""The keys that every description has; null where a kind of file does not have the thing."""
_STACKS = {".mrc", ".mrcs", ".map", ".st", ".rec"}
_BIOLOGICAL = {"H", "D", "C", "N", "O", "P", "S", "Se"}
_NO_ELEMENTS = (
    "warning",
    "columns 77 and 78",
    "states no elements: those of polymers and water are taken from the atoms' names",
    "check the elements above",
)
_ATOMS = {".pdb", ".ent", ".cif", ".mmcif"}


def describe(path: Path, **given: Any) -> dict[str, Any]:
    """What a file or job folder holds, and every problem found in it.

    Parameters
    ----------
    path
        A STAR, .cs, .pkl, .txt, MRC, PDB or mmCIF file, or a job folder.
    given
        What a particle file lacks, as ``read_particles`` takes it.

    Returns
    -------
    dict
        The keys of ``COMMON_KEYS``, and those of its kind.

    Raises
    ------
    InputError
        If the file is of no kind that is read here, or so damaged that nothing can be said of it.
    """
    suffix = path.suffix.lower()
    if suffix == ".gz" and Path(path.stem).suffix.lower() in _ATOMS:
        suffix = Path(path.stem).suffix.lower()
    if given and (path.is_dir() or suffix in _ATOMS):
        problem = f"{', '.join(given)} was given, which only particle files can lack"
        raise InputError(problem, file=path, advice="leave it out")
    if path.is_dir():
        found = _describe_job(path)
    elif not path.exists():
        raise InputError("no such file or folder", file=path, advice="check the name and the folder")
    elif suffix in _ATOMS:
        found = _describe_atoms(path)
    elif suffix in _STACKS and not {"poses", "ctf"} & set(given):
        found = _describe_stack(path, given)
    elif suffix == ".pkl" and not given:
        found = _describe_pickle(path)
    elif suffix == ".star":
        found = _describe_star(path, given)
    else:
        found = _describe_particles(path, given)
    return {**dict.fromkeys(COMMON_KEYS), "file": str(path), **found}


def _problems(found: Iterable["Problem"]) -> list[dict[str, str | None]]:
    return [_problem(item.severity, item.place, item.what, item.advice) for item in found]


def _problem(severity: str, place: str | None, problem: str, advice: str | None) -> dict[str, str | None]:
    return {"severity": severity, "place": place, "problem": problem, "advice": advice}


def _describe_particles(path: Path, given: dict[str, Any]) -> dict[str, Any]:
    from vitreous.particles.bad_images import find_bad_images
    from vitreous.particles.problems import find_problems
    from vitreous.particles.read import read_particles
    from vitreous.particles.summary import summarize_particles

    particles = read_particles(path, **given)
    problems = [*find_problems(particles), *find_bad_images(particles)]
    return {"kind": "particles", **summarize_particles(particles), "problems": _problems(problems)}


def _describe_star(path: Path, given: dict[str, Any]) -> dict[str, Any]:
    """A STAR file of particles, or the tables of another one."""
    from vitreous.particles.star import read_star

    with path.open("rb") as file:
        if any(b"_rlnImageName" in line for line in file):
            return _describe_particles(path, given)
    tables = read_star(path)
    if not tables:
        raise InputError("holds no tables", file=path, advice="choose another file; this one was perhaps cut short")
    found = [
        _problem("error", f"data_{name}", "has no column rlnImageName", "add it, or choose the file that has it")
        for name in ("particles", "images")
        if name in tables
    ]
    listed = [{"name": name, "n_rows": len(table), "columns": list(table.columns)} for name, table in tables.items()]
    return {"kind": "tables", "tables": listed, "problems": found}


def _describe_stack(path: Path, given: dict[str, Any]) -> dict[str, Any]:
    from vitreous.particles.stack import open_stack
    from vitreous.particles.summary import summarize_pixels

    stack = open_stack(path)
    n, rows, columns = stack.shape
    cube = n == rows == columns and path.suffix.lower() != ".mrcs"
    kind = "image" if n == 1 else "map" if stack.header.is_volume or cube else "stack"
    pixel_size = given.get("pixel_size_angstrom") or stack.pixel_size_angstrom
    pixels = summarize_pixels(stack)
    return {
        "kind": kind,
        "n_particles": n if kind == "stack" else None,
        "box": columns if rows == columns else None,
        "pixel_size_angstrom": pixel_size,
        "has_poses": False,
        "has_ctf": False,
        "shape": [n, rows, columns],
        "dtype": stack.pixels.dtype.name,
        "pixels": pixels,
        "problems": _stack_problems(stack, kind, pixel_size, pixels),
    }


def _stack_problems(stack: "Stack", kind: str, pixel_size: float | None, pixels: dict[str, Any]) -> list[Any]:
    found = [
        _problem("warning", "header", oddity, "write the file again if a program stumbles over it")
        for oddity in stack.header.oddities
        if "no pixel size" not in oddity
    ]
    if pixel_size is None:
        found.append(_problem("warning", "header", "has no pixel size", "give it with --pixel-size"))
    one = "section" if kind == "map" else "image"
    for key, severity, what, advice in (
        ("not_finite", "error", "NaN or infinite pixels", "leave it out, or extract it again"),
        ("constant", "warning", "pixels that are all the same", "leave it out"),
    ):
        places = pixels[key]
        if places and not (kind == "map" and key == "constant"):
            more = f", so do {len(places) - 1} more" if len(places) > 1 else ""
            found.append(_problem(severity, f"{one} {places[0]}", f"has {what}{more}", advice))
    return found


def _describe_pickle(path: Path) -> dict[str, Any]:
    """One of cryoDRGN's two pickles by itself: a table is one of CTF parameters, all else are poses."""
    import numpy as np

    from vitreous.particles.cryodrgn import read_cryodrgn
    from vitreous.particles.pickled import load_arrays
    from vitreous.particles.problems import find_problems
    from vitreous.particles.summary import summarize_particles

    loaded = load_arrays(path)
    if isinstance(loaded, np.ndarray) and loaded.ndim == 2:
        particles = read_cryodrgn(ctf=path)
        found = summarize_particles(particles)
        kept = {key: found[key] for key in (*COMMON_KEYS, "phase_shift_deg_range") if key in found}
        problems = [item for item in find_problems(particles) if item.what != "has no image"]
        return {"kind": "ctf", **kept, "problems": _problems(problems)}
    # translations are fractions of the box: any box and pixel size serve to check them
    particles = read_cryodrgn(poses=path, box=1, pixel_size_angstrom=1.0)
    has_shifts = particles.shift_angstrom is not None
    counted = {"n_particles": len(particles), "has_poses": True, "has_ctf": False, "has_shifts": has_shifts}
    return {"kind": "poses", **counted, "problems": []}


def _describe_atoms(path: Path) -> dict[str, Any]:
    from vitreous.specimen.coordinates import read_structure, states_elements

    structure = read_structure(path)
    model = structure[0]
    sites = list(model.all())
    atoms = [site.atom for site in sites]
    elements = Counter(atom.element.name for atom in atoms)
    low, high = ([bound(atom.pos[axis] for atom in atoms) for axis in range(3)] for bound in (min, max))
    return {
        "kind": "atoms",
        "n_models": len(structure),
        "n_chains": len(model),
        "n_residues": sum(len(chain) for chain in model),
        "n_atoms": len(atoms),
        "elements": dict(elements.most_common()),
        "extent_angstrom": [round(top - bottom, 3) for bottom, top in zip(low, high, strict=True)],
        "problems": ([] if states_elements(path) else [_problem(*_NO_ELEMENTS)]) + _atom_problems(sites),
    }


def _atom_problems(sites: list[Any]) -> list[Any]:
    import gemmi

    def doubtful(site: Any) -> bool:
        """Whether the element is unknown, or one that no amino acid or nucleotide has."""
        residue = gemmi.find_tabulated_residue(site.residue.name)
        polymer = residue.is_amino_acid() or residue.is_nucleic_acid()
        return site.atom.element.name == "X" or (polymer and site.atom.element.name not in _BIOLOGICAL)

    found = []
    for what, advice, bad in (
        ("no element, or a doubtful one", "write the elements into columns 77 and 78", doubtful),
        ("a coordinate that is not a number", "remove it", lambda site: not all(abs(x) < 1e6 for x in site.atom.pos)),
        ("occupancy 0 and will not be seen", "remove it or set its occupancy", lambda site: not site.atom.occ),
    ):
        atoms = [site.atom for site in sites if bad(site)]
        if atoms:
            more = f", and so have {len(atoms) - 1:,} more" if len(atoms) > 1 else ""
            found.append(_problem("warning", f"atom {atoms[0].serial} {atoms[0].name}", f"has {what}{more}", advice))
    return found


def _describe_job(folder: Path) -> dict[str, Any]:
    record = read_record(folder)
    found = []
    if record.status != "done":
        what = f"the job is {record.status}" + (f": {record.error}" if record.error else "")
        advice = "see log.txt" if record.status == "failed" else "--resume goes on with it, unless it runs now"
        found.append(_problem("warning", "run.json", what, advice))
    for name in record.outputs:
        if not (folder / name).exists():
            found.append(_problem("error", name, "a result that was written is missing", "run the job again"))
    for item in record.inputs:
        if not Path(item["path"]).exists():
            found.append(_problem("warning", item["path"], "an input is no longer there", "--resume will need it"))
    return {"kind": "job", **asdict(record), "problems": found}
