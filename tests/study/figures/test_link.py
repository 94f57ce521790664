"""Settings that a link carries."""

from vitreous.study.figures.link import linked, linked_settings


def test_only_the_figures_own_settings_are_read():
    with linked({"ctf.defocus_um": 1.5, "ctfs.defocus_um": 2.5, "ctf.on": True}):
        assert linked_settings("ctf") == {"defocus_um": 1.5, "on": True}
        assert linked_settings("none") == {}


def test_links_end_with_their_block_and_nest():
    with linked({"a.x": 1}):
        with linked({"a.x": 2}):
            assert linked_settings("a") == {"x": 2}
        assert linked_settings("a") == {"x": 1}
    assert linked_settings("a") == {}
