import re

import numpy as np

from vitreous.show.gallery import Tile, gallery_html, image_html


def test_tiles_have_their_images_and_words():
    image = np.arange(64.0).reshape(8, 8)
    tiles = [Tile([(image, "one <b>")], "Class 1", ["60 %", "9 Å"]), Tile([(image, "raw"), (-image, "aligned")], "Two")]
    html = gallery_html(tiles, 3.0, "What they are.")
    assert re.findall(r'aria-label="(.*?)"', html) == ["one &lt;b&gt;", "raw", "aligned"]
    assert "<strong>Class 1</strong><span>60 %</span><span>9 Å</span>" in html
    # a third of 24 Å holds a bar of 5 Å
    assert "What they are. The bars are 5 Å." in html


def test_a_bar_is_as_long_as_it_says():
    width = float(re.search(r'<rect x="5" y="[\d.]+" width="([\d.]+)"', image_html(np.eye(32), 2.5, "an image"))[1])
    # 20 of 80 Å
    assert width == 25


def test_an_image_of_one_value_and_a_large_one_are_shown():
    assert image_html(np.zeros((6, 6)), 1.0, "nothing").startswith("<svg")
    large = image_html(np.random.default_rng(1).standard_normal((500, 500)), 1.0, "large")
    assert len(large) < 60_000
