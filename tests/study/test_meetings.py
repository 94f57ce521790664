"""The curriculum is read from its files, and whatever is wrong in them is named with its file and field."""

from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vitreous._errors import InputError
from vitreous.study.meetings import KINDS, read_curriculum

PAGE = "01_waves/blur/page.md"


def change(folder, file, old, new):
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_topic_is_a_folder_of_files(small):
    curriculum = read_curriculum(small)
    page = curriculum.pages["01-waves/blur"]
    assert (page.title, page.minutes, page.figures) == ("Waves", 60, ("sum",))
    assert [item.key for item in page.problems] == ["a-sum"]
    assert page.readings[0].doi == "10.1016/j.jsb.2013.05.008"
    assert page.questions[0].kind == ("see", "compute")
    assert page.practical_address == "01-blur"
    assert page.text == "Waves add."
    assert curriculum.topic_of(page).slug == "01-waves"
    assert list(curriculum.problems) == ["01-a-sum"]


def test_a_page_needs_neither_practical_nor_problems(small):
    for name in ("practical.py", "problems.py"):
        (small / "01_waves/blur" / name).unlink()
    change(small, PAGE, 'figures = ["sum"]\nproblems = ["a-sum"]\n', "")
    page = read_curriculum(small).pages["01-waves/blur"]
    assert (page.practical, page.figures, page.problems) == (None, (), ())


def test_a_stream_is_data(small):
    """A third way through the topics needs its entry and its pages, and no code."""
    streams = small / "streams.toml"
    streams.write_text(
        streams.read_text() + '[[streams]]\nkey = "polish"\ntitle = "p"\nsummary = "s"\naudience = "a"\n'
    )
    third = small / "01_waves/polish"
    third.mkdir()
    text = (small / PAGE).read_text().replace('stream = "blur"', 'stream = "polish"')
    (third / "page.md").write_text(text.replace('["sum"]', '["blur#sum"]'))
    curriculum = read_curriculum(small)
    assert list(curriculum.topics[0].pages) == ["blur", "polish"]
    assert [stream.key for stream in curriculum.ways] == ["blur", "sharpen", "polish"]


def test_figures_of_the_other_stream_are_named_with_it(small):
    other = small / "01_waves/sharpen"
    other.mkdir()
    text = (small / PAGE).read_text().replace('"blur"', '"sharpen"').replace('["sum"]', '["blur#sum"]')
    (other / "page.md").write_text(text)
    assert read_curriculum(small).pages["01-waves/sharpen"].questions[0].figures == ("blur#sum",)


