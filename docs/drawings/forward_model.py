"""Draw one molecule on its way through the microscope: ``python docs/drawings/forward_model.py``."""

from pathlib import Path

import numpy as np
from matplotlib import pyplot as plt

from vitreous.detector import expose
from vitreous.optics import Defocus, Lens, phase_grating, wave_image
from vitreous.rotations import relion_to_matrix
from vitreous.specimen import assembly, move_atoms, projected_potential

BOX, PIXEL, DOSE = 192, 1.0, 40.0
LENS, DEFOCUS = Lens(300, 2.7, 0.1), Defocus(9000, 8600, 30)


def main() -> None:
    """Atoms, their projected potential, the image that the lens makes of it, the electrons counted."""
    atoms = move_atoms(assembly().atoms, relion_to_matrix(np.array([20.0, 65.0, 40.0])))
    potential = projected_potential(atoms, (BOX, BOX), PIXEL)
    image = wave_image(phase_grating(potential, PIXEL, LENS.voltage_kv), DEFOCUS, LENS)
    counted = expose(image, PIXEL, DOSE, rng=np.random.default_rng(1))

    reach = BOX // 2 * PIXEL
    figure, axes = plt.subplots(1, 4, figsize=(12, 3.5), layout="constrained")
    x, y, z = np.asarray(atoms.positions_angstrom).T
    order = np.argsort(z)
    axes[0].scatter(x[order], y[order], c=z[order], s=1.2, cmap="viridis", linewidths=0)
    for axis, picture, low, high in (
        (axes[1], potential, 0, 99.9),
        (axes[2], image, 0.2, 99.8),
        (axes[3], counted, 0.5, 99.5),
    ):
        limits = np.percentile(picture, [low, high])
        axis.imshow(picture, cmap="gray", extent=(-reach, reach, reach, -reach), vmin=limits[0], vmax=limits[1])
    titles = ("atoms", "projected potential", "image, 0.9 µm underfocus", f"electrons, {DOSE:g} e/Å²")
    for axis, title in zip(axes, titles, strict=True):
        axis.set(title=title, xlim=(-reach, reach), ylim=(reach, -reach), xlabel="x (Å)", aspect="equal")
        axis.spines[:].set_visible(False)
    axes[0].set_ylabel("y (Å)")
    for axis in axes[1:]:
        axis.set_yticks([])
    figure.savefig(Path(__file__).with_suffix(".png"), dpi=90)


if __name__ == "__main__":
    main()
