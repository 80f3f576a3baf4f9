"""Where a formula in a line may break: theme/katex.py."""

import pytest
from bs4 import BeautifulSoup

from theme.katex import keep_brackets, render


def parts(tex):
    """Return the texts of what a line may break between, as KaTeX writes them."""
    html, count = keep_brackets(render(tex))
    soup = BeautifulSoup(html, "html.parser")
    assert soup.select_one(".katex[translate=no]")
    assert str(BeautifulSoup(render(tex), "html.parser").get_text()) == soup.get_text()
    shown = [part.get_text() for part in soup.select_one(".katex-html").children]
    assert len(shown) == count
    return [text.replace("\u200b", "") for text in shown]


@pytest.mark.parametrize(
    ("tex", "texts"),
    [
        ("p", ["p"]),
        ("a = b", ["a=", "b"]),
        ("a + b = c \\le d", ["a+", "b=", "c≤", "d"]),
        ("D(P \\parallel Q)", ["D(P∥Q)"]),
        ("p(x \\mid z) = 1", ["p(x∣z)=", "1"]),
        ("H(P) = [f(a + b) - c] + d", ["H(P)=", "[f(a+b)−c]+", "d"]),
        ("E[-\\log p(x)] = H(P) + c", ["E[−logp(x)]=", "H(P)+", "c"]),
        ("((a + b) c) + d", ["((a+b)c)+", "d"]),
        ("\\{ x \\mid x > 0 \\}", ["{x∣x>0}"]),
        ("\\left( a + b \\right) = \\frac{1}{2}", ["(a+b)=", "21"]),
    ],
)
def test_a_formula_breaks_at_relations_and_sums_and_not_in_brackets(tex, texts):
    assert parts(tex) == texts
