"""Formulas as their writers wrote them: a page holds each several times, as MathML, as TeX, as boxes to draw."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

_DRAWN = ", ".join(
    (
        ".katex-html, .MathJax_Preview, .MathJax, .MathJax_Display, .MathJax_SVG, mjx-container",
        ".mwe-math-fallback-image-inline, .mwe-math-fallback-image-display",
    )
)
_SIGNS = ("<math", "math/tex")
_MOST = 500
_LONGEST = 2_000


def are_in(markup: str) -> bool:
    """Return whether `markup` may hold formulas in one of the forms that `spell` knows."""
    return "math" in markup and any(sign in markup for sign in _SIGNS)


def spell(tree: LexborHTMLParser) -> None:
    """Replace the formulas in `tree` by their TeX between `\\(` and `\\)`; MathML without TeX stays as it is.

    What browsers draw beside it is taken away, if there is TeX or MathML to read.
    """
    for node in tree.css('math, script[type^="math/tex"]')[:_MOST]:
        said = _tex(node).strip()
        if said and len(said) <= _LONGEST:
            node.replace_with(f"\\({said}\\)")
    for node in tree.css(_DRAWN)[:_MOST]:
        node.decompose()


def _tex(node: LexborNode) -> str:
    if node.tag == "math":
        written = node.css_first('annotation[encoding="application/x-tex"]')
        return written.text() if written is not None else node.attributes.get("alttext") or ""
    return node.text()
