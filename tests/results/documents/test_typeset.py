import string

from hypothesis import given
from hypothesis import strategies as st

from kernel.typefaces import composed
from results.documents.drawing import INK
from results.documents.fonts import Face
from results.documents.typeset import SMALLEST, Style, balanced, fit, measure, wrap

STYLE = Style(Face.SANS, 12, INK, leading=1.25)
NAMES = st.text(string.ascii_letters + "ŒŁĐéï'- ", min_size=1, max_size=200).filter(str.strip)


def joined(lines: list[str]) -> str:
    return "".join(lines).replace(" ", "")


@given(NAMES, st.floats(40, 400))
def test_no_letter_is_lost_and_no_line_is_too_long(text: str, room: float) -> None:
    for lines in (wrap(text, STYLE, room), balanced(text, STYLE, room)):
        assert joined(lines) == composed(text).replace(" ", "")
        assert [line for line in lines if measure(line, STYLE) > room + 0.01] == []


@given(NAMES, st.integers(1, 3))
def test_a_fitted_text_stays_in_its_place(text: str, count: int) -> None:
    style, lines = fit(text, STYLE, 300, lines=count)
    assert joined(lines) == composed(text).replace(" ", "")
    assert [line for line in lines if measure(line, style) > 300.01] == []
    height = len(lines) * style.size * style.leading
    assert height <= count * STYLE.size * STYLE.leading + 0.02 or style.size == SMALLEST
    assert style.size <= STYLE.size


def test_what_fits_is_left_as_it_is() -> None:
    assert fit("Camille Martin", STYLE, 300) == (STYLE, ["Camille Martin"])


def test_lines_are_of_even_length() -> None:
    text = "Maria Helena Sofia Carolina Antonia"
    assert wrap(text, STYLE, 180) == ["Maria Helena Sofia Carolina", "Antonia"]
    assert balanced(text, STYLE, 180) == ["Maria Helena Sofia", "Carolina Antonia"]


def test_a_text_is_cleaned_of_what_cannot_be_set() -> None:
    assert composed("  Zoe\u0301\r\n\tŁucja\x00 ") == "Zoé Łucja"
