"""Problems of image formation, sharpen stream: multislice and its approximations, the camera in two dimensions."""

from math import pi, sqrt

import numpy as np

from vitreous.detector import IDEAL, Detector, expose, noise_transfer, square_pixel
from vitreous.fourier import frequency_grid, ft, irft
from vitreous.optics import (
    Defocus,
    ExitWave,
    Lens,
    ewald_height_per_angstrom,
    ewald_sphere,
    image_of_wave,
    interaction_constant,
    linear_term,
    multislice,
    phase_grating,
    quadratic_term,
    wave_transfer,
    wavelength_angstrom,
    weak_phase,
)
from vitreous.specimen import ICE, mean_inner_potential
from vitreous.study.problems import Attempt, Choose, Complex, Derive, Explain, Mistake, Number, Step, compute


def _apart(answer: complex, relative: float, *mistakes: Mistake) -> tuple[Mistake, ...]:
    """The mistakes whose numbers differ from the answer and from each other."""
    kept: list[Mistake] = []
    for mistake in mistakes:
        known = (answer, *(other.answer for other in kept))
        if all(abs(mistake.answer - other) > relative * max(abs(other), abs(mistake.answer)) for other in known):
            kept.append(mistake)
    return tuple(kept)


@compute("The phase behind a slab of ice")
def ice_phase(rng: np.random.Generator) -> Attempt:
    """Ask for the phase that ice gives to the wave."""
    kilovolts, thickness = float(rng.choice([100, 200, 300])), 50 * int(rng.integers(2, 25))
    sigma, potential = float(interaction_constant(kilovolts)), round(float(mean_inner_potential(ICE)), 2)
    answer = sigma * potential * thickness
    return Attempt(
        statement=f"Vitreous ice has a mean inner potential of {potential:g} V (isolated atoms). By which phase is the wave behind {thickness} Å of it ahead of one in vacuum, at {kilovolts:g} kV, σ = {1e4 * sigma:.3f}·10⁻⁴ rad/(V Å)? Answer in rad, to 1 %.",
        answer=Number(answer, unit="rad", relative=0.01),
        mistakes=_apart(
            answer,
            0.03,
            Mistake(answer * 180 / pi, "That is in degrees."),
            Mistake(2 * pi * answer, "σ already holds the 2π: it is in radians per volt and ångström."),
            Mistake(answer / 10, "1 nm is 10 Å: σ is per ångström."),
            Mistake(potential * thickness, "That is the projected potential in V Å; times σ it is a phase."),
        ),
        hints=("$\\sigma\\int V\\,dz$.", f"$\\int V\\,dz = {potential * thickness:.0f}$ V Å."),
        worked=f"${1e4 * sigma:.3f}\\cdot10^{{-4}}\\cdot{potential:g}\\cdot{thickness} = {answer:.4f}$ rad. A constant phase changes no image; but put it into $1+i\\varphi$ and the expansion is spoiled: take the mean off first.",
    )


@compute("What the weak phase leaves out")
def weak_error(rng: np.random.Generator) -> Attempt:
    """Ask for the relative error of the scattered wave at a phase."""
    phase = round(float(rng.uniform(0.1, 0.9)), 2)
    exact = np.exp(1j * phase) - 1
    answer = float(abs(exact - 1j * phase) / abs(exact))
    return Attempt(
        statement=f"A thin object turns the phase by $\\varphi = {phase:g}$ rad at some place. By how much is the weak-phase wave $1+i\\varphi$ off there, relative to the scattered wave: $|e^{{i\\varphi}}-1-i\\varphi|/|e^{{i\\varphi}}-1|$? To 2 %.",
        answer=Number(answer, relative=0.02),
        mistakes=_apart(
            answer,
            0.05,
            Mistake(float(abs(exact - 1j * phase)), "That is the absolute error; divide by the scattered wave."),
            Mistake(phase, "The first term left out is $\\varphi^2/2$, relative to $\\varphi$: about *half* of φ."),
            Mistake(phase**2 / 2, "That is about the absolute error; relative to $\\varphi$ it is $\\varphi/2$."),
            Mistake(float(abs(np.exp(1j * phase) - 1)), "That is the scattered wave itself."),
        ),
        hints=(
            "$e^{i\\varphi} = \\cos\\varphi+i\\sin\\varphi$.",
            f"To lowest order it is $\\varphi/2 = {phase / 2:.3f}$.",
        ),
        worked=f"{answer:.4f}, close to $\\varphi/2 = {phase / 2:.3f}$: the error of the *wave* is first order in the phase.",
    )


