"""Problems of two-dimensional expectation-maximization."""

from typing import Any

import numpy as np
import sympy as sp

from vitreous.fourier import dft_matrix, ft, hermitian_weights, rft
from vitreous.study.problems import Attempt, Derive, Explain, Mistake, Number, Step, Vector, compute

what_is_uncertain = Explain(
    "what-is-uncertain",
    "What is uncertain, and what one believes before the data",
    "List what is unknown when particle images are analysed. For each unknown: a sensible prior, and whether you would settle for its best value or integrate over it.",
    "For every image: its class, three angles (one in the plane in two dimensions), two shifts, and to a lesser degree its defocus, its scale and whether it is a particle at "
    "all. For all images together: the averages or the map, the noise power as a function of radius, the share of each class. Orientations get a uniform prior on rotations, not on "
    "Euler angles, unless a preferred orientation is known; shifts a Gaussian about the picked position, with a width that is itself estimated; classes their shares; the map a "
    "Gaussian in Fourier space, whose power falls with frequency (smoothness), or a positivity or a mask. The rule: integrate over what is different for each image and poorly determined "
    "by it, because the number of such unknowns grows with the data and errors in them do not average out: this is why averaging over best angles makes noise look "
    "like the reference. Take the best value of what all images determine together, the map and the noise power: there the posterior is narrow, and an integral would change little. "
    "With good data the posterior over angles is narrow, too, and a best value is a fair and much cheaper approximation.",
    (
        "Per image: class, angles, shifts; also defocus, scale, or being no particle.",
        "Shared: averages or map, noise power, class shares, width of the shifts.",
        "A uniform prior is uniform on rotations, not on angles.",
        "A Gaussian prior on the map in Fourier space stands for smoothness.",
        "Integrate over what grows with the data and is poorly determined (poses); optimise what all the data determine.",
        "A point estimate of poses lets the reference into the average (model bias).",
    ),
)


@compute("How much an image belongs to each class")
def responsibilities(rng: np.random.Generator) -> Attempt:
    """Ask for γ of three classes from squared distances and shares."""
    sigma2 = float(rng.choice([2.0, 4.0, 5.0]))
    distances = 40.0 + np.cumsum(rng.choice([0.0, 1.0, 2.0, 3.0], 3)) + np.array([0.5, 1.5, 2.5])
    distances = rng.permutation(distances)
    shares = rng.permutation([0.2, 0.3, 0.5])
    logs = np.log(shares) - distances / sigma2
    right = np.exp(logs - logs.max()) / np.exp(logs - logs.max()).sum()
    flat = np.exp(-(distances - distances.min()) / sigma2)
    doubled = shares * np.exp(-(distances - distances.min()) / (2 * sigma2))
    inverse = shares / distances
    return Attempt(
        statement="One image is compared with three class averages in the Fourier half plane; each complex coefficient counts once and its noise has the power $\\sigma^2 = "
        f"{sigma2:g}$, so that $p(y|k) \\propto \\exp(-D_k/\\sigma^2)$. The squared distances are $D = ({', '.join(f'{d:g}' for d in distances)})$, the shares of the classes "
        f"$\\pi = ({', '.join(f'{p:g}' for p in shares)})$. Give the three responsibilities $\\gamma_k$, to three decimals.",
        answer=Vector([float(v) for v in right], absolute=0.006),
        mistakes=(
            Mistake(
                [float(v) for v in flat / flat.sum()], "The shares of the classes are missing: they are the prior."
            ),
            Mistake(
                [float(v) for v in doubled / doubled.sum()],
                "For a complex coefficient of power σ² the exponent has no factor ½: real and imaginary part have σ²/2 each.",
            ),
            Mistake(
                [float(v) for v in inverse / inverse.sum()],
                "Weights are likelihoods, exponentials of the distances, and not their inverses.",
            ),
        ),
        hints=(
            "Take off the smallest distance from all first: the common factor drops out, and nothing underflows.",
            "$\\gamma_k = \\pi_k e^{-D_k/\\sigma^2} / \\sum_j \\pi_j e^{-D_j/\\sigma^2}$.",
        ),
        worked=f"Relative to the smallest distance the exponentials are ({', '.join(f'{v:.4f}' for v in flat)}); times the shares and divided by their sum: "
        f"({', '.join(f'{v:.4f}' for v in right)}).",
    )


