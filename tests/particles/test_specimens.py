"""What can be shown: maps, coordinate files, built-in molecules; states and motions."""

import mrcfile
import numpy as np
import pytest

import needs
from vitreous._errors import InputError
from vitreous.particles.sources import AtomSource, MapSource
from vitreous.particles.specimens import BUILT_IN, read_map, read_specimen
from vitreous.specimen import centre_of_mass, read_atoms


@pytest.fixture
def volume_file(tmp_path):
    def write(name: str = "map.mrc", shape: tuple[int, int, int] = (8, 8, 8), voxel_size: float = 3.0) -> str:
        volume = np.random.default_rng(1).standard_normal(shape).astype(np.float32)
        mrcfile.write(tmp_path / name, volume, voxel_size=voxel_size, overwrite=True)
        return str(tmp_path / name)

    return write


def test_a_map_has_the_voxel_size_of_its_header(volume_file):
    volume, size = read_map(volume_file())
    assert volume.shape == (8, 8, 8)
    assert size == pytest.approx(3.0)
    assert read_map(volume_file("bare.mrc", voxel_size=0.0))[1] is None
    with pytest.raises(InputError, match="no cube"):
        read_map(volume_file("long.mrc", (4, 8, 8)))


def test_maps_of_one_grid_are_states(volume_file):
    specimen = read_specimen([volume_file(), volume_file("other.mrc")])
    assert specimen.state_count == 2
    assert isinstance(specimen.source(np.zeros(3, np.int64), 8, 3.0), MapSource)
    with pytest.raises(InputError, match="differ"):
        read_specimen([volume_file(), volume_file("large.mrc", (9, 9, 9))])
    with pytest.raises(InputError, match="no atoms"):
        specimen.source(np.zeros(3, np.int64), 8, 3.0, direct=True)
    with pytest.raises(InputError, match="no motion"):
        read_specimen([volume_file()], continuous=True)


def test_coordinate_files_are_states_or_a_motion(volume_file):
    names = [str(needs.data(f"coordinates/adk_{state}.pdb")) for state in ("open", "closed")]
    states = read_specimen(names)
    assert states.state_count == 2
    np.testing.assert_allclose(centre_of_mass(states.atoms[0]), 0, atol=1e-9)
    motion = read_specimen(names, continuous=True)
    assert motion.state_count == 0
    ends = [read_atoms(name).positions_angstrom - centre_of_mass(read_atoms(names[0])) for name in names]
    np.testing.assert_allclose(motion.motion(0.0).positions_angstrom, ends[0], atol=1e-9)
    np.testing.assert_allclose(motion.motion(0.25).positions_angstrom, 0.75 * ends[0] + 0.25 * ends[1], atol=1e-9)
    np.testing.assert_allclose(motion.motion(1.0).positions_angstrom, ends[1], atol=1e-9)
    with pytest.raises(InputError, match="side by side"):
        read_specimen([names[0], volume_file()])
    with pytest.raises(InputError, match="two or more"):
        read_specimen(names[:1], continuous=True)


def test_built_in_molecules_move_or_lack_parts():
    hinge, assembly = BUILT_IN["hinge"](), read_specimen(["assembly"])
    assert isinstance(hinge.source(np.zeros(2), 32, 3.0), AtomSource)
    assert len(hinge.as_maps(16, 6.0).maps) == 5
    counts = [len(atoms) for atoms in assembly.atoms]
    assert len(counts) == len(set(counts)) == 8
    assert max(counts) == counts[0]
    volumes = assembly.as_maps(16, 6.0)
    assert volumes.voxel_size_angstrom == 6.0
    totals = [volume.sum() for volume in volumes.maps]
    assert np.argsort(totals).tolist() == np.argsort(counts).tolist()


def test_a_name_that_is_none_says_what_there_is():
    with pytest.raises(InputError, match="hinge, assembly"):
        read_specimen(["ribosome"])