@compute("How far the Ewald sphere is from the plane")
def ewald_limit(rng: np.random.Generator) -> Attempt:
    """Ask for the height of the sphere in units of the reciprocal thickness."""
    kilovolts, thickness, d = (
        float(rng.choice([100, 200, 300])),
        50 * int(rng.integers(4, 21)),
        round(float(rng.uniform(2.0, 5.0)), 1),
    )
    lam = float(wavelength_angstrom(kilovolts))
    answer = float(ewald_height_per_angstrom(1 / d, kilovolts)) * thickness
    return Attempt(
        statement=f"At {d:g} Å, {kilovolts:g} kV (λ = {lam:.5f} Å), how far is the Ewald sphere from the central slice, $\\tfrac12\\lambda k^2$, in units of the width $1/t$ of the transform of a specimen of {thickness} Å? To 1 %.",
        answer=Number(answer, relative=0.01),
        mistakes=_apart(
            answer,
            0.03,
            Mistake(
                2 * answer,
                "The ½ is missing: a sphere of radius $1/\\lambda$ lies $k^2/(2\\cdot1/\\lambda)$ off its tangent plane.",
            ),
            Mistake(0.5 * lam * thickness / d, "The frequency enters squared."),
            Mistake(pi * answer, "No π here: that is for the phase $\\pi\\lambda k^2z$."),
            Mistake(1 / answer, "Upside down."),
        ),
        hints=(f"$\\tfrac12\\lambda k^2 = {answer / thickness:.3e}$ 1/Å.", f"Times {thickness} Å."),
        worked=f"$\\tfrac12\\cdot{lam:.5f}\\cdot{thickness}/{d:g}^2 = {answer:.4f}$; "
        + (
            "the plane and the sphere see different numbers."
            if answer > 0.5
            else "less than half a width: the projection serves."
        ),
    )


@compute("The complex transfer of the lens")
def complex_transfer(rng: np.random.Generator) -> Attempt:
    """Ask for T(k) = exp(iχ) at a frequency."""
    nanometres, d = 10 * int(rng.integers(30, 200)), round(float(rng.uniform(4.0, 12.0)), 1)
    lam = float(wavelength_angstrom(300.0))
    chi = pi * lam * 10 * nanometres / d**2
    answer = complex(np.exp(1j * chi))
    return Attempt(
        statement=f"300 kV (λ = {lam:.5f} Å), {nanometres} nm underfocus, $C_s = 0$. What does the lens multiply the scattered wave of {d:g} Å by, $T = e^{{i\\chi}}$ with $\\chi = \\pi\\lambda\\,\\Delta f\\,k^2$? A complex number, within 0.03.",
        answer=Complex(answer, relative=0.0, absolute=0.03),
        mistakes=tuple(
            mistake
            for mistake in _apart(
                answer,
                0.09,
                Mistake(
                    answer.conjugate(),
                    "The sign of χ: with underfocus positive the factor is $e^{+i\\chi}$ here (papers that write $e^{-i\\chi}$ have the other sign in χ).",
                ),
                Mistake(
                    complex(-np.sin(chi)),
                    "That is the sine CTF, what is left of $T$ after interference with the unscattered beam. The lens acts on the wave by a complex factor of modulus 1.",
                ),
                Mistake(complex(np.exp(2j * chi)), "A factor 2 too much in χ: $\\pi\\lambda\\,\\Delta f\\,k^2$."),
            )
            if abs(mistake.answer - answer) > 0.09
        ),
        hints=(f"$\\chi = {chi:.4f}$ rad.", "$e^{i\\chi} = \\cos\\chi + i\\sin\\chi$, in radians."),
        worked=f"$\\chi = {chi:.4f}$ rad, $T = {answer.real:.4f} {'+' if answer.imag >= 0 else '-'} {abs(answer.imag):.4f}\\,i$.",
    )


