"""A description for people: facts, optics groups and problems, in tables on a terminal and plain text elsewhere."""

from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from vitreous.cli.printable import printable

__all__ = ["facts", "render"]

_STYLES = {"error": "bold red", "warning": "yellow"}
_WIDE = 10_000
"""Columns where no terminal limits them: lines of a file or pipe are never broken."""


def render(description: dict[str, Any]) -> None:
    """Write a description to standard output.

    Parameters
    ----------
    description
        What ``describe`` returned.
    """
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDE
    with console.capture() as captured:
        console.print(
            Text.assemble((printable(description["file"]), "bold"), "  ", (description["kind"], "cyan")),
            overflow="fold",
        )
        console.print(Padding(_fact_table(facts(description)), (1, 0, 0, 2)))
        if description["optics_groups"]:
            console.print(Padding(_optics_table(description["optics_groups"]), (1, 0, 0, 2)))
        console.print()
        _print_problems(console, description["problems"])
    # tables are padded to their width
    print("\n".join(line.rstrip() for line in captured.get().splitlines()))


def facts(description: dict[str, Any]) -> list[tuple[str, str]]:
    """The rows of the first table: name and value, in words; what the file does not have is left out, or said."""
    kind = description["kind"]
    if kind == "poses":
        rows = [("poses", f"{description['n_particles']:,}"), ("shifts", "yes" if description["has_shifts"] else "no")]
    elif kind in ("particles", "ctf"):
        rows = _particle_facts(description)
    elif kind in ("stack", "image", "map"):
        rows = _stack_facts(description)
    elif kind == "atoms":
        rows = _atom_facts(description)
    elif kind == "job":
        rows = _job_facts(description)
    else:
        rows = [
            (f"data_{table['name']}", f"{table['n_rows']:,} × {', '.join(table['columns'])}")
            for table in description["tables"]
        ]
    return [(name, value) for name, value in rows if value]


def _particle_facts(found: dict[str, Any]) -> list[tuple[str, str]]:
    half_sets, classes = found.get("half_sets"), found.get("classes")
    return [
        ("particles", f"{found['n_particles']:,}"),
        ("images", _images(found)),
        ("stacks", f"{found['n_stacks']:,}" if found.get("n_stacks") else ""),
        ("defocus", _defocus(found)),
        ("phase shift", _span(found.get("phase_shift_deg_range"), "°")),
        ("CTF", "yes" if found["has_ctf"] else "no, or not complete"),
        ("poses", "yes" if found["has_poses"] else "no"),
        ("shifts", _span(found.get("shift_angstrom_range"), " Å")),
        ("half sets", ", ".join(f"{count:,} in half {half}" for half, count in (half_sets or {}).items())),
        ("classes", f"{len(classes):,}" if classes else ""),
        ("micrographs", f"{found['n_micrographs']:,}" if found.get("n_micrographs") else ""),
        ("more columns", ", ".join(found.get("extra_columns") or ())),
    ]


def _images(found: dict[str, Any]) -> str:
    box, pixel_size = found["box"], found["pixel_size_angstrom"]
    parts = [
        f"{box} × {box} pixels" if box else _no_one_value(found, "box", "box", "boxes"),
        f"{pixel_size:.5g} Å/pixel"
        if pixel_size
        else _no_one_value(found, "pixel_size_angstrom", "pixel size", "pixel sizes"),
    ]
    if box and pixel_size:
        parts.append(f"{box * pixel_size:.0f} Å across")
    if "contrast" in found:
        parts.append("protein white" if found["contrast"] == "inverted" else "protein dark")
    return ", ".join(parts)


def _no_one_value(found: dict[str, Any], key: str, one: str, several: str) -> str:
    """Why there is no one value for all optics groups."""
    differ = len({group[key] for group in found["optics_groups"] or []}) > 1
    return f"mixed {several}" if differ else f"{one} not known"


def _defocus(found: dict[str, Any]) -> str:
    span = found["defocus_angstrom_range"]
    return f"{span[0]:,.0f} to {span[1]:,.0f} Å" if span else "none"


