"""Problems of variational autoencoders."""

from math import log, pi, sqrt

import numpy as np
import sympy as sp

from vitreous.study.problems import Attempt, Derive, Mistake, Number, Step, compute


@compute("What a code costs")
def divergence_number(rng: np.random.Generator) -> Attempt:
    """Ask for the divergence of a Gaussian from the standard one."""
    mean = round(float(rng.uniform(0.5, 2.5)), 1) * int(rng.choice([-1, 1]))
    spread = float(rng.choice([0.2, 0.3, 0.4, 0.5, 0.6]))
    right = 0.5 * (mean**2 + spread**2 - 1 - 2 * log(spread))
    backward = 0.5 * ((1 + mean**2) / spread**2 - 1 + 2 * log(spread))
    return Attempt(
        statement=f"An encoder answers an image with a Gaussian of mean {mean:g} and standard deviation {spread:g} in one latent dimension. How many nats does it pay, "
        "$\\mathrm{KL}(q\\,\\Vert\\,\\mathcal N(0, 1))$?",
        answer=Number(right, unit="", relative=0.01),
        mistakes=(
            Mistake(
                backward,
                "That is the divergence the other way round, of the prior from the answer. It is not symmetric.",
            ),
            Mistake(
                0.5 * (mean**2 + spread - 1 - log(spread)),
                "The standard deviation was put where the variance belongs.",
            ),
            Mistake(right / log(2), "That is in bits; nats were asked for."),
        ),
        hints=(
            "$\\mathrm{KL} = \\frac12(\\mu^2 + s^2 - 1 - \\ln s^2)$ per dimension.",
            f"$s^2 = {spread**2:g}$ and $\\ln s^2 = {2 * log(spread):.4f}$.",
        ),
        worked=f"$\\frac12({mean**2:.4g} + {spread**2:g} - 1 + {-2 * log(spread):.4f}) = {right:.4f}$ nats.",
    )


@compute("How far the bound lies below the evidence")
def bound_against_evidence(rng: np.random.Generator) -> Attempt:
    """Ask for the ELBO of a linear-Gaussian model in one dimension with a given answer."""
    w, sigma = float(rng.choice([1.0, 1.5, 2.0])), float(rng.choice([0.5, 1.0]))
    x = round(float(rng.uniform(0.5, 3.0)), 1)
    precision = 1 + w**2 / sigma**2
    mean, spread = w * x / sigma**2 / precision, sqrt(1 / precision)
    offset = float(rng.choice([0.5, 0.8, 1.0]))
    evidence = -0.5 * log(2 * pi * (w**2 + sigma**2)) - x**2 / (2 * (w**2 + sigma**2))
    gap = offset**2 / (2 * spread**2)
    right = evidence - gap
    return Attempt(
        statement=f"A decoder says $x = {w:g}\\,z + n$ with $z \\sim \\mathcal N(0, 1)$ and noise of standard deviation {sigma:g}. For $x = {x:g}$ the exact posterior is Gaussian with "
        f"mean {mean:.4f} and standard deviation {spread:.4f}. An encoder answers with the right width but a mean that is {offset:g} too large. What is its evidence lower bound, in nats?",
        answer=Number(right, relative=0.005, absolute=0.01),
        mistakes=(
            Mistake(evidence, "That is ln p(x): the bound reaches it only when the answer is the exact posterior."),
            Mistake(evidence + gap, "The bound lies below the evidence; the divergence is taken off."),
            Mistake(evidence - offset**2 / 2, "The error of the mean counts in units of the posterior's own width."),
        ),
        hints=(
            "ELBO = $\\ln p(x) - \\mathrm{KL}(q\\,\\Vert\\,p(z|x))$.",
            f"$x$ is Gaussian with variance ${w:g}^2 + {sigma:g}^2$, so $\\ln p(x) = {evidence:.4f}$.",
        ),
        worked=f"$\\ln p(x) = {evidence:.4f}$; the divergence of two Gaussians of one width is ${offset:g}^2/(2\\cdot{spread:.4f}^2) = {gap:.4f}$; "
        f"the bound is ${right:.4f}$.",
    )


