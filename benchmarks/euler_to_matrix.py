"""Euler angles to rotation matrices in single precision, beside the plain NumPy formula, roma and SciPy."""

from importlib.metadata import version

import numpy as np
import roma
import torch
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from benchmarks.harness import Row, paired_seconds, record
from vitreous.rotations import euler_to_matrix

N = 1_000_000
CLAIM = "euler_to_matrix"


def plain_formula(angles_deg: NDArray[np.float32]) -> NDArray[np.float32]:
    """Intrinsic ZYZ as one would write it in NumPy: twelve passes, all in single precision."""
    angles = np.deg2rad(angles_deg)
    (ca, cb, cc), (sa, sb, sc) = np.cos(angles).T, np.sin(angles).T
    matrix = np.empty((len(angles), 3, 3), angles.dtype)
    matrix[:, 0, 0] = ca * cb * cc - sa * sc
    matrix[:, 0, 1] = -ca * cb * sc - sa * cc
    matrix[:, 0, 2] = ca * sb
    matrix[:, 1, 0] = sa * cb * cc + ca * sc
    matrix[:, 1, 1] = ca * cc - sa * cb * sc
    matrix[:, 1, 2] = sa * sb
    matrix[:, 2, 0] = -sb * cc
    matrix[:, 2, 1] = sb * sc
    matrix[:, 2, 2] = cb
    return matrix


def main() -> None:
    """Measure the four in turn; the limit is reading 12 and writing 36 bytes a rotation."""
    angles_deg = np.random.default_rng(1).uniform(-180.0, 180.0, (N, 3)).astype(np.float32)
    tensor = torch.from_numpy(angles_deg)
    rivals = {
        f"plain formula, NumPy {np.__version__}, float32": lambda: plain_formula(angles_deg),
        f"roma {version('roma')}, float32, {torch.get_num_threads()} threads": lambda: roma.euler_to_rotmat(
            "ZYZ", tensor, degrees=True
        ),
        f"SciPy {version('scipy')} Rotation, float64": lambda: Rotation.from_euler(
            "ZYZ", angles_deg, degrees=True
        ).as_matrix(),
    }
    exact = plain_formula(angles_deg.astype(np.float64))
    error = float(np.max(np.abs(euler_to_matrix(angles_deg, "ZYZ") - exact)))
    seconds = paired_seconds(
        {
            "ours": lambda: euler_to_matrix(angles_deg, "ZYZ"),
            "bytes": lambda: (angles_deg.max(), np.empty((N, 9), np.float32).fill(1.0)),
            **rivals,
        },
        repeats=9,
    )
    for name in rivals:
        record(
            CLAIM,
            Row(
                work=f"{N:,} rotations of ZYZ angles, float32",
                unit="M/s",
                limit=N / seconds["bytes"] / 1e6,
                limited_by=f"48 bytes a rotation, 36 of them written: {48e-9 * N / seconds['bytes']:.1f} GB/s, "
                "one thread, measured in the same run",
                ours=N / seconds["ours"] / 1e6,
                rival=N / seconds[name] / 1e6,
                rival_name=name,
                target=1.0,
                note=f"one thread; largest error {error:.1e}",
            ),
        )


if __name__ == "__main__":
    main()
