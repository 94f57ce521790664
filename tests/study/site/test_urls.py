"""Addresses are those that links in texts are written with."""

import pytest
from django.urls import get_resolver, resolve, reverse

from vitreous.study.site import urls


@pytest.mark.parametrize(
    ("name", "given", "address"),
    [
        ("home", [], "/"),
        ("topic", ["04-phase-contrast"], "/meetings/04-phase-contrast/"),
        ("meeting", ["04-phase-contrast", "blur"], "/meetings/04-phase-contrast/blur/"),
        ("problem", ["04-b-factor"], "/problems/04-b-factor/"),
        ("schedule", [], "/schedule/"),
        ("glossary", [], "/glossary/"),
        ("search", [], "/search/"),
        ("engine", [], "/engine/"),
        ("notebook", [], "/notebook/"),
        ("self-test", [], "/self-test/"),
    ],
)
def test_an_address_is_its_pages(name, given, address):
    assert reverse(name, args=given) == address
    assert resolve(address).url_name == name


def test_names_are_used_once():
    names = [name for name in get_resolver(urls.__name__).reverse_dict if isinstance(name, str)]
    assert len(names) >= 15
    assert all(len(get_resolver(urls.__name__).reverse_dict.getlist(name)) == 1 for name in names)