@compute("One coefficient of a class average")
def class_average(rng: np.random.Generator) -> Attempt:
    """Ask for the M-step of one Fourier coefficient, with CTF and prior."""
    gamma = np.round(rng.uniform(0.1, 0.95, 3), 2)
    transfer = np.round(rng.uniform(0.3, 0.95, 3) * rng.choice([-1, 1], 3), 2)
    data = np.round(rng.uniform(2, 9, 3) * np.sign(transfer), 1)
    sigma2, tau2 = float(rng.choice([2.0, 4.0])), float(rng.choice([1.0, 3.0, 5.0]))
    above, below = float(np.sum(gamma * transfer * data)), float(np.sum(gamma * transfer**2))
    right = above / sigma2 / (below / sigma2 + 1 / tau2)
    shown = (", ".join(f"{v:g}" for v in values) for values in (gamma, transfer, data))
    gammas, transfers, values = shown
    return Attempt(
        statement=f"Three images, brought to the class's orientation, have at one frequency the (here real) coefficients $y = ({values})$, the CTF values $C = ({transfers})$ and the "
        f"responsibilities $\\gamma = ({gammas})$. The noise power is $\\sigma^2 = {sigma2:g}$, the prior $\\exp(-|A|^2/\\tau^2)$ has $\\tau^2 = {tau2:g}$. "
        "What is the new coefficient $A$ of the class average?",
        answer=Number(right, relative=0.01),
        mistakes=(
            Mistake(above / below, "The prior is missing: 1/τ² belongs to the denominator."),
            Mistake(
                float(np.sum(gamma * data) / np.sum(gamma)),
                "That is the plain weighted mean: each image must count with its CTF, once above and squared below.",
            ),
            Mistake(
                above / (below + 1 / tau2),
                "The data terms are divided by σ² as well; only then do they compare with the prior.",
            ),
        ),
        hints=(
            "Set the derivative of $\\sum_i\\gamma_i|y_i - C_iA|^2/\\sigma^2 + |A|^2/\\tau^2$ to zero.",
            f"$\\sum\\gamma Cy = {above:.4f}$ and $\\sum\\gamma C^2 = {below:.4f}$.",
        ),
        worked=f"$A = \\frac{{\\sum\\gamma Cy/\\sigma^2}}{{\\sum\\gamma C^2/\\sigma^2 + 1/\\tau^2}}$ with the sums {above:.4f} and {below:.4f}: "
        f"$A = {right:.4f}$.",
    )


@compute("The power of the noise in Fourier space")
def noise_power(rng: np.random.Generator) -> Attempt:
    """Ask for E|ŷ|² of white noise in the unnormalised transform."""
    n, sigma = int(rng.choice([32, 48, 64, 96, 128])), float(rng.choice([0.5, 1.5, 2.0, 3.0]))
    right = n**2 * sigma**2
    return Attempt(
        statement=f"The pixels of a ${n}\\times{n}$ image hold independent Gaussian noise of standard deviation {sigma:g}. What is the mean squared modulus of a coefficient of "
        "its discrete Fourier transform, taken without any factor in front?",
        answer=Number(right, relative=0.005),
        mistakes=(
            Mistake(
                sigma**2,
                "That is the power for the transform divided by N. Without a factor the variances of all pixels add up.",
            ),
            Mistake(n**2 * sigma, "Standard deviations do not add; variances do."),
            Mistake(n * sigma**2, "An image has N² pixels, and each of them adds its variance."),
        ),
        hints=(
            "A coefficient is a sum over all pixels, each times a number of modulus 1.",
            "The pixels are independent: the variances add.",
        ),
        worked=f"$E|\\hat y|^2 = \\sum_x |e^{{-2\\pi i kx}}|^2\\,\\sigma^2 = N^2\\sigma^2 = {right:g}$.",
    )


def _noise(count: int, scale: Any = 1.0) -> Any:
    return np.random.default_rng(6).standard_normal((count, 8, 8)) * scale


def _power_is_flat() -> bool:
    powers = np.mean(np.abs(np.asarray(ft(_noise(20000), 2))) ** 2, axis=0)
    return bool(np.allclose(powers, 64.0, rtol=0.06))


def _rows_are_orthogonal() -> bool:
    matrix = np.asarray(dft_matrix(8))
    return bool(np.allclose(matrix @ matrix.conj().T, 8 * np.eye(8)))


def _pairs_are_uncorrelated() -> bool:
    flat = np.asarray(ft(_noise(20000), 2)).reshape(20000, -1)
    covariance = flat.T @ flat.conj() / 20000
    off = covariance - np.diag(np.diag(covariance))
    return bool(np.abs(off).max() < 64 * 0.06)


def _covariance_of_uneven_noise() -> bool:
    n = 8
    variance = 1.0 + np.random.default_rng(3).random(n)
    waves = np.exp(-2j * np.pi * np.outer(np.arange(n), np.arange(n)) / n)
    covariance = (waves * variance) @ waves.conj().T
    difference = (np.arange(n)[:, None] - np.arange(n)) % n
    return bool(np.allclose(covariance, (waves @ variance)[difference]))


