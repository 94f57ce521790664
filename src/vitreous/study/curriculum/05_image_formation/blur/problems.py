"""Problems of image formation, blur stream: the forward model, its noise, and data that do not match."""

from math import sqrt

import numpy as np

from vitreous.detector import electrons_per_pixel
from vitreous.study.problems import Attempt, Choose, Explain, Mistake, Number, Order, compute


def _apart(answer: float, relative: float, *mistakes: Mistake) -> tuple[Mistake, ...]:
    """The mistakes whose numbers differ from the answer and from each other."""
    kept: list[Mistake] = []
    for mistake in mistakes:
        known = (answer, *(other.answer for other in kept))
        if all(abs(mistake.answer - other) > relative * max(abs(other), abs(mistake.answer)) for other in known):
            kept.append(mistake)
    return tuple(kept)


@compute("Electrons in a pixel")
def electrons(rng: np.random.Generator) -> Attempt:
    """Ask for the electrons per pixel and frame."""
    dose, pixel, frames = (
        int(rng.integers(25, 81)),
        round(float(rng.uniform(0.55, 1.6)), 2),
        int(rng.choice([30, 40, 50])),
    )
    answer = electrons_per_pixel(float(dose), pixel) / frames
    return Attempt(
        statement=f"A movie of {frames} frames with {dose} e/Å² in all, pixels of {pixel:g} Å. How many electrons fall on a pixel in one frame, on average? To 1 %.",
        answer=Number(answer, unit="electrons", relative=0.01),
        mistakes=_apart(
            answer,
            0.03,
            Mistake(
                dose * pixel / frames, "The dose is per *area*: multiply by the area of a pixel, its side squared."
            ),
            Mistake(dose / pixel**2 / frames, "Upside down: a larger pixel collects more."),
            Mistake(answer * frames, "That is for the whole movie; asked was one frame."),
            Mistake(dose / frames, "That is per Å², not per pixel."),
        ),
        hints=(
            f"A pixel covers ${pixel:g}^2 = {pixel**2:.3f}$ Å².",
            f"{dose}/{frames} = {dose / frames:.3f} e/Å² in each frame.",
        ),
        worked=f"${dose}\\cdot{pixel**2:.4f}/{frames} = {answer:.3f}$ electrons: most pixels of a frame are empty or hold one.",
    )


@compute("The signal-to-noise ratio of counting")
def poisson_snr(rng: np.random.Generator) -> Attempt:
    """Ask for signal over noise of a patch."""
    dose, contrast, side = (
        int(rng.integers(20, 61)),
        round(float(rng.uniform(1.0, 6.0)), 1),
        int(rng.choice([5, 10, 20])),
    )
    count = dose * side**2
    answer = contrast / 100 * sqrt(count)
    return Attempt(
        statement=f"A patch of {side} × {side} Å differs from its surroundings by {contrast:g} % in intensity; {dose} e/Å². How many standard deviations of its own counting noise is that? To 1 %.",
        answer=Number(answer, relative=0.01),
        mistakes=_apart(
            answer,
            0.03,
            Mistake(contrast / 100 * count, "The noise of a count N is √N, not 1: the ratio is $cN/\\sqrt N$."),
            Mistake(
                (contrast / 100) ** 2 * count,
                "That is the square: the ratio of *variances*. Standard deviations were asked for.",
            ),
            Mistake(contrast / 100 * sqrt(dose), "That is for 1 Å²: the patch collects over its whole area."),
            Mistake(contrast * sqrt(count), "Percent: divide by 100."),
        ),
        hints=(f"The patch counts {count} electrons.", "A Poisson count of mean N has the standard deviation √N."),
        worked=f"$0.01\\cdot{contrast:g}\\cdot{{{count}}}/\\sqrt{{{count}}} = {answer:.3f}$.",
    )


