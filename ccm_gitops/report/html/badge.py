"""A badge with a project's score: small, without scripts, readable by screen readers."""

from __future__ import annotations

from ccm_gitops.report.html.words import grade

# On white text each has a contrast of at least 4.5.
_COLOURS = {"good": "#1f7a4d", "fair": "#8a5a00", "poor": "#b3261e", "unknown": "#5c5f62"}
_LABEL, _LABEL_WIDTH, _PADDING, _DIGIT = "context", 54, 12, 7


def score_badge(score: int | None) -> str:
    """The badge as SVG."""
    value = "not measured" if score is None else f"{score}/100"
    width = len(value) * _DIGIT + _PADDING
    total = _LABEL_WIDTH + width
    colour = _COLOURS[grade(score)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{total}" height="20" role="img" '
        f'aria-label="{_LABEL}: {value}"><title>{_LABEL}: {value}</title>'
        f'<clipPath id="r"><rect width="{total}" height="20" rx="3"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{total}" height="20" fill="#34373a"/>'
        f'<rect x="{_LABEL_WIDTH}" width="{width}" height="20" fill="{colour}"/></g>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" '
        'text-anchor="middle">'
        f'<text x="{_LABEL_WIDTH / 2}" y="14">{_LABEL}</text>'
        f'<text x="{_LABEL_WIDTH + width / 2}" y="14">{value}</text></g></svg>\n'
    )
