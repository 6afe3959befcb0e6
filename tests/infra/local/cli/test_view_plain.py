import io

import pytest

from functions.agent.words import Level
from infra.local.cli.view import PlainView, live, open_view


def told(events, **options):
    stream = io.StringIO()
    with PlainView(stream, **options) as view:
        for kind, data in events:
            view.event(kind, data)
    return stream.getvalue()


def test_a_whole_story_is_one_plain_line_a_step(story):
    assert told(story).splitlines() == [
        "plan: python, complexity 1 (one file), tier simple",
        "plan: 1 example of your request is binding: add(1, 2) == 3",
        "plan: short request",
        "attempt 1: embedded/qwen2.5-coder-1.5b, first: no key is set",
        "attempt 1 of 5: writing",
        "attempt 1: the model answers (code)",
        "attempt 1: the model answers (tests)",
        "attempt 1: file solution.py (2 lines)",
        "attempt 1 of 5: testing",
        "  stderr | first",
        "  stderr | second",
        "attempt 1, candidate c1: 1 of 3 cases passed",
        "  failed test_zero (generated, trusted): assert 1 == 0",
        "  error test_odd (generated, quarantined): NameError",
        "attempt 1: failed after 12.3 s, 1,512 tokens, $0: test_zero fails",
        "delivering",
        "done: partial",
    ]


def test_the_summary_says_what_the_verdict_means_and_where_the_files_are(body):
    stream = io.StringIO()
    PlainView(stream).summary(body, "assay-out/01ab")
    assert stream.getvalue().splitlines() == [
        "PARTIAL, likely: 1 of 2 cases passed",
        "The code runs and passes a part of the tests; what it does not pass is listed.",
        "  passed: test_adds (anchor)",
        "  failed: test_zero (generated): assert 1 == 0",
        "  error, quarantined: test_odd (generated): NameError",
        "why: test_zero fails",
        "attempts: 1",
        "time: 12.9 s",
        "tokens: 1,512",
        "cost: $0",
        "files: assay-out/01ab",
    ]


@pytest.mark.parametrize("level", [level for level in Level if level])
def test_every_level_of_proof_is_told_in_words(body, level):
    stream = io.StringIO()
    PlainView(stream).summary({**body, "verdict": {**body["verdict"], "level": str(level)}})
    line = next(line for line in stream.getvalue().splitlines() if line.startswith("proof: "))
    assert line.startswith(f"proof: {level}: ")


def test_quiet_shows_the_summary_alone(story, body):
    assert told(story, quiet=True) == ""
    stream = io.StringIO()
    PlainView(stream, quiet=True).summary(body)
    assert stream.getvalue().startswith("PARTIAL, likely")


def test_hostile_text_can_neither_colour_nor_add_lines():
    hostile = "\x1b[2J[red]boo[/red]\r\nassay: all passed \u202e\x07"
    events = [
        ("file", {"attempt": 1, "path": hostile, "text": ""}),
        ("route", {"attempt": 1, "provider": hostile, "model": "m", "reason": hostile}),
        ("tests", {"attempt": 1, "candidate": hostile, "cases": [{"name": hostile, "outcome": hostile}]}),
    ]
    shown = told(events)
    assert len(shown.splitlines()) == 4
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "[red]boo[/red] assay: all passed" in shown


def test_a_long_log_is_cut_and_says_so():
    shown = told([("log", {"stream": "stdout", "text": "\n".join(map(str, range(40)))})]).splitlines()
    assert len(shown) == 13
    assert shown[-1] == "  stdout | ... 28 more lines"


def test_what_is_unknown_or_incomplete_does_not_stop_the_view():
    assert told([("weather", {"sun": 1})]) == ""
    for kind in ("plan", "phase", "route", "delta", "log", "file", "tests", "attempt", "usage", "done"):
        told([(kind, {}), (kind, {"cases": "no list", "usd": None, "tokens": "x", "anchors": 3})])
    PlainView(io.StringIO()).summary({})


def test_a_terminal_that_speaks_ascii_gets_escapes():
    raw = io.BytesIO()
    stream = io.TextIOWrapper(raw, encoding="ascii")
    PlainView(stream).event("file", {"attempt": 1, "path": "é.py", "text": "x"})
    assert raw.getvalue() == b"attempt 1: file \\xe9.py (1 line)\n"


def test_only_a_real_terminal_is_drawn_on():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    assert isinstance(open_view(io.StringIO()), PlainView)
    assert live(Terminal(), {"TERM": "xterm-256color"})
    assert not live(Terminal(), {"TERM": "dumb"})
    assert not live(io.StringIO(), {"TERM": "xterm"})


def test_of_many_failures_three_are_shown_and_the_rest_counted() -> None:
    cases = [{"name": f"f({n}) == 0", "outcome": "failed", "message": "assert 1 == 0\n + where"} for n in range(5)]
    stream = io.StringIO()
    with PlainView(stream) as view:
        view.event("tests", {"attempt": 1, "candidate": "a1c1", "cases": cases})
    assert stream.getvalue().splitlines() == [
        "attempt 1, candidate a1c1: 0 of 5 cases passed",
        *(f"  failed f({n}) == 0: assert 1 == 0" for n in range(3)),
        "  and 2 more",
    ]