@compute("How skewed is a count?")
def skewness(rng: np.random.Generator) -> Attempt:
    """Ask for the skewness of a Poisson variable."""
    mean = round(float(rng.uniform(0.5, 30.0)), 1)
    answer = mean**-0.5
    return Attempt(
        statement=f"A pixel counts {mean:g} electrons on average. What is the skewness of its distribution, $\\langle(n-m)^3\\rangle/\\sigma^3$? (A Poisson variable has $\\langle(n-m)^3\\rangle = m$.) To 1 %.",
        answer=Number(answer, relative=0.01),
        mistakes=_apart(
            answer,
            0.03,
            Mistake(mean**0.5, "Upside down: the more electrons, the nearer to a Gaussian."),
            Mistake(1 / mean, "$\\sigma^3 = m^{3/2}$, so $m/m^{3/2}$."),
            Mistake(0.0, "That is a Gaussian's. A count cannot be negative, so it leans."),
            Mistake(mean**-2, "The standard deviation is √m: you divided by $m^3$."),
        ),
        hints=("The variance is $m$, so $\\sigma = \\sqrt m$.", "$m/m^{3/2}$."),
        worked=f"$1/\\sqrt{{{mean:g}}} = {answer:.4f}$.",
    )


@compute("Binning noise that has neighbours")
def binned_variance(rng: np.random.Generator) -> Attempt:
    """Ask for the variance after 2 × 2 binning of correlated noise."""
    correlation = round(float(rng.uniform(0.12, 0.6)), 2)
    answer = ((1 + correlation) / 2) ** 2
    return Attempt(
        statement=f"A camera's smear leaves neighbouring pixels with the noise correlation {correlation:g} along x and, independently, along y (diagonal neighbours: the product). Pixels are averaged 2 × 2. "
        "What is the variance of a binned pixel divided by that of a pixel? To 1 %.",
        answer=Number(answer, relative=0.01),
        mistakes=_apart(
            answer,
            0.03,
            Mistake(
                0.25, "That holds for independent pixels. Correlated neighbours share noise: averaging gains less."
            ),
            Mistake((1 + correlation) / 4, "You counted the correlation along one direction only."),
            Mistake((1 - correlation) ** 2 / 4, "The sign: positive correlation makes the average *noisier*."),
            Mistake(
                (1 + correlation) ** 2,
                "Averaging divides by 4 pixels, and the variance by their square, 16; the 4 × 4 pairs add up to $4(1+\\rho)^2$.",
            ),
        ),
        hints=(
            "Along one direction, the mean of two has the variance $(1+\\rho)/2$.",
            "Both directions multiply.",
        ),
        worked=f"$[(1+{correlation:g})/2]^2 = {answer:.4f}$, against 0.25 for independent pixels.",
    )


@compute("How far a wrong pixel size carries")
def pixel_mismatch(rng: np.random.Generator) -> Attempt:
    """Ask for the resolution at which a scale error is a quarter of a period at a radius."""
    percent, radius = round(float(rng.uniform(0.5, 4.0)), 1), 10 * int(rng.integers(4, 16))
    answer = 4 * percent / 100 * radius
    return Attempt(
        statement=f"Two data sets of a particle of {2 * radius} Å *diameter* are pooled; one pixel size is off by {percent:g} %. At the particle's rim, at which resolution $d$ is detail of the two sets displaced by a quarter of a period, $d/4$? Answer in Å, to 1 %.",
        answer=Number(answer, unit="Å", relative=0.01),
        mistakes=_apart(
            answer,
            0.03,
            Mistake(2 * answer, "From the centre to the rim is the *radius*: maps are aligned about their centres."),
            Mistake(
                answer / 4,
                "That is the displacement itself; a quarter of the period was asked for, so $d$ is four times that.",
            ),
            Mistake(100 * answer, "Percent: divide by 100."),
            Mistake(answer / 16, "A quarter of the period: $d/4$ equals the displacement, so multiply by 4."),
        ),
        hints=(f"The displacement at the rim is {percent:g} % of {radius} Å.", "Set it equal to $d/4$."),
        worked=f"$4\\cdot{percent / 100:g}\\cdot{radius} = {answer:.2f}$ Å: finer detail at the rim is lost to the pool.",
    )


