"""Addresses of the site's pages."""

from django.urls import include, path

from vitreous.study.site import views

__all__ = ["handler404", "handler500", "urlpatterns"]

handler404 = views.not_found
handler500 = views.server_error

urlpatterns = [
    path("", views.home, name="home"),
    path("favicon.svg", views.favicon, name="favicon"),
    path("stream/", views.choose_stream, name="choose-stream"),
    path("meetings/<slug:slug>/", views.topic, name="topic"),
    path("meetings/<slug:slug>/<slug:stream>/", views.meeting, name="meeting"),
    path("schedule/", views.schedule, name="schedule"),
    path("glossary/", views.glossary, name="glossary"),
    path("search/", views.search, name="search"),
    path("engine/", views.engine, name="engine"),
    path("", include("vitreous.study.site.problem_urls")),
]
