"""The site as a Django application."""

from django.apps import AppConfig

__all__ = ["StudySite"]


class StudySite(AppConfig):
    """Its tables are called ``study_…``, and its templates live under ``study/``."""

    name = "vitreous.study.site"
    label = "study"
    verbose_name = "Vitreous study"
