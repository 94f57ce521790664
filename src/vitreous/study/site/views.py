"""The pages."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

__all__ = ["home"]


def home(request: Any) -> HttpResponse:
    """Show where one is and what is next."""
    return render(request, "study/home.html")