@compute("The noise transfer of a camera")
def noise_transfer_value(rng: np.random.Generator) -> Attempt:
    """Ask for the NTF from MTF and DQE."""
    mtf, zero, dqe = (
        round(float(rng.uniform(0.4, 0.8)), 2),
        round(float(rng.uniform(0.6, 0.95)), 2),
        round(float(rng.uniform(0.2, 0.5)), 2),
    )
    answer = mtf * sqrt(zero / dqe)
    return Attempt(
        statement=f"At some frequency a camera has MTF = {mtf:g} and DQE = {dqe:g}; DQE(0) = {zero:g}. What is its noise transfer function, normalised to 1 at 0: $\\mathrm{{NTF}}^2 = \\mathrm{{NNPS}} = \\mathrm{{MTF}}^2\\,\\mathrm{{DQE}}(0)/\\mathrm{{DQE}}$? To 1 %.",
        answer=Number(answer, relative=0.01),
        mistakes=_apart(
            answer,
            0.03,
            Mistake(answer**2, "That is the noise *power*, NNPS; the NTF is its root."),
            Mistake(mtf / sqrt(dqe), "Without DQE(0) it is not 1 at $k=0$."),
            Mistake(
                mtf * sqrt(dqe / zero),
                "Upside down: a poor DQE at this frequency means *more* noise for the signal that is left.",
            ),
            Mistake(mtf, "NTF = MTF only for a camera that loses nothing (DQE constant)."),
        ),
        hints=(f"DQE(0)/DQE = {zero / dqe:.3f}.", "Take the root, then multiply by the MTF."),
        worked=f"${mtf:g}\\sqrt{{{zero:g}/{dqe:g}}} = {answer:.4f}$.",
    )


@compute("A square pixel off the axis")
def pixel_corner(rng: np.random.Generator) -> Attempt:
    """Ask for the MTF of a square pixel in the plane."""
    kx, ky = round(float(rng.uniform(0.25, 0.5)), 2), round(float(rng.uniform(0.25, 0.5)), 2)
    answer, radius = float(square_pixel(np.array([kx, ky]))), float(np.hypot(kx, ky))
    return Attempt(
        statement=f"Square pixels that add what falls on them. What is their MTF at $(k_x, k_y) = ({kx:g}, {ky:g})$ cycles/pixel? Within 0.003.",
        answer=Number(answer, relative=0.0, absolute=0.003),
        mistakes=_apart(
            answer,
            0.012,
            Mistake(
                float(np.sinc(radius)),
                "That is the axis curve read at $|k|$: a square has corners, and its MTF is the *product* of both sincs.",
            ),
            Mistake(float(np.sinc(kx)), "Both directions count: multiply by sinc of $k_y$."),
            Mistake(float(np.sinc(kx / pi) * np.sinc(ky / pi)), "The sinc has a π: $\\sin(\\pi k)/(\\pi k)$."),
            Mistake(answer**2, "That is its square, the DQE of such a camera."),
        ),
        hints=(
            "A square is a product of two slits.",
            f"$\\sin(\\pi\\cdot{kx:g})/(\\pi\\cdot{kx:g}) = {np.sinc(kx):.4f}$.",
        ),
        worked=f"${np.sinc(kx):.4f}\\cdot{np.sinc(ky):.4f} = {answer:.4f}$; the 1D curve at $|k| = {radius:.3f}$ has {np.sinc(radius):.3f}.",
    )


@compute("What DQE does to SNR")
def dqe_snr(rng: np.random.Generator) -> Attempt:
    """Ask for the dose that a perfect camera would need for the same SNR."""
    dose, dqe = int(rng.integers(20, 71)), round(float(rng.uniform(0.25, 0.85)), 2)
    answer = dose * dqe
    return Attempt(
        statement=f"A camera has DQE = {dqe:g} at 3 Å and takes {dose} e/Å². With which dose would a perfect camera have the same signal-to-noise ratio at 3 Å? Answer in e/Å², to 1 %.",
        answer=Number(answer, unit="e/Å²", relative=0.01),
        mistakes=_apart(
            answer,
            0.03,
            Mistake(dose * sqrt(dqe), "DQE is defined by SNR², which goes with the dose itself: no root."),
            Mistake(dose / dqe, "A perfect camera needs *less*."),
            Mistake(dose * dqe**2, "DQE enters once."),
        ),
        hints=(
            "$\\mathrm{SNR}^2_{out} = \\mathrm{DQE}\\cdot\\mathrm{SNR}^2_{in}$.",
            "$\\mathrm{SNR}^2$ of counting is proportional to the dose.",
        ),
        worked=f"${dqe:g}\\cdot{dose} = {answer:.2f}$ e/Å²: the rest was damage without information, at this frequency.",
    )