WRONG = [
    (PAGE, 'title = "Waves"\n', "", "title: the field is missing; add title = …"),
    (PAGE, "title", "titel", "there is no field 'titel'; did you mean 'title'?"),
    (PAGE, 'stream = "blur"', 'stream = "blurr"', "stream: there is no stream 'blurr'; did you mean 'blur'?"),
    (PAGE, 'stream = "blur"', 'stream = "sharpen"', "found 'sharpen', and the page lies in the folder 'blur'"),
    (PAGE, "minutes = 60\n", "", "minutes: the time that reading and practical take is missing"),
    (PAGE, "minutes = 60", 'minutes = "60"', "minutes: found '60', expected a whole number"),
    (PAGE, "optics.ctf", "optics.cft", "there is no public function 'vitreous.optics.cft'; did you mean"),
    (PAGE, "https://example", "example", "[[readings]] no. 1: url: found 'example.org/book', expected an address"),
    (PAGE, "10.1016", "doi:10.1016", "[[readings]] no. 1: doi: found 'doi:10.1016/j.jsb.2013.05.008'"),
    (PAGE, '["see", "compute"]', '["see", "computes"]', "no kind of question 'computes'; did you mean 'compute'?"),
    (PAGE, '["see", "compute"]', "[]", "[[questions]] no. 1: kind: the question has no mark"),
    (PAGE, "two-waves", "Two Waves", "id: found 'Two Waves'; use small letters"),
    (PAGE, '["sum"]', '["sums"]', "two-waves: figures: in the practical 01-blur, there is no figure 'sums'"),
    (PAGE, '["sum"]', '["sharpen#sum"]', "figures: there is no stream of this topic 'sharpen'"),
    (PAGE, '["a-sum"]', '["a-som"]', "problems: there is no problem in this topic 'a-som'; did you mean 'a-sum'?"),
    (PAGE, "+++\ntitle", "title", "the first line is not +++; begin with the fields"),
    (PAGE, "+++\nWaves add.\n", "Waves add.", "the fields have no end; close them"),
    (PAGE, "Waves add.", "", "there is no text after the fields"),
    (PAGE, "minutes = 60", "minutes = ", "not TOML: Invalid value (at line 4"),
    ("01_waves/topic.toml", "number = 1", "number = 2", "number: found 2, and the folder is called 01_waves"),
    ("01_waves/topic.toml", "summary", "sumary", "there is no field 'sumary'; did you mean 'summary'?"),
    (
        "01_waves/topic.toml",
        "number = 1",
        'stands_on = ["02_none"]\nnumber = 1',
        "stands_on: there is no topic '02_none'",
    ),
    ("01_waves/blur/problems.py", "def a_sum(rng):", "def a_sum(rng:", "line 2: not Python"),
    ("streams.toml", 'key = "sharpen"', 'key = "blur"', "the stream 'blur' stands here twice"),
    ("streams.toml", 'key = "blur"', 'key = "fog"', "01_waves/blur: there is no stream 'blur'"),
]


@pytest.mark.parametrize(("file", "old", "new", "said"), WRONG, ids=[said[:60] for *_, said in WRONG])
def test_what_is_wrong_is_named_with_its_file(small, file, old, new, said):
    change(small, file, old, new)
    with pytest.raises(InputError) as caught:
        read_curriculum(small)
    assert str(caught.value).startswith(str(small))
    assert said in str(caught.value)


def test_two_questions_do_not_share_an_id(small):
    text = (small / PAGE).read_text()
    block = text[text.index("[[questions]]") : text.rindex("+++")]
    change(small, PAGE, block, block + block)
    with pytest.raises(InputError, match=r"no. 2, two-waves: id: an earlier question has the same id"):
        read_curriculum(small)


def test_two_problems_of_a_topic_do_not_share_a_key(small):
    other = small / "01_waves/sharpen"
    other.mkdir()
    (other / "page.md").write_text((small / PAGE).read_text().replace('"blur"', '"sharpen"').replace('["sum"]', "[]"))
    (other / "problems.py").write_text((small / "01_waves/blur/problems.py").read_text())
    with pytest.raises(InputError, match=r"the key 'a-sum' is taken by line 2 of blur/problems.py; a key is used once"):
        read_curriculum(small)


def test_a_topic_without_its_file_is_an_error(small):
    (small / "01_waves/topic.toml").unlink()
    with pytest.raises(InputError, match=r"topic.toml: the file is not there"):
        read_curriculum(small)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 420), text=st.text("=[]\"'+\n\\#a0 .{}", max_size=6), drop=st.integers(0, 30))
def test_bad_front_matter_is_read_or_named_but_never_breaks(small, place, text, drop):
    """Characters put into or taken out of a page at any place."""
    page = small / PAGE
    good = (small / "good.md").read_text() if (small / "good.md").exists() else page.read_text()
    (small / "good.md").write_text(good)
    page.write_text(good[:place] + text + good[place + drop :])
    read_curriculum.cache_clear()
    read = []
    with suppress(InputError):
        read = read_curriculum(small).pages["01-waves/blur"].questions
    assert all(set(question.kind) <= set(KINDS) for question in read)


def test_the_course_reads():
    curriculum = read_curriculum()
    assert list(curriculum.streams) == ["everyone", "blur", "sharpen"]
    assert [topic.number for topic in curriculum.topics] == list(range(13))
    streams = [page for page in curriculum.pages.values() if page.stream != "everyone"]
    assert len(streams) == 19
