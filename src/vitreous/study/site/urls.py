"""Addresses of the site's pages."""

from django.urls import path

from vitreous.study.site import views

__all__ = ["urlpatterns"]

urlpatterns = [
    path("", views.home, name="home"),
]
