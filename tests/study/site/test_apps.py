"""The application's label is the one that its tables carry."""

from django.apps import apps

from vitreous.study.site.apps import StudySite


def test_the_label_is_study():
    assert isinstance(apps.get_app_config("study"), StudySite)
    assert apps.get_model("study", "Learner")._meta.db_table == "study_learner"
