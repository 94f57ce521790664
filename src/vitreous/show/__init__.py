"""What people look at: figures, and the report of each job as one HTML file."""

from vitreous.show.figures import histogram_figure, profile_figure, ring_figure
from vitreous.show.report import Section, facts_html, figures_html, page_html, table_html
from vitreous.show.style import to_svg

__all__ = [
    "Section",
    "facts_html",
    "figures_html",
    "histogram_figure",
    "page_html",
    "profile_figure",
    "ring_figure",
    "table_html",
    "to_svg",
]
