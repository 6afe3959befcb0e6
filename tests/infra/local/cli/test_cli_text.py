import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.local.cli.text import clean, counted, duration, encodable, money, one_line, size

HOSTILE = st.text(alphabet=st.sampled_from("a[]0;31mK\\P\x1b\x07\x9b\x9c\x9d\x00\x7f\r\n\t\u202e\u2066\u200d\ud800é"))


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[Hcleared", "cleared"),
        ("\x1b]0;new title\x07text", "text"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1bPdevice\x1b\\after", "after"),
        ("\x9b31mC1 colour", "C1 colour"),
        ("open \x1b]0;never closed\nnext line", "open \nnext line"),
        ("a\rb\r\nc\x0bd", "a\nb\nc\nd"),
        ("back\x08\x08space \x00nul", "backspace nul"),
        ("abc\u202ecba", "abccba"),
        ("half \ud800 surrogate", "half  surrogate"),
        ("family \U0001f468\u200d\U0001f469 stays", "family \U0001f468\u200d\U0001f469 stays"),
        ("\x1b\x1b[31m[31mnested", "[31mnested"),
        ("tab\tstays", "tab\tstays"),
    ],
)
def test_clean_leaves_only_what_a_person_can_read(raw, plain):
    assert clean(raw) == plain


@settings(max_examples=200)
@given(HOSTILE | st.text())
def test_nothing_that_steers_a_terminal_survives(raw):
    plain = clean(raw)
    for character in plain:
        assert character in "\n\t\u200c\u200d" or unicodedata.category(character) not in ("Cc", "Cf", "Cs")
    assert clean(plain) == plain
    assert "\n" not in one_line(raw)


def test_one_line_is_cut_with_dots():
    assert one_line("a \n  b\tc") == "a b c"
    assert one_line("x" * 300, 10) == "xxxxxxx..."


def test_a_narrow_encoding_gets_escapes_instead_of_an_error():
    assert encodable("é → ok", "ascii") == "\\xe9 \\u2192 ok"
    assert encodable("é", "utf-8") == "é"
    assert encodable("é", None) == "é"


def test_values_read_as_people_say_them():
    assert [duration(ms) for ms in (850, 12_340, 59_949, 59_999, 185_000)] == [
        "850 ms", "12.3 s", "59.9 s", "1 min 00 s", "3 min 05 s"
    ]  # fmt: skip
    assert [money(usd) for usd in (0, 0.00123, 2)] == ["$0", "$0.0012", "$2.00"]
    assert [size(n) for n in (1 << 20, 3 << 30)] == ["1.0 MiB", "3.0 GiB"]
    assert [counted(n, "case") for n in (0, 1, 1200)] == ["0 cases", "1 case", "1,200 cases"]