@compute("Defocus after a correction of the pixel size")
def rescaled_defocus(rng: np.random.Generator) -> Attempt:
    """Ask for the defocus that gives the same rings with the right pixel size."""
    wrong, change, micrometres = (
        round(float(rng.uniform(0.9, 1.5)), 3),
        float(rng.choice([-4, -3, -2, 2, 3, 4])),
        round(float(rng.uniform(0.8, 2.5)), 2),
    )
    right = wrong * (1 + change / 100)
    answer = micrometres * (1 + change / 100) ** 2
    return Attempt(
        statement=f"A CTF fit with pixels of {wrong:g} Å gave {micrometres:g} µm. The pixels turn out to be {right:.4f} Å. Neglecting $C_s$, which defocus belongs to the same rings? Answer in µm, to 0.3 %.",
        answer=Number(answer, unit="µm", relative=0.003),
        mistakes=_apart(
            answer,
            0.008,
            Mistake(
                micrometres * (1 + change / 100),
                "The rings fix $\\Delta f\\,k^2$: $k$ is inversely proportional to the pixel size, so $\\Delta f$ goes with its *square*.",
            ),
            Mistake(
                micrometres / (1 + change / 100) ** 2,
                "The other way: larger pixels make all frequencies smaller, and the defocus larger.",
            ),
            Mistake(
                micrometres,
                "The rings stay where they are in pixels; their frequencies in 1/Å do not, and the defocus with them.",
            ),
        ),
        hints=("The rings are at fixed places in pixels: $k\\cdot p$ is fixed.", "$\\Delta f\\,k^2$ is fixed too."),
        worked=f"${micrometres:g}\\cdot({right:.4f}/{wrong:g})^2 = {answer:.4f}$ µm.",
    )


@compute("Pooling opposite contrasts")
def opposite_contrast(rng: np.random.Generator) -> Attempt:
    """Ask for what is left of the signal when a set has the wrong sign."""
    first, second = 1000 * int(rng.integers(40, 101)), 1000 * int(rng.integers(5, 31))
    answer = (first - second) / (first + second)
    return Attempt(
        statement=f"{first} particles with protein white are averaged with {second} of another set with protein dark, by mistake as they are. Which fraction of the signal's amplitude is left? To 1 %.",
        answer=Number(answer, relative=0.01),
        mistakes=_apart(
            answer,
            0.03,
            Mistake(1.0, "Noise does not care about the sign, signal does: the second set subtracts."),
            Mistake(
                first / (first + second),
                "That would be so if the second set contributed nothing. It contributes the negative.",
            ),
            Mistake((first - second) / first, "Divide by *all* images that were averaged."),
            Mistake(-answer, "The larger set decides the sign."),
        ),
        hints=("The mean of $+1$ and $-1$, weighted by numbers.", f"{first} − {second} over {first} + {second}."),
        worked=f"$({first}-{second})/({first}+{second}) = {answer:.4f}$; and alignment to a white reference would make a mess of the dark ones besides.",
    )


@compute("Equal weights or own weights")
def group_weights(rng: np.random.Generator) -> Attempt:
    """Ask how much the SSNR of a pool gains by weighting each group by its noise."""
    ratio = round(float(rng.uniform(2.0, 8.0)), 1)
    equal, own = 4 / (1 + ratio), 1 + 1 / ratio
    answer = own / equal
    return Attempt(
        statement=f"As many particles come from carbon as from holes, with the same signal; the noise power of carbon is {ratio:g} times the holes'. By which factor is the signal-to-noise ratio (power) of the pool better when each "
        "group is weighted by the inverse of its own noise power, than with equal weights? To 1 %.",
        answer=Number(answer, relative=0.01),
        mistakes=_apart(
            answer,
            0.03,
            Mistake(own, "That is the gain over the holes *alone*."),
            Mistake(1 / answer, "Upside down: own weights are never worse."),
            Mistake(equal, "That is the SNR with equal weights, relative to the holes alone."),
            Mistake(sqrt(answer), "That is the ratio of amplitudes; power was asked for."),
        ),
        hints=(
            "Let the holes have SNR 1. Equal weights: signal 2, noise power $1+r$, so $4/(1+r)$.",
            "Inverse-noise weights add SNRs: $1+1/r$.",
        ),
        worked=f"$(1+1/{ratio:g})\\cdot(1+{ratio:g})/4 = {answer:.4f}$.",
    )