noise_transformed = Derive(
    "noise-transformed",
    "White noise stays white; uneven noise does not stay diagonal",
    "Independent Gaussian noise of one variance in the pixels is independent Gaussian noise of one power in Fourier space. Noise whose variance depends on the pixel is Gaussian "
    "there as well, but correlated.",
    (
        Step(
            "A coefficient is a linear combination of Gaussian numbers, so all coefficients are jointly Gaussian. Only their covariance is left to find.",
            r"\hat y = Fy,\qquad \operatorname{cov}\hat y = F\,\operatorname{cov}(y)\,F^\mathsf{H}",
            lambda: bool(np.allclose(np.asarray(ft(_noise(3), 2)).sum(0), np.asarray(ft(_noise(3).sum(0), 2)))),
        ),
        Step(
            "The rows of $F$ are orthogonal waves.",
            r"F F^\mathsf{H} = N\,\mathbb 1",
            _rows_are_orthogonal,
        ),
        Step(
            "One variance $s^2$ in all pixels is a multiple of the identity, and passes through: in two dimensions every coefficient has the power $N^2s^2$.",
            r"F\,(s^2\mathbb 1)\,F^\mathsf{H} = N^2s^2\,\mathbb 1\quad(N\times N\text{ pixels})",
            _power_is_flat,
        ),
        Step(
            "Coefficients that are no conjugate pair are therefore uncorrelated, and being Gaussian, independent.",
            r"\operatorname{E}\,\hat y_j\,\overline{\hat y_l} = 0\quad(j \ne l)",
            _pairs_are_uncorrelated,
        ),
        Step(
            "Let the variance depend on the pixel, $v(x)$: the covariance of two coefficients is the transform of $v$ at the difference of their frequencies, so it is full. The "
            "mirror image of this: noise whose power depends on the radius in Fourier space is diagonal there, and correlated in the pixels.",
            r"\operatorname{E}\,\hat y_j\,\overline{\hat y_l} = \sum_x v(x)\,e^{-2\pi i(k_j - k_l)x} = \hat v(k_j - k_l)",
            _covariance_of_uneven_noise,
        ),
    ),
)


def _parseval() -> bool:
    image = _noise(1)[0]
    half = np.asarray(rft(image, 2))
    weights = np.asarray(hermitian_weights((8, 8))) / 2
    return bool(np.isclose(np.sum(image**2), 2 * np.sum(weights * np.abs(half) ** 2) / 64))


def _likelihoods_agree() -> bool:
    one, other = _noise(2)
    real = np.sum(one**2 - other**2) / 2
    spectra = np.abs(np.asarray(ft(one, 2))) ** 2 - np.abs(np.asarray(ft(other, 2))) ** 2
    return bool(np.isclose(real, np.sum(spectra) / (2 * 64)))


def _shift_is_a_phase() -> bool:
    image, kernel = _noise(2)
    moved = np.roll(image, (1, 2), axis=(0, 1))
    product = np.fft.ifft2(np.fft.fft2(image) * np.fft.fft2(kernel)).real
    ratio = np.fft.fft2(moved) / np.fft.fft2(image)
    direct = sum(kernel[j, i] * np.roll(image, (j, i), axis=(0, 1)) for j in range(8) for i in range(8))
    return bool(np.allclose(np.abs(ratio), 1) and np.allclose(product, direct))


def _square_expanded() -> bool:
    y, a, c = sp.symbols("y a c", complex=True)
    left = (y - c * a) * sp.conjugate(y - c * a)
    right = y * sp.conjugate(y) - 2 * sp.re(sp.conjugate(c * a) * y) + c * a * sp.conjugate(c * a)
    numbers = {y: 1.3 - 0.4j, a: -0.7 + 2.1j, c: 0.6}
    return bool(abs(complex((left - right).subs(numbers).evalf())) < 1e-12)