@compute("Neighbours after a smear")
def smeared_neighbours(rng: np.random.Generator) -> Attempt:
    """Ask for the noise correlation of neighbours after a three-point kernel."""
    side = round(float(rng.uniform(0.05, 0.24)), 2)
    centre = 1 - 2 * side
    variance, covariance = centre**2 + 2 * side**2, 2 * side * centre
    answer = covariance / variance
    return Attempt(
        statement=f"After counting, each row of a camera is convolved with $[{side:g},\\ {centre:g},\\ {side:g}]$. The counts were independent. What is the correlation (covariance/variance) of neighbouring pixels in a row? To 1 %.",
        answer=Number(answer, relative=0.01),
        mistakes=_apart(
            answer,
            0.03,
            Mistake(
                covariance,
                "That is the covariance in units of the *count's* variance; the smeared pixel's own variance is smaller.",
            ),
            Mistake(
                side / centre,
                "The correlation is the kernel's *autocorrelation*: sums of products, not a ratio of weights.",
            ),
            Mistake(
                answer / 2, "Two pairs of weights overlap at a distance of one pixel: centre·side and side·centre."
            ),
            Mistake(0.0, "A filter after counting mixes the same counts into both neighbours."),
        ),
        hints=(
            f"Variance: ${centre:g}^2 + 2\\cdot{side:g}^2 = {variance:.4f}$.",
            f"Covariance at distance 1: $2\\cdot{side:g}\\cdot{centre:g} = {covariance:.4f}$.",
        ),
        worked=f"${covariance:.4f}/{variance:.4f} = {answer:.4f}$: the autocorrelation of the kernel, which is $F^{{-1}}[\\mathrm{{NTF}}^2]$.",
    )


@compute("Which rung of the ladder?")
def which_model(rng: np.random.Generator) -> Attempt:
    """Ask for the cheapest model within an error, from two small numbers."""
    strong, deep = bool(rng.integers(2)), bool(rng.integers(2))
    phase = round(float(rng.uniform(0.5, 1.2)), 2) if strong else round(float(rng.uniform(0.01, 0.05)), 3)
    turn = round(float(rng.uniform(0.6, 2.0)), 2) if deep else round(float(rng.uniform(0.005, 0.05)), 3)
    options = ("weak phase", "phase grating", "Ewald sphere", "multislice")
    right = int(strong) + 2 * int(deep)
    return Attempt(
        statement=f"A specimen turns the wave by $\\sigma\\int V\\,dz$ = {phase:g} rad (deviation from its mean); at the resolution wanted, $\\pi\\lambda k^2t/2$ = {turn:g} rad from mid-plane to surface. "
        "Which is the cheapest model of the exit wave that is good to about 5 %?",
        answer=Choose(options, right),
        mistakes=tuple(
            Mistake(
                other,
                "It works, but it is more than needed: one of its two corrections is negligible here."
                if other == 3
                else f"{options[other].capitalize()} "
                + (
                    "drops multiple scattering, which is not small here."
                    if strong and other in (0, 2)
                    else "drops the depth, which is not small here."
                    if deep and other in (0, 1)
                    else "corrects for something that is negligible here; there is a cheaper one."
                ),
            )
            for other in range(4)
            if other != right
        )
        if right != 3
        else (
            Mistake(0, "Weak phase drops both terms; neither is small here."),
            Mistake(1, "The phase grating keeps multiple scattering but drops the depth."),
            Mistake(2, "The Ewald sphere keeps the depth but scatters only once."),
        ),
        hints=(
            "Weak phase and Ewald sphere need $\\sigma\\int V \\ll 1$ (error φ/2).",
            "Weak phase and phase grating need $\\pi\\lambda k^2t/2 \\ll 1$.",
        ),
        worked=f"Multiple scattering {'matters' if strong else 'does not matter'}, depth {'matters' if deep else 'does not'}: {options[right]}.",
    )


