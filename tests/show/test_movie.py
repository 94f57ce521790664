"""Maps as a moving picture."""

import io

import numpy as np
import pytest
from PIL import Image

from vitreous.show.movie import movie_bytes


@pytest.mark.parametrize("kind", ["webp", "gif"])
def test_the_picture_goes_there_and_back(kind):
    z, y, x = np.meshgrid(*[np.arange(16) - 8] * 3, indexing="ij")
    maps = np.stack([np.exp(-((x - shift) ** 2 + y**2 + z**2) / 8.0) for shift in (-4, 0, 4)])
    picture = Image.open(io.BytesIO(movie_bytes(maps, 0.5, kind=kind, rows=48)))
    assert picture.n_frames == 4
    assert picture.size == (48, 48)
    assert picture.info["loop"] == 0
    frames = []
    for number in range(4):
        picture.seek(number)
        frames.append(np.asarray(picture.convert("L"), float))
    assert abs(frames[1] - frames[3]).max() < 40
    assert abs(frames[0] - frames[2]).max() > 60
