"""The masthead says where one is."""

from types import SimpleNamespace

from vitreous.study.site.context import navigation


def test_every_entry_has_an_address():
    shown = navigation(SimpleNamespace(resolver_match=SimpleNamespace(url_name="glossary")))
    assert shown["here"] == "glossary"
    assert ("glossary", "/glossary/", "Glossary") in shown["navigation"]
    assert shown["navigation"][0][2] == "Course"


def test_a_page_that_is_not_there_is_nowhere():
    assert navigation(SimpleNamespace(resolver_match=None))["here"] == ""