_m, _s = sp.symbols("mu s", real=True, positive=True)
_zed = sp.symbols("z", real=True)
_q = sp.exp(-((_zed - _m) ** 2) / (2 * _s**2)) / sp.sqrt(2 * sp.pi * _s**2)


def _expected(expression: sp.Expr) -> sp.Expr:
    return sp.simplify(sp.integrate(expression * _q, (_zed, -sp.oo, sp.oo)))


divergence_of_gaussians = Derive(
    "divergence-of-gaussians",
    "The divergence of a Gaussian from the standard one",
    "$\\mathrm{KL}\\big(\\mathcal N(\\mu, s^2)\\,\\Vert\\,\\mathcal N(0, 1)\\big) = \\frac12(\\mu^2 + s^2 - 1 - \\ln s^2)$.",
    (
        Step(
            "Write the difference of the two logarithms; the factors $\\sqrt{2\\pi}$ cancel.",
            r"\ln q - \ln p = -\ln s - \frac{(z - \mu)^2}{2s^2} + \frac{z^2}{2}",
            lambda: bool(
                sp.simplify(
                    sp.expand_log(sp.log(_q) - sp.log(sp.exp(-(_zed**2) / 2) / sp.sqrt(2 * sp.pi)), force=True)
                    - (-sp.log(_s) - (_zed - _m) ** 2 / (2 * _s**2) + _zed**2 / 2)
                )
                == 0
            ),
        ),
        Step(
            "Two expectations under $q$ are all that is needed.",
            r"\operatorname E_q(z - \mu)^2 = s^2,\qquad \operatorname E_q z^2 = \mu^2 + s^2",
            lambda: bool(
                sp.simplify(_expected((_zed - _m) ** 2) - _s**2) == 0
                and sp.simplify(_expected(_zed**2) - _m**2 - _s**2) == 0
            ),
        ),
        Step(
            "Put them in.",
            r"\mathrm{KL} = -\ln s - \tfrac12 + \tfrac12(\mu^2 + s^2) = \tfrac12(\mu^2 + s^2 - 1 - \ln s^2)",
            lambda: bool(
                sp.simplify(
                    sp.expand_log(
                        -sp.log(_s) - sp.Rational(1, 2) + (_m**2 + _s**2) / 2 - (_m**2 + _s**2 - 1 - sp.log(_s**2)) / 2,
                        force=True,
                    )
                )
                == 0
            ),
        ),
        Step(
            "It is zero at $\\mu = 0$, $s = 1$ and nowhere else: both derivatives vanish there, and the function bends upwards in both directions.",
            r"\frac{\partial}{\partial\mu} = \mu,\qquad \frac{\partial}{\partial s} = s - \frac1s",
            lambda: bool(
                sp.simplify(sp.diff((_m**2 + _s**2 - 1 - 2 * sp.log(_s)) / 2, _s) - (_s - 1 / _s)) == 0
                and sp.diff((_m**2 + _s**2 - 1 - 2 * sp.log(_s)) / 2, _m) == _m
            ),
        ),
    ),
)

_X, _W, _NOISE = 1.7, 1.5, 0.8
_GRID = np.linspace(-12, 12, 24001)


def _normal(z: np.ndarray, mean: float, spread: float) -> np.ndarray:
    return np.exp(-((z - mean) ** 2) / (2 * spread**2)) / np.sqrt(2 * np.pi * spread**2)


def _sum(values: np.ndarray) -> float:
    return float(np.sum(values) * (_GRID[1] - _GRID[0]))


def _terms(mean: float, spread: float) -> tuple[float, float, float, float]:
    """Ln p(x), the reconstruction term, the divergence from the prior, and that from the posterior, by quadrature."""
    q, prior, likelihood = _normal(_GRID, mean, spread), _normal(_GRID, 0.0, 1.0), _normal(_X - _W * _GRID, 0.0, _NOISE)
    evidence = _sum(prior * likelihood)
    posterior = prior * likelihood / evidence
    safe = q > 1e-280
    logs = [np.log(np.where(safe, f, 1.0)) for f in (q, prior, likelihood, np.maximum(posterior, 1e-300))]
    return (
        float(np.log(evidence)),
        _sum(q * logs[2]),
        _sum(q * (logs[0] - logs[1])),
        _sum(q * (logs[0] - logs[3])),
    )


