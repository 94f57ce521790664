"""Addresses of problems, the notebook and the self-test."""

from django.urls import path

from vitreous.study.site import notebook_views, problem_views, self_test_views

__all__ = ["urlpatterns"]

urlpatterns = [
    path("problems/", problem_views.problems, name="problems"),
    path("problems/<slug:address>/", problem_views.problem, name="problem"),
    path("problems/<slug:address>/start.py", problem_views.start_file, name="start-file"),
    path("notebook/", notebook_views.notebook, name="notebook"),
    path("notebook.md", notebook_views.notebook_file, name="notebook-file"),
    path("self-test/", self_test_views.self_test, name="self-test"),
]
