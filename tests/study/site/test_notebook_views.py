"""The notebook holds what was written, and can be taken away."""

import html

from vitreous.study.site.models import Learner, Note


def test_an_empty_notebook_says_how_to_begin(browser, sampled):
    page = browser.get("/notebook/").content.decode()
    assert "/problems/" in page
    assert "How far you are" not in page


def test_what_was_written_and_how_far_one_is(browser, sampled):
    visitor = browser
    visitor.post("/problems/02-why/", {"text": "The phase grows.\n\nAnd then it turns round."})
    visitor.post("/problems/02-why/", {"points": "keep", "point": ["1"]})
    page = html.unescape(visitor.get("/notebook/").content.decode())
    assert "Why does the contrast transfer oscillate?" in page
    assert "<p>The phase grows.</p>" in page
    assert "1 of 3 points ticked" in page
    assert "A sample" in page


def test_the_file_holds_questions_and_answers(browser, sampled):
    visitor = browser
    visitor.post("/problems/02-why/", {"text": "The phase grows with frequency."})
    file = visitor.get("/notebook.md")
    assert file["content-type"].startswith("text/markdown")
    assert "> Why does the contrast transfer oscillate?\n\nThe phase grows with frequency." in file.content.decode()


def test_a_note_to_a_question_that_is_gone_is_kept(browser, sampled):
    visitor = browser
    visitor.post("/problems/02-why/", {"text": "The phase grows with frequency."})
    learner = Learner.objects.latest("pk")
    Note.objects.create(learner=learner, question="02-gone", text="I wrote this once.")
    page = visitor.get("/notebook/").content.decode()
    assert page.index("The phase grows") < page.index("I wrote this once.")