def _jensen() -> bool:
    rng = np.random.default_rng(0)
    weights, values = rng.dirichlet(np.ones(6), 200), rng.uniform(0.1, 9, (200, 6))
    return bool(np.all(np.log(np.sum(weights * values, 1)) >= np.sum(weights * np.log(values), 1)))


def _bound_holds() -> bool:
    answers = [(0.3, 0.5), (0.9, 0.4), (-0.5, 1.2)]
    return all(_terms(*a)[1] - _terms(*a)[2] <= _terms(*a)[0] for a in answers)


def _gap_is_divergence() -> bool:
    answers = [(0.3, 0.5), (0.9, 0.4)]
    return all(abs(e - (r - k) - gap) < 1e-6 for e, r, k, gap in (_terms(*a) for a in answers))


def _tight_at_posterior() -> bool:
    precision = 1 + _W**2 / _NOISE**2
    evidence, reconstruction, divergence, _ = _terms(_W * _X / _NOISE**2 / precision, precision**-0.5)
    exact = -0.5 * log(2 * pi * (_W**2 + _NOISE**2)) - _X**2 / (2 * (_W**2 + _NOISE**2))
    return abs(evidence - exact) < 1e-9 and abs(reconstruction - divergence - evidence) < 1e-6


def _trick() -> bool:
    mean, spread = sp.symbols("mu s", positive=True)
    moment = mean**2 + spread**2
    inside = sp.diff((mean + spread * _zed) ** 2, spread)
    standard = sp.exp(-(_zed**2) / 2) / sp.sqrt(2 * sp.pi)
    return bool(
        sp.simplify(sp.integrate(sp.expand(inside) * standard, (_zed, -sp.oo, sp.oo)) - sp.diff(moment, spread)) == 0
    )


evidence_lower_bound = Derive(
    "evidence-lower-bound",
    "From Jensen's inequality to the bound, and to its gradient",
    "$\\ln p(x) \\ge \\operatorname E_q\\ln p(x|z) - \\mathrm{KL}(q\\,\\Vert\\,p(z))$, with equality where $q$ is the exact posterior. The steps are checked on a model in one dimension, "
    "in which every integral can be done.",
    (
        Step(
            "Jensen: the logarithm bends downwards, so the logarithm of a mean is at least the mean of the logarithms.",
            r"\ln\operatorname E f \ge \operatorname E\ln f",
            _jensen,
        ),
        Step(
            "Write the evidence as a mean under any $q$, and apply it.",
            r"\ln p(x) = \ln\operatorname E_q\frac{p(x|z)\,p(z)}{q(z)} \ge \operatorname E_q\ln p(x|z) - \mathrm{KL}\big(q\,\Vert\,p(z)\big)",
            _bound_holds,
        ),
        Step(
            "The gap is a divergence, too: of $q$ from the exact posterior.",
            r"\ln p(x) - \text{ELBO} = \mathrm{KL}\big(q\,\Vert\,p(z|x)\big)",
            _gap_is_divergence,
        ),
        Step(
            "So the bound is tight exactly there. For $x = wz + n$ the posterior is Gaussian, and the bound reaches $\\ln\\mathcal N(x; 0, w^2 + \\sigma^2)$.",
            r"q = \mathcal N\Big(\frac{wx/\sigma^2}{M}, \frac1M\Big),\quad M = 1 + \frac{w^2}{\sigma^2}",
            _tight_at_posterior,
        ),
        Step(
            "To climb it one needs gradients of a mean whose distribution depends on the parameters. Write the random number as mean plus scale times noise: the noise then depends on nothing, and "
            "the derivative goes inside (here for $f = z^2$).",
            r"\frac{\partial}{\partial s}\operatorname E_{z\sim\mathcal N(\mu, s^2)}f(z) = \operatorname E_{\epsilon\sim\mathcal N(0, 1)}\frac{\partial}{\partial s}f(\mu + s\epsilon)",
            _trick,
        ),
    ),
)