@compute("The order of the stages")
def stage_order(rng: np.random.Generator) -> Attempt:
    """Ask to put the stages of the forward model into the order in which the electrons meet them."""
    stages = (
        "turn the molecule",
        "project its potential along the beam",
        "filter by the CTF and the microscope's envelopes",
        "filter by √DQE: what the camera misses",
        "count electrons (Poisson)",
        "filter by the NTF: what the camera smears after counting",
        "add read-out noise",
    )
    places = [int(place) for place in rng.permutation(len(stages))]
    items = tuple(stages[place] for place in places)
    right = [places.index(stage) for stage in range(len(stages))]
    swapped = list(right)
    swapped[3], swapped[4] = right[4], right[3]
    early = [right[0], right[1], right[4], right[2], right[3], right[5], right[6]]
    backwards = [right[1], right[0], *right[2:]]
    return Attempt(
        statement="Put the stages of the forward model (Vulović's eq. 7 for the camera) into the order in which they act.",
        answer=Order(items, right),
        mistakes=(
            Mistake(
                swapped,
                "What the camera misses is missed *before* it is counted: √DQE acts on the mean of the Poisson process.",
            ),
            Mistake(
                early,
                "Counting happens at the camera: the lens acts on waves, before any electron has been counted. Noise does not carry the CTF.",
            ),
            Mistake(backwards, "The projection is taken of the turned molecule."),
        ),
        hints=("Molecule, lens, camera.", "In the camera: lose, count, smear, read."),
        worked="Turn, project, CTF and envelopes; then √DQE, Poisson, NTF, read-out. CTF and envelopes commute with each other, not with counting.",
    )


@compute("Which noise is it?")
def which_noise(rng: np.random.Generator) -> Attempt:
    """Ask for the kind of noise from three numbers."""
    kind = int(rng.integers(4))
    mean = round(float(rng.uniform(1.0, 4.0)), 1)
    ratio, skew, neighbours = (
        (round(float(rng.uniform(2.0, 5.0)), 2), 0.0, 0.0),
        (1.0, round(mean**-0.5, 2), 0.0),
        (round(float(rng.uniform(0.3, 0.6)), 2), round(0.8 * mean**-0.5, 2), round(float(rng.uniform(0.25, 0.5)), 2)),
        (round(float(rng.uniform(0.005, 0.02)), 3), 0.02, round(float(rng.uniform(-0.3, -0.15)), 2)),
    )[kind]
    spectrum = ("flat", "flat", "falls towards Nyquist", "rings that vanish at some frequencies")[kind]
    options = (
        "additive white Gaussian",
        "counting alone",
        "counting, then the camera's smear",
        "ice seen through the lens, without counting",
    )
    told = (
        "A variance that is not the mean, no skewness, no correlation: someone's random number generator.",
        "Variance = mean and a skewness of 1/√m mark a count; a flat spectrum says that nothing came after it.",
        "The smear makes neighbours alike and lowers the variance below the mean.",
        "Rings with zeros are the CTF squared: this went through the lens, so it is structure.",
    )
    return Attempt(
        statement=f"An image of nothing: mean {mean:g}, variance/mean {ratio:g}, skewness {skew:g}, correlation of neighbours {neighbours:g}, power spectrum: {spectrum}. Which noise is it?",
        answer=Choose(options, kind),
        mistakes=tuple(
            Mistake(other, f"{told[kind]} ({options[other][0].upper() + options[other][1:]} would look different.)")
            for other in range(4)
            if other != kind
        ),
        hints=(
            "A Poisson variable has variance = mean and skewness 1/√m.",
            "A filter after counting correlates neighbours; the lens makes rings.",
        ),
        worked=f"{told[kind]} So: {options[kind]}.",
    )


