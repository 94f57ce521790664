"""Small valid files of each kind, written without the engine, as the ground that mutations start from."""

import pickle
from pathlib import Path

import mrcfile
import numpy as np

_OPTICS = """
data_optics

loop_
_rlnOpticsGroup #1
_rlnOpticsGroupName #2
_rlnVoltage #3
_rlnSphericalAberration #4
_rlnAmplitudeContrast #5
_rlnImagePixelSize #6
_rlnImageSize #7
1 opticsGroup1 300.0 2.7 0.1 1.25 16
2 'group two' 200.0 2.7 0.1 1.25 16

data_particles

loop_
"""
_COLUMNS = {
    "rlnImageName": "{row:06d}@stack.mrcs",
    "rlnMicrographName": '"mic {half}.mrc"',
    "rlnDefocusU": "{u:.3f}",
    "rlnDefocusV": "{v:.3f}",
    "rlnDefocusAngle": "{angle:.4f}",
    "rlnOpticsGroup": "{half}",
    "rlnAngleRot": "{angle:.3f}",
    "rlnAngleTilt": "{row}.5",
    "rlnAnglePsi": "-{row}",
    "rlnOriginXAngst": "1.{row}",
    "rlnOriginYAngst": "-2.{row}e-1",
    "rlnRandomSubset": "{half}",
    "rlnClassNumber": "1",
    "rlnComment": "note#{row}",
}


def star_text(rng: np.random.Generator) -> bytes:
    """A RELION 3.1 file of 20 particles in two optics groups, with quotes, comments and exponents."""
    lines = [f"_{label} #{number}" for number, label in enumerate(_COLUMNS, 1)]
    for row in range(1, 21):
        u = rng.uniform(8000, 25000)
        values = {"row": row, "half": 1 + row % 2, "u": u, "v": u - rng.uniform(0, 500), "angle": rng.uniform(-90, 90)}
        lines.append(" ".join(_COLUMNS.values()).format(**values))
    return "\n".join(["# version 30001", _OPTICS.rstrip("\n"), *lines, ""]).encode()


def cs_table(rng: np.random.Generator) -> np.ndarray:
    """A cryoSPARC table of 20 particles."""
    fields = [
        *[("uid", "<u8"), ("blob/path", "S20"), ("blob/idx", "<u4"), ("blob/shape", "<u4", (2,))],
        *[("blob/psize_A", "<f4"), ("blob/sign", "<f4"), ("ctf/exp_group_id", "<u4"), ("ctf/accel_kv", "<f4")],
        *[("ctf/cs_mm", "<f4"), ("ctf/amp_contrast", "<f4"), ("ctf/df1_A", "<f4"), ("ctf/df2_A", "<f4")],
        *[("ctf/df_angle_rad", "<f4"), ("ctf/phase_shift_rad", "<f4"), ("alignments3D/split", "<u4")],
        *[("alignments3D/shift", "<f4", (2,)), ("alignments3D/pose", "<f4", (3,)), ("alignments3D/psize_A", "<f4")],
    ]
    table = np.zeros(20, np.dtype(fields))
    for name in table.dtype.names:
        if table[name].dtype.kind == "f":
            table[name] = rng.uniform(0.1, 1.0, table[name].shape)
    table["uid"] = rng.integers(0, 2**63, 20)
    table["blob/path"] = b"J1/stack.mrcs"
    table["blob/idx"] = np.arange(20)
    table["blob/shape"] = 16
    table["blob/psize_A"] = table["alignments3D/psize_A"] = 1.25
    table["blob/sign"] = -1
    table["ctf/accel_kv"], table["ctf/cs_mm"], table["ctf/amp_contrast"] = 300, 2.7, 0.1
    table["ctf/df1_A"], table["ctf/df2_A"] = rng.uniform(8000, 25000, (2, 20))
    table["alignments3D/split"] = np.arange(20) % 2
    return table


def write_stack(path: Path, rng: np.random.Generator, dtype: str = "float32", n: int = 4) -> None:
    """An MRC stack of n images of 16 × 16 pixels by mrcfile."""
    with mrcfile.new(path, overwrite=True) as file:
        file.set_data((rng.normal(size=(n, 16, 16)) * 20).astype(dtype))
        file.set_image_stack()
        file.voxel_size = 1.25


def poses(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Twenty rotations and translations as cryoDRGN keeps them."""
    rotations = np.linalg.qr(rng.normal(size=(20, 3, 3)))[0]
    rotations *= np.linalg.det(rotations)[:, None, None]
    return rotations.astype(np.float32), rng.uniform(-0.1, 0.1, (20, 2)).astype(np.float32)


def ctf(rng: np.random.Generator) -> np.ndarray:
    """Twenty rows of CTF parameters as cryoDRGN keeps them."""
    table = np.zeros((20, 9), np.float32)
    table[:] = (16, 1.25, 15000, 14000, 30, 300, 2.7, 0.1, 0)
    table[:, 2:4] = rng.uniform(8000, 25000, (20, 2))
    return table


def write_all(folder: Path, seed: int) -> dict[str, list[Path]]:
    """Write the valid files of every kind into a folder; their paths by kind."""
    rng = np.random.default_rng(seed)
    files: dict[str, list[Path]] = {"star": [], "cs": [], "mrc": [], "pkl": []}

    def add(kind: str, name: str, content: bytes) -> None:
        (folder / name).write_bytes(content)
        files[kind].append(folder / name)

    write_stack(folder / "stack.mrcs", rng, n=20)
    add("star", "made.star", star_text(rng))
    with (folder / "made.cs").open("wb") as file:
        np.save(file, cs_table(rng))
    files["cs"].append(folder / "made.cs")
    for dtype in ("float32", "int8", "int16", "float16"):
        write_stack(folder / f"{dtype}.mrcs", rng, dtype)
        files["mrc"].append(folder / f"{dtype}.mrcs")
    for protocol in (0, 2, 4, 5):
        add("pkl", f"poses{protocol}.pkl", pickle.dumps(poses(rng), protocol))
        add("pkl", f"ctf{protocol}.pkl", pickle.dumps(ctf(rng), protocol))
    return files


def write_real(folder: Path, data: Path) -> dict[str, list[Path]]:
    """Copy small real files, cut to at most 20 rows, into a folder; their paths by kind."""
    sources = {
        "star": ["real_particles/sample_particles_relion30.star", "real_particles/sample_particles_relion31.star"],
        "mrc": ["maps/EMD-3197.map"],
        "pkl": ["metadata/pose.star.pkl", "metadata/ctf1.pkl"],
    }
    files: dict[str, list[Path]] = {"star": [], "cs": [], "mrc": [], "pkl": []}
    for kind, names in sources.items():
        for name in names:
            path = folder / Path(name).name
            path.write_bytes((data / name).read_bytes())
            files[kind].append(path)
    path = folder / "real.cs"
    with path.open("wb") as file:
        np.save(file, np.load(data / "metadata/cryosparc_P12_J24_001_particles.cs")[:20])
    files["cs"].append(path)
    return files