complex_or_sine = Explain(
    key="complex-or-sine",
    title="Complex CTF or sine CTF",
    question="Vulović's eq. 5 propagates the wave with a complex transfer and squares; reconstruction programs multiply the projection's transform by a sine. When is which right, and what is lost in going from one to the other?",
    answer="The complex form, I = |F⁻¹[T Fψ]|², is right for any exit wave under coherent illumination; partial coherence is a sum of such images over defocus and angle. Expand ψ = exp(iφ − μ): the constant 1 interferes with the scattered wave and gives the term linear in φ and μ, −2 sin χ φ̂ − 2 cos χ μ̂, if T is even; with μ proportional to φ that is one sine with arcsin a. "
    "Lost are all products of the scattered wave with itself and the higher powers in ψ, of relative size φ; for protein at 300 kV of 100 Å about ten per cent, more for heavy atoms, low voltage, thick ice. Lost too: envelopes are right only for the linear term; and a T that is not even (beam tilt, blocked half-plane, coma) makes the linear transfer complex, so that a real sine is wrong even for a weak object. In focus the sine form predicts nothing, and what one sees is second order. "
    "The sine form is right for thin weak objects at usual defoci; its reward is linearity: images can be averaged, weighted and inverted. Amplitude contrast must be in one place only.",
    checklist=(
        "complex: any wave; sine: weak phase and even T",
        "linear term from interference with the unscattered beam",
        "dropped: quadratic terms, relative size ~ φ",
        "envelopes act on intensities",
        "beam tilt / sideband make H complex",
        "reward: linear, invertible; absorption counted once",
    ),
)

vulovic_noise = Explain(
    key="vulovic-noise",
    title="Gaussian, additive, independent?",
    question="Does Vulović's model of the camera assume additive Gaussian noise that is independent from pixel to pixel? Which models or steps break the independence of pixels, and when does it matter?",
    answer="No. The mean number of electrons, filtered by √DQE, is the parameter of a Poisson draw: signal-dependent, not additive, not Gaussian at low dose. Before the next step pixels are independent given the mean. Then the NTF filters the counts, signal and noise, so that the covariance becomes F⁻¹[NTF²] times the variance: not independent unless NTF = 1. At the end read-out noise, Gaussian, additive, independent, and a dark current. "
    "Independence is broken by the NTF; by structural noise of ice and carbon; by resampling in motion correction, rotation and Fourier cropping; by filters and whitening; by coincidence loss in counting cameras; by gain errors common to frames. It matters for real-space likelihoods, for variance estimates from single pixels and for anything that bins. For stationary noise Fourier coefficients are uncorrelated whatever the spectrum, which is why programs put σ²(r) there: that keeps the correlation but ignores direction (square pixels) and dependence on the signal.",
    checklist=(
        "Poisson with signal-dependent mean",
        "NTF correlates: covariance F⁻¹[NTF²]",
        "read-out is the Gaussian part",
        "other sources of correlation: ice, interpolation, cropping",
        "Fourier-space variances keep stationary correlation",
    ),
)

exact_reconstruction = Explain(
    key="exact-reconstruction",
    title="Reconstruction with better physics",
    question="How would one reconstruct with a more exact forward model than the projection and the sine CTF, and what is the bottleneck on each rung?",
    answer="Ewald sphere: the image is still linear in V; each image gives two half-transforms P and Q, each inserted on its own side of the sphere, with a weight where the two overlap. Costs twice the insertion and the knowledge of the hand. Second order (Koeck's quadratic term) or phase grating: nonlinear in the projection; alternate: reconstruct linearly, predict the nonlinear part by the forward model, subtract it from the images, reconstruct again; or Gauss–Newton. "
    "Multislice: V appears in every slice; minimise Σ|y − I(V, pose)|²/σ² by gradients, each the adjoint of a multislice run (back through the same slices), as ptychography and electron tomography do. Bottlenecks: arithmetic, since ~100 FFT pairs an image and iteration replace one slice, and pose search multiplies that by thousands, so poses must come from the cheap model; memory for the stored waves; low dose: at SNR ≪ 1 an error of a few per cent of the amplitude is invisible in one image and must be systematic over 10⁵ to matter; nonconvexity; unknown ice around the particle, whose multiple scattering is not modelled; sums over partial coherence. The first rung pays (large viruses beyond 3 Å); the last so far mostly for thick or heavy specimens.",
    checklist=(
        "Ewald: linear, two half transforms, hand",
        "quadratic: iterate prediction and subtraction",
        "multislice: gradient through the slices (adjoint)",
        "bottleneck: FFTs × images × poses × iterations; memory",
        "SNR, unknown ice, nonconvexity",
    ),
)