def _span(span: list[float] | None, unit: str) -> str:
    return f"{span[0]:.4g} to {span[1]:.4g}{unit}" if span and span != [0.0, 0.0] else ""


def _stack_facts(found: dict[str, Any]) -> list[tuple[str, str]]:
    n, rows, columns = found["shape"]
    size = f"{columns} × {rows}" + (f" × {n}" if found["kind"] == "map" else "")
    pixel_size, pixels = found["pixel_size_angstrom"], found["pixels"]
    sampled = f" (of {pixels['images_sampled']:,} images)" if pixels["images_sampled"] < n else ""
    values = ""
    if pixels["mean"] is not None:
        values = f"{pixels['minimum']:.4g} to {pixels['maximum']:.4g}, mean {pixels['mean']:.4g}"
        values += f", standard deviation {pixels['standard_deviation']:.4g}{sampled}"
    return [
        ("images", f"{n:,}" if found["kind"] == "stack" else ""),
        ("size", f"{size} {'voxels' if found['kind'] == 'map' else 'pixels'}, {found['dtype']}"),
        ("pixel size", f"{pixel_size:.5g} Å, {columns * pixel_size:.0f} Å across" if pixel_size else "not known"),
        ("values", values),
    ]


def _atom_facts(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        ("models", f"{found['n_models']:,}" if found["n_models"] > 1 else ""),
        ("chains", f"{found['n_chains']:,}"),
        ("residues", f"{found['n_residues']:,}"),
        ("atoms", f"{found['n_atoms']:,}"),
        ("elements", ", ".join(f"{count:,} {element}" for element, count in found["elements"].items())),
        ("extent", " × ".join(f"{length:.1f}" for length in found["extent_angstrom"]) + " Å"),
    ]


def _job_facts(found: dict[str, Any]) -> list[tuple[str, str]]:
    rate, memory = found["images_per_second"], found["peak_memory_bytes"]
    return [
        ("command", f"{found['command']}, vitreous {found['version']}"),
        ("status", found["status"]),
        ("started", found["started"]),
        ("took", f"{found['wall_seconds']:,.1f} s" + (f", {rate:,.0f} images/s" if rate else "")),
        ("ran on", f"{found['host']}, {found['device']}" + (f", {memory / 2**30:.2f} GB" if memory else "")),
        ("inputs", ", ".join(item["path"] for item in found["inputs"])),
        ("parameters", ", ".join(f"{key}={value}" for key, value in found["parameters"].items())),
        ("results", ", ".join(found["outputs"])),
        *((key, str(value)) for key, value in found["figures"].items()),
    ]


def _fact_table(rows: list[tuple[str, str]]) -> Table:
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(Text(printable(name)), Text(printable(value)))
    return table


def _optics_table(groups: list[dict[str, Any]]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("optics group", overflow="fold")
    columns = {
        "particles": ("n_particles", ","),
        "kV": ("voltage_kv", "g"),
        "Cs mm": ("spherical_aberration_mm", "g"),
        "amplitude": ("amplitude_contrast", "g"),
        "Å/pixel": ("pixel_size_angstrom", ".5g"),
        "box": ("box", "d"),
    }
    for heading in columns:
        table.add_column(heading, justify="right", no_wrap=True)
    for group in groups:
        values = [(group.get(key), form) for key, form in columns.values()]
        table.add_row(
            Text(printable(group["name"])), *("–" if value is None else format(value, form) for value, form in values)
        )
    return table


def _print_problems(console: Console, problems: list[dict[str, Any]]) -> None:
    if not problems:
        console.print(Text("no problems found", style="green"))
        return
    console.print(Text(f"{len(problems)} problem{'s' * (len(problems) > 1)}", style="bold"))
    for item in problems:
        text = Text.assemble((item["severity"], _STYLES[item["severity"]]), " ")
        text.append(printable(f"{item['place']}: " if item["place"] else ""), style="bold")
        text.append(printable(item["problem"] + (f"; {item['advice']}" if item["advice"] else "")))
        console.print(Padding(text, (0, 0, 0, 2)))
