"""Real STAR files read to the values that stand in their text, and as Gemmi reads them."""

import gemmi
import numpy as np
import pytest

import needs
from vitreous.particles.star import read_star

FILES = [
    "metadata/relion31.6opticsgroups.star",
    "metadata/FinalRefinement-OriginalParticles-PfCRT.star",
    *(f"real_particles/{name}.star" for name in ("sample_particles_relion30", "sample_particles_relion31")),
    *(f"real_particles/{name}.star" for name in ("relion31", "relion31.v2", "sample_relion_symmetry_group_D4")),
    *(f"relion_cross/rln_proj_64{kind}.star" for kind in ("", "_centered", "_shifted")),
]


def assert_spelled(column, texts):
    """The column holds what the texts spell."""
    assert len(column) == len(texts)
    if column.dtype.kind == "T":
        assert column.tolist() == texts
    else:
        np.testing.assert_array_equal(column, [float(text) for text in texts])
        assert (column.dtype.kind == "i") == all(text.lstrip("-").isdigit() for text in texts)


@pytest.mark.parametrize("name", FILES)
def test_the_values_that_stand_in_the_text(name):
    path = needs.data(name)
    tables = read_star(path)
    blocks = ("\n" + path.read_text()).split("\ndata_")[1:]
    assert list(tables) == [block.split("\n", 1)[0].strip() for block in blocks]
    for block, table in zip(blocks, tables.values(), strict=True):
        lines = [line.split() for line in block.splitlines()[1:] if line.strip() and not line.startswith("#")]
        labels = [words[0][1:] for words in lines if words[0].startswith("_")]
        rows = lines[1 + len(labels) :]
        assert list(table.columns) == labels
        for label, texts in zip(labels, zip(*rows, strict=True), strict=True):
            assert_spelled(table.columns[label], list(texts))


@pytest.mark.parametrize("name", FILES)
def test_gemmi_reads_the_same(name):
    path = needs.data(name)
    document = gemmi.cif.read(str(path))
    tables = read_star(path)
    assert [block.name.strip() for block in document] == list(tables)
    for block, table in zip(document, tables.values(), strict=True):
        for label, column in table.columns.items():
            assert_spelled(
                column,
                [
                    value.as_string() if hasattr(value, "as_string") else gemmi.cif.as_string(value)
                    for value in block.find_values(f"_{label}")
                ],
            )