def _paraxial() -> bool:
    import sympy

    x, y, z = sympy.symbols("x y z", real=True)
    lam, sigma = sympy.symbols("lambda sigma", positive=True)
    psi, potential = sympy.Function("psi")(x, y, z), sympy.Function("V")(x, y, z)
    carrier = sympy.exp(2 * sympy.pi * sympy.I * z / lam)
    whole = psi * carrier
    left = (
        sum(sympy.diff(whole, axis, 2) for axis in (x, y, z))
        + (4 * sympy.pi**2 / lam**2 + 4 * sympy.pi * sigma * potential / lam) * whole
    )
    slow = sympy.diff(psi, x, 2) + sympy.diff(psi, y, 2)
    kept = 4 * sympy.pi * sympy.I / lam * sympy.diff(psi, z) + slow + 4 * sympy.pi * sigma / lam * potential * psi
    return bool(sympy.simplify(sympy.expand(left / carrier) - kept - sympy.diff(psi, z, 2)) == 0)


def _solved_for_slope() -> bool:
    import sympy

    lam, sigma, laplacian, scattered = sympy.symbols("lambda sigma L S")
    slope = sympy.symbols("slope")
    equation = 4 * sympy.pi * sympy.I / lam * slope + laplacian + 4 * sympy.pi * sigma / lam * scattered
    found = sympy.solve(equation, slope)[0]
    return bool(sympy.simplify(found - (sympy.I * lam / (4 * sympy.pi) * laplacian + sympy.I * sigma * scattered)) == 0)


def _grating_solves() -> bool:
    import sympy

    z, sigma = sympy.symbols("z sigma", positive=True)
    integral = sympy.Function("W")(z)
    psi = sympy.exp(sympy.I * sigma * integral)
    return bool(sympy.simplify(sympy.diff(psi, z) - sympy.I * sigma * sympy.diff(integral, z) * psi) == 0)


def _born_solves() -> bool:
    import sympy

    z, s, c, sigma = sympy.symbols("z s c sigma", positive=True)
    potential = 1 + s**2  # a layer's transform, any function of its height
    psi = sympy.I * sigma * sympy.integrate(potential * sympy.exp(-sympy.I * c * (z - s)), (s, 0, z))
    left = sympy.diff(psi, z) - (-sympy.I * c * psi + sympy.I * sigma * potential.subs(s, z))
    return bool(sympy.simplify(sympy.expand(left)) == 0)


def _object(strength: float = 1.0) -> np.ndarray:
    rng, n = np.random.default_rng(7), 24
    y, x = np.mgrid[-12:12, -12:12]
    slices = [np.exp(-((x - rng.uniform(-5, 5)) ** 2 + (y - rng.uniform(-5, 5)) ** 2) / 8) for _ in range(n)]
    return 20.0 * strength * np.stack(slices)


def _apart_by(first: ExitWave, second: ExitWave) -> float:
    return float(np.linalg.norm(first.wave - second.wave) / np.linalg.norm(second.wave - 1))


def _independent() -> bool:
    slices, flat = _object(), _object().sum(axis=0)
    no_depth = multislice(slices, 1.0, 0.0, 300.0, band_limit=None)
    weakest = _object(1e-4)
    grating = phase_grating(flat, 1.0, 300.0)
    sphere = ewald_sphere(weakest, 1.0, 20.0, 300.0)
    return (
        _apart_by(grating, no_depth) < 1e-6
        and _apart_by(sphere, multislice(weakest, 1.0, 20.0, 300.0, band_limit=None)) < 1e-3
    )


def _weak_error_goes_with_strength() -> bool:
    errors = []
    for strength in (0.02, 0.01):
        flat = _object(strength).sum(axis=0)
        errors.append(_apart_by(weak_phase(flat, 1.0, 300.0), phase_grating(flat, 1.0, 300.0)))
    return abs(errors[0] / errors[1] - 2) < 0.05


def _projection_error_goes_with_depth() -> bool:
    errors = []
    for depth in (2.0, 1.0):
        slices = _object(1e-3)
        errors.append(_apart_by(weak_phase(slices.sum(axis=0), 1.0, 300.0), ewald_sphere(slices, 1.0, depth, 300.0)))
    return abs(errors[0] / errors[1] - 2) < 0.1


def _both_limits() -> bool:
    import sympy

    phi, c, z = sympy.symbols("phi c z", positive=True)
    weak = sympy.series(sympy.exp(sympy.I * phi) - 1 - sympy.I * phi, phi, 0, 3).removeO()
    plane = sympy.series(sympy.exp(sympy.I * c * z) - 1, z, 0, 2).removeO()
    return bool(sympy.simplify(weak + phi**2 / 2) == 0 and sympy.simplify(plane - sympy.I * c * z) == 0)


