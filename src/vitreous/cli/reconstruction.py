"""The run of ``vitreous reconstruct``: images streamed into two half sets, three maps, their resolution."""

from pathlib import Path

import numpy as np

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.cli.options import ReadingOptions
from vitreous.cli.reconstruct import InversionOptions
from vitreous.cli.reconstruction_results import Clock, Reconstructed, write_figures, write_maps, write_report
from vitreous.fourier import fsc
from vitreous.jobs import Job
from vitreous.particles import ParticleSet, read_particles, split_halves
from vitreous.particles.specimens import read_map
from vitreous.projection.accumulator import Accumulator
from vitreous.projection.slice import NYQUIST
from vitreous.reconstruction import Resolution, automatic_mask, half_map_fsc
from vitreous.reconstruction.coverage import fourier_coverage
from vitreous.reconstruction.direct import cut_to_sphere, invert, noise_to_signal
from vitreous.reconstruction.halves import stream_halves, threads_of_a_half
from vitreous.reconstruction.toeplitz import solve_toeplitz, sum_normal_equations
from vitreous.rotations import symmetry_matrices

__all__ = ["run_reconstruction"]


def run_reconstruction(job: Job, path: Path, inversion: InversionOptions, reading: ReadingOptions) -> float | None:
    """Reconstruct what the options ask for into an entered job.

    Parameters
    ----------
    job
        Entered; where it is resumed, images that were added are not added again.
    path
        The particle file.
    inversion, reading
        The options.

    Returns
    -------
    float or None
        The resolution that the half maps claim, Å.

    Raises
    ------
    InputError
        If an option or a file is not usable.
    """
    clock = Clock()
    with clock.part("reading the metadata"):
        particles = _particles(path, reading)
        pixel = particles.pixel_size_angstrom
        cutoff = _cutoff_cycles(inversion.max_resolution, pixel)
        mask = _given_mask(inversion.mask, particles)
    with_ctf = not inversion.no_ctf and particles.defocus_u_angstrom is not None
    if not with_ctf and inversion.ewald != "no":
        raise InputError("the particles have no defocus, which --ewald needs", file=path)
    if not with_ctf and not inversion.no_ctf:
        job.warn("the particles have no defocus: the map is made without a contrast transfer function")
    with clock.part("images"):
        first, second = _accumulated(job, particles, inversion, cutoff, with_ctf)
    with clock.part("half maps"):
        halves = _inverted(first, inversion, cutoff, 0.0), _inverted(second, inversion, cutoff, 0.0)
        # each is as large as all else together
        first.merge(second)
        del second
    with clock.part("resolution"):
        if inversion.mask == "auto":
            mask = automatic_mask(*halves, pixel_size_angstrom=pixel)
        resolution = half_map_fsc(*halves, mask, pixel_size_angstrom=pixel, seed=job.task.seed or 0)
    with clock.part("map"):
        volume = cut_to_sphere(_inverted(first, inversion, cutoff, _wiener(inversion.wiener, resolution)))
    coverage = fourier_coverage(first.denominator, particles.box, pixel)
    del first
    made = Reconstructed(particles, volume, halves, mask, resolution, coverage, with_ctf)
    with clock.part("writing"):
        write_maps(job, {"map": volume, "half1": halves[0], "half2": halves[1], "mask": mask}, pixel)
    job.record.figures["images_per_second"] = len(particles) / sum(clock.seconds.values())
    if inversion.conjugate_gradients:
        with clock.part("conjugate gradients"):
            _solve(job, made, inversion)
    found = write_figures(job, made, inversion.symmetry)
    job.record.figures["seconds"] = {name: round(value, 4) for name, value in clock.seconds.items()}
    write_report(job, made, found, clock)
    return resolution.resolution_angstrom


