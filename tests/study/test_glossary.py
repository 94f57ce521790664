"""The glossary holds the field's terms, each once and with the place where it is met."""

import pytest

from vitreous._errors import InputError
from vitreous.study.glossary import read_glossary

TERMS = '[[terms]]\nname = "wave"\nalso = ["ripple"]\ntext = "It goes up and down."\npages = ["01-waves/blur"]\n'


def test_terms_are_in_the_order_of_the_alphabet(small):
    (small / "glossary.toml").write_text(TERMS + '[[terms]]\nname = "Airy disc"\ntext = "A spot."\n')
    terms = read_glossary(small)
    assert [term.name for term in terms] == ["Airy disc", "wave"]
    assert [term.anchor for term in terms] == ["airy-disc", "wave"]


@pytest.mark.parametrize(
    ("added", "said"),
    [
        ('[[terms]]\nname = "Ripple"\ntext = "x"\n', "'Ripple' stands already for 'wave'"),
        ('[[terms]]\nname = "x"\n', "[[terms]] no. 2: text: the field is missing"),
        (
            '[[terms]]\nname = "x"\ntext = "y"\npages = ["01-waves/blr"]\n',
            "there is no page '01-waves/blr'; did you mean",
        ),
        ('[[terms]]\nname = "x"\ntext = "y"\nsee = "z"\n', "there is no field 'see'"),
    ],
)
def test_a_wrong_term_is_named(small, added, said):
    (small / "glossary.toml").write_text(TERMS + added)
    with pytest.raises(InputError) as caught:
        read_glossary(small)
    assert said in str(caught.value)


def test_the_fields_terms_are_there():
    terms = read_glossary()
    assert len(terms) >= 90
    assert len({term.anchor for term in terms}) == len(terms)
    for term in terms:
        assert term.pages, f"{term.name} is met nowhere"
        assert term.text.endswith("."), term.name
        assert len(term.text) < 420, f"{term.name}: a sentence or two"
    names = {word for term in terms for word in (term.name, *term.also)}
    assert {"CTF", "B factor", "FSC", "DQE", "Nyquist", "pose", "ELBO", "quaternion", "gimbal lock"} <= names
