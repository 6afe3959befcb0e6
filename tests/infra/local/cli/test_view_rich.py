import io
import re

import pytest
from rich.console import Console

from infra.local.cli.live import RichView, terminal

STYLES = re.compile(r"\x1b\[[0-9;]*m")
CURSOR = re.compile(r"\x1b\[(?:\?25[lh]|\d*[AK]|2K)|\r")


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def screen():
    return io.StringIO()


def console(screen, width=120):
    return terminal(screen, force=True, width=width)


def visible(screen):
    return CURSOR.sub("", STYLES.sub("", screen.getvalue()))


def test_the_steps_of_the_plain_view_are_shown_in_colour(screen, story):
    with RichView(console(screen)) as view:
        for kind, data in story:
            view.event(kind, data)
    shown = visible(screen)
    assert "attempt 1, candidate c1: 1 of 3 cases passed" in shown
    assert "failed test_zero (generated, trusted): assert 1 == 0" in shown
    assert re.search(r"\x1b\[31m *failed test_zero", screen.getvalue())
    assert re.search(r"\x1b\[33mdone: partial", screen.getvalue())


def test_tokens_stream_dimmed_and_whole(screen):
    with RichView(console(screen)) as view:
        for piece in ("def add(", "a, b):\n    retu", "rn a + b\n", "# e", "nd"):
            view.event("delta", {"attempt": 1, "purpose": "code", "text": piece})
    raw = screen.getvalue()
    for line in ("def add(a, b):", "    return a + b", "# end"):
        assert f"\x1b[2m{line}\x1b[0m" in raw


def test_the_live_line_tells_phase_elapsed_time_and_cost(screen):
    clock = Clock()
    with RichView(console(screen), clock=clock) as view:
        view.event("phase", {"attempt": 2, "max": 5, "phase": "testing"})
        view.event("usage", {"tokens": 900, "usd": 0.002})
        clock.now += 75
        view.event("delta", {"attempt": 2, "purpose": "code", "text": "done\npartial li"})
    assert "attempt 2 of 5: testing (1 min 15 s, 900 tokens, $0.0020)" in visible(screen)
    assert "partial li" in visible(screen)


def test_the_live_line_is_gone_at_the_end_and_the_cursor_is_back(screen, story):
    def broken_off():
        with RichView(console(screen)) as view:
            view.event(*story[3])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        broken_off()
    assert screen.getvalue().endswith(("\x1b[?25h", "\x1b[2K"))
    assert "\x1b[?25h" in screen.getvalue()


def test_the_summary_is_a_table(screen, body):
    RichView(console(screen)).summary(body, "/tmp/out [bold]dir")
    shown = visible(screen)
    assert "PARTIAL, likely: 1 of 2 cases passed" in shown
    assert re.search(r"case +origin +outcome +message", shown)
    assert re.search(r"test_odd +generated +error, quarantined +NameError", shown)
    assert re.search(r"files +/tmp/out \[bold\]dir", shown)
    assert re.search(r"tokens +1,512", shown)


HOSTILE = "\x1b[2J\x1b]0;title\x07[bold red]boo[/] :smile: [link=http://x]y[/link]\x9b31m\u202e"


def test_hostile_text_can_neither_style_nor_steer_the_terminal(screen, body):
    cases = [{"name": HOSTILE, "outcome": HOSTILE, "message": HOSTILE, "origin": HOSTILE, "state": HOSTILE}]
    with RichView(console(screen)) as view:
        view.event("tests", {"attempt": 1, "candidate": HOSTILE, "cases": cases})
        view.event("delta", {"attempt": 1, "text": HOSTILE + "\n" + HOSTILE})
        view.event("log", {"stream": HOSTILE, "text": HOSTILE})
        view.event("phase", {"attempt": 1, "max": 5, "phase": HOSTILE})
    view.summary({**body, "output": {"test_results": cases}, "pr_url": HOSTILE}, HOSTILE)
    shown = visible(screen)
    assert "\x1b" not in shown
    assert not set(shown) & {"\x07", "\x9b", "\u202e"}
    assert "title" not in shown
    assert "[bold red]boo[/] :smile: [link=http://x]y[/link]" in shown


def test_a_narrow_terminal_folds_instead_of_losing_text(screen, body):
    RichView(console(screen, width=40)).summary(body, "some/where")
    assert "quarantined" in visible(screen)
    assert max(len(line) for line in visible(screen).splitlines()) <= 40


def test_quiet_shows_no_step(screen, story):
    with RichView(console(screen), quiet=True) as view:
        for kind, data in story:
            view.event(kind, data)
    assert "candidate" not in visible(screen)


def test_the_tests_of_an_attempt_begin_a_line_of_their_own_after_a_code_block_that_was_cut():
    file = io.StringIO()
    view = RichView(Console(file=file, force_terminal=False, width=80))
    with view:
        view.event("delta", {"attempt": 1, "purpose": "code", "sample": 1, "text": "    return 1"})
        view.event("delta", {"attempt": 1, "purpose": "code", "sample": 2, "text": "not shown"})
        view.event("delta", {"attempt": 1, "purpose": "tests", "sample": 1, "text": "assert f() == 1\n"})
    shown = [line for line in file.getvalue().splitlines() if line.strip()]
    assert shown == ["    return 1", "assert f() == 1"]