weak_and_projection = Derive(
    key="weak-and-projection",
    title="Where weak phase and projection enter",
    claim="The weak-phase approximation and the projection assumption are two separate steps from the wave equation: the first drops $V(\\psi-1)$, the second drops $\\nabla^2_{xy}\\psi$ inside the specimen. Each can be undone by itself.",
    steps=(
        Step(
            "Start from the wave equation with the potential as a small change of the wavelength, and split off the fast carrier: $\\Psi = \\psi\\,e^{2\\pi iz/\\lambda}$. What is left for ψ is exact.",
            "\\partial_z^2\\psi + \\nabla_{xy}^2\\psi + \\frac{4\\pi i}{\\lambda}\\partial_z\\psi + \\frac{4\\pi\\sigma}{\\lambda}V\\psi = 0",
            _paraxial,
        ),
        Step(
            "ψ changes slowly over a wavelength: drop $\\partial_z^2\\psi$ (no back-scattering, small angles) and solve for the slope. This is the equation that multislice integrates.",
            "\\partial_z\\psi = \\frac{i\\lambda}{4\\pi}\\nabla_{xy}^2\\psi + i\\sigma V\\psi",
            _solved_for_slope,
        ),
        Step(
            "**Projection** enters here: drop the first term, so that within the specimen nothing spreads sideways. Any amount of scattering stays.",
            "\\psi = \\exp\\left(i\\sigma\\int V\\,dz\\right)",
            _grating_solves,
        ),
        Step(
            "**Weak phase** enters here instead: keep the spreading, but let only the incident wave scatter, $V\\psi\\to V\\cdot1$. In Fourier space the equation is linear with the solution below; carried back to $z=0$ it is the Ewald sphere.",
            "\\hat\\psi(k,z) = \\delta + i\\sigma\\int^z \\hat V(k,z')\\,e^{-i\\pi\\lambda k^2(z-z')}\\,dz'",
            _born_solves,
        ),
        Step(
            "The two are independent: without depth the grating is multislice, whatever its strength; without strength the sphere is multislice, whatever its depth. Checked with the engine's models.",
            "t\\to0:\\ \\text{grating}=\\text{multislice};\\qquad \\sigma V\\to0:\\ \\text{sphere}=\\text{multislice}",
            _independent,
        ),
        Step(
            "Both together make the model of every reconstruction program; the leading terms that each drops.",
            "1+i\\sigma\\!\\int\\!V\\,dz,\\qquad \\text{missing: } -\\tfrac12\\varphi^2 \\text{ (weak phase)},\\quad i\\pi\\lambda k^2z\\text{ a layer (projection)}",
            _both_limits,
        ),
        Step(
            "So the relative error of weak phase halves when the strength is halved (checked between grating and weak phase) …",
            "e_\\text{weak} \\propto \\sigma\\!\\int\\!V\\,dz",
            _weak_error_goes_with_strength,
        ),
        Step(
            "… and that of projection when the depth is halved (checked between plane and sphere).",
            "e_\\text{projection} \\propto \\lambda k^2t",
            _projection_error_goes_with_depth,
        ),
    ),
)


def _phase_and_lens() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(9)
    phase, absorption = 0.05 * rng.normal(size=(16, 16)), 0.01 * rng.normal(size=(16, 16))
    transfer = wave_transfer((16, 16), 2.0, Defocus(9000.0, 8000.0, 10.0), Lens(300.0, 2.7, 0.0))
    return phase, absorption, transfer


def _error_of(order: int, strength: float) -> float:
    phase, absorption, transfer = _phase_and_lens()
    phase, absorption = strength * phase, strength * absorption
    exact = image_of_wave(np.exp(1j * phase - absorption), transfer) - 1
    found = linear_term(phase, absorption, transfer) + (
        quadratic_term(phase, absorption, transfer) if order == 2 else 0
    )
    return float(np.linalg.norm(found - exact))


def _expanded() -> bool:
    import sympy

    a, b, s = sympy.symbols("a b s")
    ac, bc = sympy.symbols("ac bc")
    intensity = sympy.expand((1 + s * a + s**2 * b) * (1 + s * ac + s**2 * bc))
    return bool(intensity.coeff(s, 1) == a + ac and sympy.expand(intensity.coeff(s, 2) - a * ac - b - bc) == 0)


