"""The E-step in full: the posterior over class, angle and shift of every image, and the sums that the M-step needs.

    ln γ(k, ψ, t′) = ln π_k + ln p(t′) + Σ_r (n_r/σ²_r) [2 ⟨C y, R_ψ S_t′ A_k⟩ − ⟨C², |A_k|² turned by ψ⟩] + …

Both brackets are correlations along rings, products of harmonics: for each harmonic of the angle one matrix product
over rings, (classes × shifts) by images; then one transform from harmonics to angles
(`vitreous.classification.harmonics`). The M-step's sums are the adjoint: harmonics of γ, one matrix product over images
for each harmonic.
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int

from vitreous._typing import Array, NumpyArray
from vitreous.classification.harmonics import Harmonics, analyse, synthesise
from vitreous.classification.observations import Block
from vitreous.classification.polar import PolarGrid, shift_angles

__all__ = [
    "LEAST_LOG",
    "Model",
    "Posterior",
    "RawSums",
    "empty_sums",
    "expect",
    "log_joint",
    "model_of",
    "posterior_of",
    "settle",
]

LEAST_LOG = -80.0
"""No ln γ is taken to be less: exp(−80) is nothing beside 1, and where exp underflows it takes ten times as long."""


@dataclass(frozen=True, eq=False)
class Model:
    """The references of one optics group, made ready to be compared with images.

    Parameters
    ----------
    cross
        (m, 2 K T, 2 rings): rows (part, class, shift), columns (ring, part) of the product that gives real and
        imaginary parts of 2 n_r/σ²_r (C y)_m A*_m; harmonics in the order of ``by``.
    norm
        (l, 2 K, 2 rings): the same of n_r/σ²_r |A|², even harmonics 2l.
    log_prior
        (K T,) ln π_k + ln p(t′) − ln(angles).
    first_ring
        (m,) the first ring that has this harmonic.
    by
        From harmonics to angles.
    classes, shifts
        K and T.
    """

    cross: Float[Array, "m rows columns"]
    norm: Float[Array, "l norm_rows columns"]
    log_prior: Float[Array, " kt"]
    first_ring: Int[NumpyArray, " m"]
    by: Harmonics
    classes: int
    shifts: int


def model_of(
    references: Float[Array, "k rings angles"],
    grid: PolarGrid,
    shifts_px: Float[NumpyArray, "t 2"],
    ring_weights: Float[Array, " used"],
    log_prior: Float[Array, " kt"],
    by: Harmonics,
    first_ring: Int[NumpyArray, " m"],
) -> Model:
    """Move the references by every shift and take them to harmonics.

    Parameters
    ----------
    references
        Hartley transforms on the polar grid; rings beyond the length of ``ring_weights`` are not used.
    grid
        Theirs.
    shifts_px
        t′ in pixels.
    ring_weights
        n_r/σ²_r.
    log_prior
        Of class and shift.
    by
        From harmonics to angles.
    first_ring
        For each harmonic in the order of ``by``, the first ring that is used.

    Returns
    -------
    Model
    """
    rings = len(ring_weights)
    references = references[:, :rings]
    moved = _moved(references, grid, shifts_px)
    spectrum = torch.fft.rfft(moved)[..., torch.from_numpy(by.order)] / grid.angles
    cross = _products(spectrum.flatten(0, 1) * (2 * ring_weights)[:, None])
    flipped = references.roll(grid.angles // 2, -1)
    squares = torch.fft.rfft((references[..., : grid.angles // 2] ** 2 + flipped[..., : grid.angles // 2] ** 2) / 2)
    norm = _products(squares / (grid.angles // 2) * ring_weights[:, None])
    return Model(cross, norm, log_prior, first_ring, by, len(references), len(shifts_px))


def _moved(references: Array, grid: PolarGrid, shifts_px: NumpyArray) -> Array:
    """S_t′ A_k for every class and shift, (k, t, rings, angles)."""
    phase = torch.from_numpy(shift_angles(grid, shifts_px)[:, : references.shape[1]]).to(references)
    there = references.roll(grid.angles // 2, -1)
    return references[:, None] * torch.cos(phase) + there[:, None] * torch.sin(phase)


def _products(spectrum: Array) -> Array:
    """Complex (k, rings, m) → the real matrices (m, 2 k, 2 rings) that multiply by the conjugates."""
    a = spectrum.permute(2, 0, 1)
    real = torch.stack([a.real, a.imag], dim=-1)
    imaginary = torch.stack([-a.imag, a.real], dim=-1)
    return torch.stack([real, imaginary], dim=1).reshape(len(a), 2 * a.shape[1], 2 * a.shape[2])


def log_joint(model: Model, block: Block, part: slice) -> Float[Array, "angles kt n"]:
    """Ln [π_k p(t′)/angles · p(y | k, ψ, t′)] of every pose, without what depends on the image alone.

    Parameters
    ----------
    model
        Of the block's optics group.
    block
        The images.
    part
        Which of them.

    Returns
    -------
    Tensor (angles, K T, n)
        Angles in the order of ``model.by.steps``.
    """
    rows, columns = model.classes * model.shifts, model.cross.shape[-1]
    images = block.cross[part]
    spectrum = images.new_empty((len(model.by.order), 2 * rows, len(images)))
    for place, (m, first) in enumerate(zip(model.by.order, model.first_ring, strict=True)):
        torch.mm(model.cross[place, :, 2 * first :], images[:, m, 2 * first : columns].T, out=spectrum[place])
    shaped = spectrum.view(len(spectrum), 2, model.classes, model.shifts, -1)
    evens = min(model.by.evens, block.transfer.shape[1])
    squares = block.transfer[part, :evens, :columns].permute(1, 2, 0)
    norm = torch.bmm(model.norm[:evens], squares).view(evens, 2, model.classes, 1, -1)
    shaped[:evens] -= norm
    shaped[0, 0] += model.log_prior.view(model.classes, model.shifts, 1)
    return synthesise(spectrum.view(len(spectrum), 2, -1), model.by).view(model.by.angles, rows, -1)


@dataclass(frozen=True, eq=False)
class Posterior:
    """The posterior of n images over all poses, and what is told of it.

    Parameters
    ----------
    probability
        (angles, K T, n) γ; 1 at the best pose alone for point estimates.
    log_evidence
        (n,) float64: ln Σ of the joint probabilities, without the image's own term.
    classes
        (n,) the most probable class, all angles and shifts together.
    best
        (n,) index of its most probable pose in the flattened (angles, T).
    class_probability
        (n,) of that class.
    max_probability, entropy
        (n,) the probability of that pose and the entropy of the posterior, also where point estimates are asked for.
    """

    probability: Float[Array, "angles kt n"]
    log_evidence: Float[Array, " n"]
    classes: Int[Array, " n"]
    best: Int[Array, " n"]
    class_probability: Float[Array, " n"]
    max_probability: Float[Array, " n"]
    entropy: Float[Array, " n"]


def posterior_of(joint: Float[Array, "angles kt n"], classes: int, *, point_estimate: bool = False) -> Posterior:
    """Normalise joint probabilities over all poses.

    Parameters
    ----------
    joint
        What `log_joint` returned; it may be overwritten.
    classes
        K.
    point_estimate
        Whether the best pose takes all.

    Returns
    -------
    Posterior
    """
    flat = joint.flatten(0, 1)
    largest = flat.amax(dim=0)
    flat -= largest
    # an empty class has ln 0 = −∞: kept finite, so that γ ln γ is a number
    probability = torch.exp(flat.clamp_min_(LEAST_LOG))
    total = probability.sum(dim=0)
    mean_log = (probability * flat).sum(dim=0) / total
    probability /= total
    entropy = (torch.log(total) - mean_log).clamp_min(0)
    shaped = probability.view(len(joint), classes, -1, joint.shape[-1])
    of_class = shaped.sum(dim=(0, 2))
    likeliest = of_class.argmax(dim=0)
    if point_estimate:
        place = flat.argmax(dim=0)
        likeliest = place // (joint.shape[1] // classes) % classes
    chosen = likeliest.expand(len(joint), 1, shaped.shape[2], -1)
    highest, best = shaped.gather(1, chosen).flatten(0, 2).max(dim=0)
    certain = of_class.gather(0, likeliest[None])[0]
    evidence = largest.double() + torch.log(total.double())
    probability = probability.view_as(joint)
    if point_estimate:
        evidence = largest.double()
        probability = torch.zeros_like(flat).scatter_(0, place[None], 1.0).view_as(joint)
    return Posterior(probability, evidence, likeliest, best, certain, highest, entropy)


@dataclass(frozen=True, eq=False)
class RawSums:
    """The sums of one optics group and half set, before the shifts are undone.

    Parameters
    ----------
    cross
        (m, 2 rings, 2 K T) Σ (C y)_m times real and imaginary parts of Σ_ψ γ exp(imψ).
    transfer
        (l, 2 rings, 2 K) the same of C².
    mass
        (K, T) float64: Σ γ.
    """

    cross: Float[Array, "m columns rows"]
    transfer: Float[Array, "l columns norm_rows"]
    mass: Float[Array, "k t"]


def empty_sums(model: Model) -> RawSums:
    """Zeros of the shapes that go with a model."""
    m, rows, columns = model.cross.shape
    cross = model.cross.new_zeros((m, columns, rows))
    transfer = model.norm.new_zeros((model.norm.shape[0], columns, model.norm.shape[1]))
    mass = torch.zeros((model.classes, model.shifts), dtype=torch.float64, device=model.cross.device)
    return RawSums(cross, transfer, mass)


def expect(model: Model, block: Block, part: slice, sums: RawSums, *, point_estimate: bool = False) -> Posterior:
    """The posterior of some images of a block, whose share of the M-step's sums is added.

    Parameters
    ----------
    model
        Of the block's optics group.
    block
        The images.
    part
        Which of them.
    sums
        What is added to.
    point_estimate
        Whether the best pose takes all.

    Returns
    -------
    Posterior
    """
    posterior = posterior_of(log_joint(model, block, part), model.classes, point_estimate=point_estimate)
    spectrum = analyse(posterior.probability.flatten(1), model.by)
    columns, n = model.cross.shape[-1], posterior.probability.shape[-1]
    for place, (m, first) in enumerate(zip(model.by.order, model.first_ring, strict=True)):
        images = block.cross[part, m, 2 * first : columns]
        sums.cross[place, 2 * first :].addmm_(images.T, spectrum[place].view(-1, n).T)
    by_class = spectrum.view(len(spectrum), 2, model.classes, model.shifts, n)
    evens = min(model.by.evens, block.transfer.shape[1])
    squares = block.transfer[part, :evens, :columns].permute(1, 2, 0)
    turned = by_class[:evens].sum(dim=3).view(evens, -1, n)
    sums.transfer[:evens].baddbmm_(squares, turned.transpose(1, 2))
    sums.mass.add_(by_class[0, 0].sum(dim=-1, dtype=torch.float64))
    return posterior


def settle(
    sums: RawSums, model: Model, grid: PolarGrid, shifts_px: Float[NumpyArray, "t 2"]
) -> tuple[Float[Array, "k rings angles"], Float[Array, "k rings angles"]]:
    """Undo the shifts of finished sums and take them back to the rings.

    Parameters
    ----------
    sums
        Of one optics group and half set.
    model, grid, shifts_px
        With which they were made.

    Returns
    -------
    numerator, denominator
        Σ γ R_ψ⁻¹ S⁻¹ C y and Σ γ R_ψ⁻¹ C², on the rings that were used.
    """
    rings, classes, shifts = model.cross.shape[-1] // 2, model.classes, model.shifts
    m = torch.from_numpy(model.by.order)
    cross = _complex_sums(sums.cross, rings)
    spectrum = cross.new_zeros((classes * shifts, rings, grid.angles // 2 + 1))
    spectrum[..., m] = cross.permute(2, 1, 0)
    moved = (torch.fft.irfft(spectrum, grid.angles) * grid.angles).view(classes, shifts, rings, grid.angles)
    phase = torch.from_numpy(shift_angles(grid, shifts_px)[:, :rings]).to(moved)
    there = moved.roll(grid.angles // 2, -1)
    numerator = (moved * torch.cos(phase) - there * torch.sin(phase)).sum(dim=1)
    squares = _complex_sums(sums.transfer, rings)
    spectrum = squares.new_zeros((classes, rings, grid.angles // 4 + 1))
    spectrum[..., : len(squares)] = squares.permute(2, 1, 0)
    half = torch.fft.irfft(spectrum, grid.angles // 2) * (grid.angles // 2)
    return numerator, torch.cat([half, half], dim=-1)


def _complex_sums(sums: Array, rings: int) -> Array:
    """(m, 2 rings, 2 k) real products → (m, rings, k) complex."""
    split = sums.view(len(sums), rings, 2, 2, -1)
    real = split[:, :, 0, 0] - split[:, :, 1, 1]
    imaginary = split[:, :, 1, 0] + split[:, :, 0, 1]
    return torch.complex(real, imaginary)
