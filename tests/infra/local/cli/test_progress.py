import io
import re

from infra.local.cli.live import terminal
from infra.local.cli.progress import PlainProgress, RichProgress, Silent, open_progress

MIB = 1 << 20


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def test_a_plain_download_is_told_now_and_then():
    stream, clock = io.StringIO(), Clock()
    progress = PlainProgress(stream, clock)
    progress.setup("making the sandbox ready")
    for done in range(0, 101):
        clock.now = done / 8
        progress.download(done * MIB, 100 * MIB, "publisher\x1b[31m\nx")
    progress.close()
    assert stream.getvalue().splitlines() == [
        "making the sandbox ready",
        "downloading the model: 0.0 MiB of 100.0 MiB (0 %) (publisher x)",
        "downloading the model: 40.0 MiB of 100.0 MiB (40 %), 8.0 MiB/s (publisher x)",
        "downloading the model: 80.0 MiB of 100.0 MiB (80 %), 8.0 MiB/s (publisher x)",
        "downloading the model: 100.0 MiB of 100.0 MiB (100 %), 8.0 MiB/s (publisher x)",
    ]


def test_a_resumed_download_counts_only_its_own_bytes_in_the_rate():
    stream, clock = io.StringIO(), Clock()
    progress = PlainProgress(stream, clock)
    progress.download(90 * MIB, 100 * MIB, "cache")
    clock.now = 10.0
    progress.download(100 * MIB, 100 * MIB, "cache")
    assert "100.0 MiB (100 %), 1.0 MiB/s" in stream.getvalue()


def test_the_next_source_is_told_at_once():
    stream, clock = io.StringIO(), Clock()
    progress = PlainProgress(stream, clock)
    progress.download(0, 100 * MIB, "publisher")
    clock.now = 1.0
    progress.download(10 * MIB, 100 * MIB, "publisher")
    progress.download(10 * MIB, 100 * MIB, "pieces")
    assert [line.split("(")[-1] for line in stream.getvalue().splitlines()] == ["publisher)", "pieces)"]


def test_an_unknown_size_is_no_error():
    stream = io.StringIO()
    PlainProgress(stream, Clock()).download(5, 0, "x")
    assert stream.getvalue().startswith("downloading the model: 0.0 MiB of 0.0 MiB (x)")


def test_a_terminal_gets_a_bar_that_is_put_away():
    screen = io.StringIO()
    progress = RichProgress(terminal(screen, force=True, width=120))
    progress.setup("[red]ready\x1b[2J")
    progress.download(50 * MIB, 100 * MIB, "[bold]publisher\x07")
    progress.download(100 * MIB, 100 * MIB, "[bold]publisher\x07")
    progress.close()
    shown = re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue())
    assert "[red]ready" in shown
    assert "([bold]publisher)" in shown
    assert "100.0/100.0 MiB" in shown
    assert "\x07" not in shown
    assert "\x1b[2J" not in shown
    assert "\x1b[?25h" in shown


def test_what_fits_the_stream_is_chosen():
    stream = io.StringIO()
    assert isinstance(open_progress(stream), PlainProgress)
    silent = open_progress(stream, quiet=True)
    assert isinstance(silent, Silent)
    silent.setup("x")
    silent.download(1, 2, "y")
    silent.close()
    assert stream.getvalue() == ""