def _sine_and_cosine() -> bool:
    phase, absorption, transfer = _phase_and_lens()
    image = ft(linear_term(phase, absorption, transfer), 2)
    chi = np.angle(transfer)
    by_hand = -2 * np.sin(chi) * ft(phase, 2) - 2 * np.cos(chi) * ft(absorption, 2)
    return bool(np.allclose(image[1:, 1:], by_hand[1:, 1:], atol=1e-9))


linear_and_quadratic = Derive(
    key="linear-and-quadratic",
    title="From the complex transfer to the sine",
    claim="With $\\psi = e^{A}$, $A = i\\varphi-\\mu$, the image $|F^{-1}[T F\\psi]|^2$ is $1 + I_1 + I_2 + \\dots$, and $I_1$ is the sine CTF if $T$ is even.",
    steps=(
        Step(
            "Expand the exit wave in $A$, let the lens act, and square. Orders are counted by powers of $A$; $a = F^{-1}[T\\,FA]$ and $b = \\tfrac12F^{-1}[T\\,F(A^2)]$.",
            "I = |1+a+b|^2 = 1 + (a+a^*) + (aa^* + b+b^*) + \\dots",
            _expanded,
        ),
        Step(
            "The first order is interference of the scattered wave with the unscattered beam. For an even $T = e^{i\\chi}$ and real φ, μ it separates into a sine and a cosine.",
            "\\hat I_1 = -2\\sin\\chi\\,\\hat\\varphi - 2\\cos\\chi\\,\\hat\\mu",
            _sine_and_cosine,
        ),
        Step(
            "What the sine leaves out is quadratic: halve the object, and the error of the linear image falls to a quarter.",
            "I - 1 - I_1 = O(A^2)",
            lambda: abs(_error_of(1, 0.1) / _error_of(1, 0.05) - 4) < 0.2,
        ),
        Step(
            "With $I_2$ the error is cubic: it falls to an eighth.",
            "I - 1 - I_1 - I_2 = O(A^3)",
            lambda: abs(_error_of(2, 0.1) / _error_of(2, 0.05) - 8) < 0.4,
        ),
    ),
)


def _filtered_covariance() -> bool:
    import sympy

    p, q, sigma2 = sympy.symbols("p q sigma2")
    left, right = (p, q, p, 0), (0, p, q, p)  # a symmetric kernel at two neighbouring pixels
    shared = sum(a * b for a, b in zip(left, right, strict=True)) * sigma2
    return bool(sympy.expand(shared - 2 * p * q * sigma2) == 0)


def _smear(frequency_xy: np.ndarray) -> np.ndarray:
    smear: np.ndarray = np.exp(-2 * (pi * 0.5) ** 2 * np.sum(np.asarray(frequency_xy) ** 2, axis=-1))
    return smear


def _measured_covariance() -> bool:
    camera = Detector(mtf=_smear, dqe=IDEAL.dqe)
    flat = expose(np.ones((40, 64, 64)), 1.0, 20.0, camera, rng=np.random.default_rng(1))
    noise = flat - flat.mean()
    expected = irft(noise_transfer(camera, frequency_grid((64, 64), half=True)).astype(complex) ** 2, (64, 64))
    neighbours = float(np.mean(noise * np.roll(noise, 1, axis=-1)) / np.mean(noise**2))
    return abs(neighbours - expected[32, 33] / expected[32, 32]) < 0.01


covariance_of_noise = Derive(
    key="covariance-of-noise",
    title="The covariance of pixels behind the NTF",
    claim="Independent counts of variance Φ, filtered by the NTF, have the covariance $C(x) = \\Phi\\,F^{-1}[\\mathrm{NTF}^2](x)$.",
    steps=(
        Step(
            "A filtered pixel is a sum of counts, $n_i = \\sum_j h_{i-j}c_j$. Counts are independent, so that only those in both sums contribute: the covariance is the autocorrelation of the kernel. (Checked for a kernel p, q, p and neighbours.)",
            "\\langle n_in_{i+x}\\rangle = \\Phi\\sum_j h_jh_{j+x}",
            _filtered_covariance,
        ),
        Step(
            "The transform of an autocorrelation is the squared modulus of the transform. (Checked by exposing flat fields with a smearing camera.)",
            "C(x) = \\Phi\\,F^{-1}\\left[\\mathrm{NTF}^2\\right](x)",
            _measured_covariance,
        ),
    ),
)