real_noise = Explain(
    key="real-noise",
    title="How real noise differs",
    question="Name the ways in which the noise of a cryo-EM image differs from additive white Gaussian noise, and for each the measurement that shows it.",
    answer="Counting noise is Poisson: its variance equals the mean, so that it depends on the signal, it is skewed at low counts (1/√m), and it is not added but is the count itself; the histogram shows it. The camera smears after counting: pixels are correlated, the spectrum falls as NTF²; the power spectrum or the correlation of neighbours shows it, the histogram does not. "
    "Structural noise, ice and support film, goes through the CTF: its spectrum has Thon rings, it is the same in every frame, and does not average away with dose, only over particles. Read-out noise is nearly Gaussian and white, and small. After motion correction, interpolation and whitening the spectrum has changed again. In Fourier space, shell by shell, a Gaussian with its own variance is nevertheless a good model, since each coefficient sums many pixels.",
    checklist=(
        "Poisson: variance = mean, depends on signal, skewness",
        "coloured by the camera: spectrum, neighbours",
        "structural: Thon rings, same in all frames",
        "not seen in the histogram / not seen in the spectrum",
        "Gaussian per Fourier shell is a good approximation",
    ),
)

grid_types = Explain(
    key="grid-types",
    title="Combining particles from different grids",
    question="You have particles of one protein on thin carbon, on graphene and in bare gold holes. May you combine them? What differs, how would you treat each difference, and when would you leave some out?",
    answer="The molecule and the lens are the same, so the signals add if the images are brought to one contrast and scale. What differs is the noise: carbon scatters, so its particles have more noise power at all frequencies; graphene adds almost nothing; ice thickness sets inelastic loss and structural noise. So each grid type needs its own noise spectrum (noise or optics group) and its own intensity scale: normalising by the background's standard deviation makes particles on carbon fainter. "
    "Then inverse-noise weighting can only help. Motion, and with it the B factor, differs: a weight that depends on frequency. Orientations differ, and that may be the best reason for combining: views missing on one support are frequent on another. Damage or conformations at the air–water interface may differ: classify together and look whether classes go with grids. CTF: on carbon the fit sees the film's plane. "
    "Leave out what does not raise the SSNR at the resolution wanted, or what is another structure.",
    checklist=(
        "own noise spectrum (group) for each grid type",
        "own intensity scale / normalisation",
        "B factor and motion differ",
        "orientation distributions complement each other",
        "conformation or damage may differ; classify",
        "criterion for leaving out",
    ),
)

pooling_sets = Explain(
    key="pooling-sets",
    title="Pooling data sets of one particle",
    question="You pool a data set from another microscope with yours. List what must be made equal, what must be kept separate, what may differ freely; and how you would notice a mistake that the half-map FSC does not show.",
    answer="Made equal: pixel size (true magnification; calibrate by correlating maps reconstructed from each set, rescale, and refit defocus, which goes with the square of the pixel), contrast sign, box, hand, reference frame of the poses. Kept separate: voltage, Cs, beam tilt and higher aberrations, MTF, noise spectrum, intensity scale, energy filter or not: optics groups. Free: defocus range (complementary zeros help), number of particles, ice thickness within reason. "
    "Halves of a mixed pool share the mixture: they agree on a wrong scale or on an average of two conformations. So compare the maps of the sets with each other (FSC between set A and set B, at full pixel-size search), against an atomic model's known distances (helix pitch, bond lengths, crystal structure), look at the per-set residuals and per-set B factors, and check that the FSC improves with *random* subsets as it should: if adding set B helps less than adding as many from A, something does not match.",
    checklist=(
        "equal: pixel size, contrast sign, hand, frame",
        "separate: voltage, Cs, aberrations, MTF, noise, scale",
        "free: defocus range",
        "half-map FSC measures reproducibility only",
        "cross-set FSC, model distances, subset test",
    ),
)
