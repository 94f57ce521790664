"""The figure of the local resolution."""

import numpy as np

from vitreous.show.local_resolution import local_resolution_figure


def test_it_says_its_range_and_is_small():
    local = np.full((20, 20, 20), np.nan, np.float32)
    local[5:15, 5:15, 5:10], local[5:15, 5:15, 10:15] = 4.0, 8.0
    figure = local_resolution_figure(local, 2.0)
    assert figure.startswith("<svg")
    assert "4.0 to 8.0 Å" in figure
    assert len(figure) < 100_000
