"""Plain and spatial autoencoder on turned and moved images: time to train, angles found, what the latent is made of."""

import time
from collections.abc import Callable

import numpy as np
import torch

from benchmarks.harness import Row, paired_seconds, record
from vitreous.heterogeneity import HINGE, in_plane_errors, toy_images, variance_explained_by_angle
from vitreous.heterogeneity.spatial_vae import SpatialVae, SpatialVaeOptions
from vitreous.heterogeneity.training import Autoencoder, Trainer, TrainingOptions
from vitreous.heterogeneity.vae import Vae, VaeOptions

IMAGES, BOX, BATCH = 2_000, 32, 32
EPOCHS, SPATIAL_EPOCHS = 20, 8
SEEDS = (0, 1, 2)
THREADS = 2


def matrix_rate() -> float:
    """Multiply-adds a second of a large matrix product on the threads of this run."""
    a, b = torch.randn(2048, 2048), torch.randn(2048, 2048)
    return 2048**3 / paired_seconds({"product": lambda: a @ b})["product"]


def products(model: torch.nn.Module, images: torch.Tensor) -> int:
    """Multiply-adds of one step: those of each linear layer, forward, and twice as many backward."""
    counted = 0

    def count(layer: torch.nn.Linear, given: tuple[torch.Tensor], _: object) -> None:
        nonlocal counted
        counted += 3 * given[0].numel() * layer.out_features

    hooks = [part.register_forward_hook(count) for part in model.modules() if isinstance(part, torch.nn.Linear)]
    with torch.no_grad():
        model.terms(images, torch.Generator().manual_seed(0))
    for hook in hooks:
        hook.remove()
    return counted


def trained(build: Callable[[int], Autoencoder], epochs: int, images: np.ndarray) -> tuple[list[Autoencoder], float]:
    """A model for each seed, and the median of the seconds that training took."""
    models, seconds = [], []
    for seed in SEEDS:
        model = build(seed)
        start = time.perf_counter()
        list(Trainer(model, TrainingOptions(epochs, BATCH, seed=seed)).epochs(images))
        seconds.append(time.perf_counter() - start)
        models.append(model)
    return models, float(np.median(seconds))


def main() -> None:
    """Train both for three seeds and score them on images held out."""
    torch.set_num_threads(THREADS)
    train, test = (
        toy_images(HINGE, n, BOX, rotate=True, shift_sigma_pixels=1.0, noise_sigma=0.1, seed=n) for n in (IMAGES, 500)
    )
    plain, plain_seconds = trained(lambda seed: Vae(VaeOptions(BOX**2, 2, seed=seed)), EPOCHS, train.images)
    with torch.no_grad():
        latents = [model.posterior(torch.tensor(test.images)).mean.numpy() for model in plain]
    of_plain = [variance_explained_by_angle(latent, test.angle_deg) for latent in latents]
    spatial, spatial_seconds = trained(
        lambda seed: SpatialVae(SpatialVaeOptions(BOX, 2, seed=seed)), SPATIAL_EPOCHS, train.images
    )
    poses = [model.infer(test.images) for model in spatial]
    errors = [in_plane_errors(p.angle_deg, p.shift_pixels, test.angle_deg, test.shift_pixels) for p in poses]
    of_spatial = [variance_explained_by_angle(p.content, test.angle_deg) for p in poses]
    opening = [max(abs(np.corrcoef(z, test.content[:, 0])[0, 1]) for z in p.content.T) for p in poses]

    rate, few = matrix_rate(), torch.tensor(train.images[:BATCH])
    steps = IMAGES / BATCH
    by = f"multiply-adds of the layers at {rate / 1e9:.0f} G/s, a 2048² product on {THREADS} threads"
    none = "no other program: its target is a minute"
    described = f"{IMAGES:,} images {BOX}², {len(SEEDS)} seeds"
    record(
        "spatial_vae",
        Row(
            work=f"plain autoencoder, {EPOCHS} epochs, {described}",
            unit="s",
            limit=EPOCHS * steps * products(plain[0], few) / rate,
            limited_by=by,
            ours=plain_seconds,
            rival=None,
            rival_name=none,
            note=f"share of the latent that the angle explains: {', '.join(f'{share:.3f}' for share in of_plain)}",
        ),
    )
    record(
        "spatial_vae",
        Row(
            work=f"spatial autoencoder, {SPATIAL_EPOCHS} epochs, {described}",
            unit="s",
            limit=SPATIAL_EPOCHS * steps * products(spatial[0], few) / rate,
            limited_by=by,
            ours=spatial_seconds,
            rival=None,
            rival_name=none,
            note=(
                f"median angle error {', '.join(f'{np.median(angle):.2f}°' for angle, _ in errors)}; "
                f"shift {', '.join(f'{np.median(shift):.2f} px' for _, shift in errors)}; "
                f"share that the angle explains {', '.join(f'{share:.3f}' for share in of_spatial)}; "
                f"correlation with the opening {', '.join(f'{value:.2f}' for value in opening)}"
            ),
        ),
    )
