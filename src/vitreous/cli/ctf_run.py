"""The run of ``vitreous ctf``: fit after fit, drawings on the way, and what is written at the end."""

import time
from collections.abc import Sequence
from dataclasses import asdict
from statistics import median
from typing import Any

from vitreous._errors import InputError
from vitreous.cli.ctf_report import ctf_report, draw_fit
from vitreous.cli.micrographs import Micrograph, read_micrograph, write_micrographs_star
from vitreous.jobs import Job
from vitreous.optics import CtfFit, Defocus, Lens, ThonSearch, fit_spectrum, micrograph_spectrum

__all__ = ["MOST_DRAWINGS", "fit_from_state", "lens_of", "run_ctf"]

MOST_DRAWINGS = 400
"""Micrographs that are drawn in a report, the first ones: each takes about 100 kB of it."""


def run_ctf(job: Job, micrographs: Sequence[Micrograph], search: ThonSearch) -> None:
    """Fit micrographs, and write ``micrographs_ctf.star`` and ``report.html``.

    Parameters
    ----------
    job
        Entered; where it is resumed, micrographs that were fitted are not fitted again.
    micrographs
        At least one.
    search
        What is looked for.

    Raises
    ------
    InputError
        If no micrograph could be fitted.
    """
    _, state = job.load_checkpoint() or ({}, {"reached": 0, "fits": {}, "drawings": {}, "seconds": 0.0})
    with job.progress("fitting", len(micrographs), unit="micrographs", done=state["reached"]) as advance:
        for i in range(state["reached"], len(micrographs)):
            _fit_one(job, state, i, micrographs[i], search)
            state["reached"] = i + 1
            job.record.images += 1
            advance(1)
            job.save_checkpoint({}, state)
    fitted = [(micrographs[int(i)], fit_from_state(values)) for i, values in state["fits"].items()]
    if not fitted:
        raise InputError("no micrograph could be fitted", advice=f"the warnings in {job.folder / 'log.txt'} say why")
    with job.write("micrographs_ctf.star") as path:
        write_micrographs_star(path, fitted)
    defoci = [(fit.defocus.u_angstrom + fit.defocus.v_angstrom) / 2 for _, fit in fitted]
    job.record.figures |= {
        "micrographs": len(fitted),
        "median_defocus_angstrom": round(median(defoci), 1),
        "median_resolution_angstrom": round(median(fit.resolution_angstrom for _, fit in fitted), 2),
        "seconds_per_micrograph": round(state["seconds"] / len(micrographs), 3),
    }
    drawings = {micrographs[int(i)].name: svg for i, svg in state["drawings"].items()}
    with job.write("report.html") as path:
        path.write_text(ctf_report(fitted, drawings, job.record), encoding="utf-8")


def lens_of(micrograph: Micrograph) -> Lens:
    """The lens of a micrograph."""
    optics = micrograph.optics
    return Lens(optics.voltage_kv, optics.cs_mm, optics.amplitude_contrast)


def fit_from_state(values: dict[str, Any]) -> CtfFit:
    """A fit from what a checkpoint holds of it."""
    return CtfFit(**{**values, "defocus": Defocus(**values["defocus"])})


def _fit_one(job: Job, state: dict[str, Any], i: int, micrograph: Micrograph, search: ThonSearch) -> None:
    """Add the fit and the drawings of a micrograph to the state; warn where it has none."""
    lens, start = lens_of(micrograph), time.perf_counter()
    try:
        spectrum = micrograph_spectrum(read_micrograph(micrograph), micrograph.optics.pixel_size_angstrom)
        fit = fit_spectrum(spectrum, lens, search)
    except ValueError as error:
        said = error.problem if isinstance(error, InputError) else str(error)
        job.warn(f"{micrograph.name} is left out: {said}")
        return
    state["seconds"] += time.perf_counter() - start
    state["fits"][str(i)] = asdict(fit)
    if len(state["drawings"]) < MOST_DRAWINGS:
        state["drawings"][str(i)] = draw_fit(spectrum, fit, lens, search.low_angstrom)