likelihood_in_fourier_space = Derive(
    "likelihood-in-fourier-space",
    "The likelihood of an image, carried to Fourier space",
    "With white noise of variance $s^2$ a pixel, $\\ln p(y|A) = -\\sum_x|y - CSRA|^2/2s^2$ equals, up to a constant, $-\\sum_{j\\in H}w_j|\\hat y_j - C_j(SRA)_j|^2/\\sigma^2$ over the half "
    "plane with $\\sigma^2 = N^2s^2$, $w_j = 1$ for a conjugate pair and ½ for a coefficient that is its own partner; and $\\sigma^2$ may then depend on the radius.",
    (
        Step(
            "Parseval: sums of squares agree. Each conjugate pair of a real image is counted twice in the whole plane, once in the half.",
            r"\sum_x y^2 = \frac1{N^2}\sum_k|\hat y_k|^2 = \frac{2}{N^2}\sum_{j\in H}w_j|\hat y_j|^2",
            _parseval,
        ),
        Step(
            "So the two exponents are the same number, with $\\sigma^2 = N^2s^2$ for the power of a coefficient.",
            r"\frac{1}{2s^2}\sum_x y^2 = \frac{1}{2N^2s^2}\sum_k|\hat y_k|^2",
            _likelihoods_agree,
        ),
        Step(
            "What changes for the better: a shift is a phase, the CTF a product, and noise that is coloured stays independent.",
            r"\widehat{S_ty} = e^{-2\pi ikt}\,\hat y,\qquad \widehat{c * y} = C\,\hat y",
            _shift_is_a_phase,
        ),
        Step(
            "Expand the square. Only the middle term depends on the shift: it is a cross-correlation, one transform for all shifts.",
            r"|\hat y - C\,SRA|^2 = |\hat y|^2 - 2\operatorname{Re}\big(\overline{C\,SRA}\;\hat y\big) + C^2|RA|^2",
            _square_expanded,
        ),
    ),
)


def _stationary() -> bool:
    a, y, c, s2, t2 = sp.symbols("a y c sigma2 tau2", positive=True)
    loss = (y - c * a) ** 2 / s2 + a**2 / t2
    return bool(sp.simplify(sp.solve(sp.diff(loss, a), a)[0] - (c * y / s2) / (c**2 / s2 + 1 / t2)) == 0)


def _limits() -> bool:
    y, c, s2, t2 = sp.symbols("y c sigma2 tau2", positive=True)
    found = (c * y / s2) / (c**2 / s2 + 1 / t2)
    return bool(sp.limit(found, t2, sp.oo) == y / c and sp.limit(found, c, 0) == 0)


def _many_images() -> bool:
    rng = np.random.default_rng(2)
    gamma, c, y, s2, t2 = rng.random(6), rng.uniform(-1, 1, 6), rng.standard_normal(6), 2.0, 3.0
    best = np.sum(gamma * c * y / s2) / (np.sum(gamma * c**2 / s2) + 1 / t2)

    def loss(a: float) -> float:
        return float(np.sum(gamma * (y - c * a) ** 2) / s2 + a**2 / t2)

    return all(loss(best) < loss(best + step) for step in (-1e-3, 1e-3, 0.5))


def _bayes() -> bool:
    like, prior = sp.symbols("L P", positive=True)
    return bool(sp.simplify(sp.expand_log(sp.log(like * prior)) - sp.log(like) - sp.log(prior)) == 0)


prior_becomes_wiener = Derive(
    "prior-becomes-wiener",
    "A Gaussian prior turns the average into a Wiener filter",
    "With the prior $p(A) \\propto \\exp(-\\sum_j|A_j|^2/\\tau_j^2)$ the best coefficient is $A = \\sum\\gamma Cy/\\sigma^2 \\,/\\, (\\sum\\gamma C^2/\\sigma^2 + 1/\\tau^2)$.",
    (
        Step(
            "Bayes: the logarithm of the posterior is the log-likelihood plus the log-prior; the evidence does not depend on $A$.",
            r"-\ln p(A|y) = -\ln p(y|A) - \ln p(A) + \text{const}",
            _bayes,
        ),
        Step(
            "A Gaussian prior adds a penalty to the loss, coefficient by coefficient. Convenient, because the sum of two parabolas is one.",
            r"\ell(A) = \frac{|y - CA|^2}{\sigma^2} + \frac{|A|^2}{\tau^2},\qquad \ell'(A) = 0\ \Rightarrow\ A = \frac{Cy/\sigma^2}{C^2/\sigma^2 + 1/\tau^2}",
            _stationary,
        ),
        Step(
            "Many images, each with its responsibility: the numerators add, the denominators add, the prior stands there once.",
            r"A = \frac{\sum_i\gamma_iC_iy_i/\sigma^2}{\sum_i\gamma_iC_i^2/\sigma^2 + 1/\tau^2}",
            _many_images,
        ),
        Step(
            "The limits say what is claimed. A flat prior, $\\tau\\to\\infty$, divides by the CTF; where the CTF saw nothing, the prior says zero, and not infinity.",
            r"\tau\to\infty:\ A = y/C;\qquad C\to0:\ A\to0",
            _limits,
        ),
    ),
)
