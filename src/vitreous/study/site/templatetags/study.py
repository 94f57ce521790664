"""Filters of the study's templates."""

from django import template
from django.utils.safestring import SafeString

from vitreous.study.site.markdown import render, render_inline

__all__ = ["markdown", "markdown_line", "register"]

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    """Return Markdown as safe HTML."""
    return render(text)


@register.filter
def markdown_line(text: str) -> SafeString:
    """Return one line of Markdown as safe HTML without a paragraph around it."""
    return render_inline(text)
