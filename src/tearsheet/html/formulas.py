"""Formulas as their writers wrote them: a page holds each several times, as MathML, as TeX, as boxes to draw."""

from selectolax.lexbor import LexborHTMLParser, LexborNode

_WRITTEN = 'math, script[type^="math/tex"]'
_DRAWN = ".katex-html, .MathJax_Preview, mjx-math, .mwe-math-fallback-image-inline, .mwe-math-fallback-image-display"
_DRAWN_BESIDE_SCRIPTS = ".MathJax, .MathJax_Display, .MathJax_SVG, .MathJax_CHTML"
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
    written = _outermost(tree, _WRITTEN)
    drawn = _DRAWN + (f", {_DRAWN_BESIDE_SCRIPTS}" if any(node.tag == "script" for node in written) else "")
    for node in written:
        said = _tex(node).strip()
        if said and len(said) <= _LONGEST:
            node.replace_with(f"\\({said}\\)")
    for node in _outermost(tree, drawn):
        node.decompose()


def _outermost(tree: LexborHTMLParser, selector: str) -> list[LexborNode]:
    """Return the elements that a selector finds, none inside another: with an element goes what is in it."""
    found: list[LexborNode] = []
    inside: set[int] = set()
    for node in tree.css(selector)[:_MOST]:
        around = node.parent
        while around is not None and around.mem_id not in inside:
            around = around.parent
        if around is None:
            inside.add(node.mem_id)
            found.append(node)
    return found


def _tex(node: LexborNode) -> str:
    if node.tag == "math":
        written = node.css_first('annotation[encoding="application/x-tex"]')
        return written.text() if written is not None else node.attributes.get("alttext") or ""
    return node.text()
