"""Every page of the problems, the notebook and the self-test has its address."""

from django.urls import resolve, reverse

from vitreous.study.site import notebook_views, problem_urls, problem_views, self_test_views


def test_addresses():
    wanted = {
        "/problems/": problem_views.problems,
        "/problems/04-b-factor/": problem_views.problem,
        "/problems/02-dft/start.py": problem_views.start_file,
        "/notebook/": notebook_views.notebook,
        "/notebook.md": notebook_views.notebook_file,
        "/self-test/": self_test_views.self_test,
    }
    for address, view in wanted.items():
        assert resolve(address).func is view
    assert reverse("problem", args=["04-b-factor"]) == "/problems/04-b-factor/"
    assert len(problem_urls.urlpatterns) == len(wanted)