def _solve(job: Job, made: Reconstructed, inversion: InversionOptions) -> None:
    """Write the least-squares map of all images, and how far the map of the inversion agrees with it."""
    blocks = job.progress("solving", len(made.particles))
    with blocks as advance:
        right_side, kernel = sum_normal_equations(
            made.particles, symmetry=inversion.symmetry, with_ctf=made.with_ctf, advance=advance
        )
    solved = cut_to_sphere(
        solve_toeplitz(right_side, kernel, iterations=inversion.conjugate_gradients).astype(np.float32)
    )
    write_maps(job, {"conjugate_gradients": solved}, made.pixel_size_angstrom)
    claimed = made.resolution.resolution_angstrom
    k = made.resolution.frequencies_per_angstrom
    within = (k > 0) & (k <= (1 / claimed if claimed else np.inf))
    agreement = fsc(made.volume.astype(np.float64), solved.astype(np.float64))[within]
    job.record.figures["least_agreement_with_conjugate_gradients"] = float(agreement.min())


def _particles(path: Path, reading: ReadingOptions) -> ParticleSet:
    """The particles, with poses, one box and one pixel size."""
    particles = read_particles(path, **reading.given())
    if not particles.has_poses:
        raise InputError("the particles have no poses", file=path, advice="refine them first, or give them (--poses)")
    if not len(particles):
        raise InputError("there are no particles", file=path)
    for problem in (lambda: particles.box, lambda: particles.pixel_size_angstrom):
        try:
            problem()
        except InputError as error:
            raise InputError(error.problem, file=path, place=error.place, advice=error.advice) from error
    return particles


def _cutoff_cycles(max_resolution: float | None, pixel: float) -> float:
    return NYQUIST if max_resolution is None else min(NYQUIST, pixel / max_resolution)


def _given_mask(name: str, particles: ParticleSet) -> NumpyArray | None:
    """The mask of a file; None for ``auto``, which waits for the half maps, and for ``none``."""
    if name in ("auto", "none"):
        return None
    mask, _ = read_map(name)
    if mask.shape != (particles.box,) * 3:
        size = " × ".join(map(str, mask.shape))
        advice = f"the map will have {particles.box} voxels along each edge"
        raise InputError(f"a mask of {size} voxels", file=name, advice=advice)
    return mask


def _accumulated(
    job: Job, particles: ParticleSet, inversion: InversionOptions, cutoff: float, with_ctf: bool
) -> tuple[Accumulator, Accumulator]:
    """The accumulators of both half sets, from the last checkpoint on."""
    try:
        symmetry_matrices(inversion.symmetry)
    except ValueError as error:
        raise InputError(f"--symmetry {inversion.symmetry}: {error}") from error
    halves = split_halves(particles, job.task.seed or 0)
    threads = job.task.threads or 1
    first, second = (
        Accumulator(particles.box, threads=threads_of_a_half(threads), cutoff_cycles=cutoff) for _ in range(2)
    )
    arrays = {"half1": first.sums, "half2": second.sums}
    saved, state = job.load_checkpoint() or ({}, {"rounds": 0, "images": 0})
    for name, values in saved.items():
        arrays[name][...] = values
    rounds = stream_halves(
        halves,
        (first, second),
        symmetry=inversion.symmetry,
        with_ctf=with_ctf,
        ewald=inversion.ewald,
        threads=threads,
        first_round=state["rounds"],
    )
    with job.progress("inserting", len(particles), done=state["images"]) as advance:
        for added in rounds:
            state = {"rounds": state["rounds"] + 1, "images": state["images"] + added}
            job.record.images += added
            advance(added)
            job.save_checkpoint(arrays, state)
    return first, second


def _inverted(accumulator: Accumulator, inversion: InversionOptions, cutoff: float, wiener: object) -> NumpyArray:
    return invert(
        accumulator.numerator,
        accumulator.denominator,
        accumulator.box,
        kernel=accumulator.kernel,
        padding=accumulator.padding,
        wiener=wiener,
        cutoff_cycles=cutoff,
        gridding_iterations=inversion.gridding_iterations,
    )


def _wiener(option: str, resolution: Resolution) -> object:
    """The noise-to-signal ratio that ``--wiener`` asks for."""
    if option == "fsc":
        return noise_to_signal(resolution.fsc)
    return 0.0 if option == "none" else float(option)
