import pytest

from infra.local.cli.args import MAX_ATTACHMENT_MIB, parse


def refused(words, capsys):
    """The sentence on stderr of a command line that is refused with 2."""
    with pytest.raises(SystemExit) as stop:
        parse(words)
    told = capsys.readouterr()
    assert (stop.value.code, told.out) == (2, "")
    assert told.err.count("\n") == 1
    return told.err.strip()


def test_run_has_sensible_defaults():
    args = parse(["run", "Write add"])
    assert vars(args) == {
        "command": "run",
        "prompt": "Write add",
        "language": None,
        "out": None,
        "attempts": 5,
        "model": None,
        "attach": [],
        "output": "snippet",
        "preference": "balanced",
        "json": False,
        "quiet": False,
    }


def test_run_takes_every_option(tmp_path):
    spec = tmp_path / "spec.json"
    spec.write_text("{}")
    words = ["run", "--language", "JS", "--out", str(tmp_path), "--attempts", "2", "--model", "ollama/qwen2.5-coder:7b"]
    words += ["--attach", str(spec), "--attach", str(spec), "--output", "zip", "--preference", "fast", "--json", "-"]
    args = parse(words)
    assert (args.language, args.attempts, args.model) == ("javascript", 2, "ollama/qwen2.5-coder:7b")
    assert (args.out, args.attach, args.prompt) == (tmp_path, [spec, spec], "-")
    assert (args.output, args.preference, args.json) == ("zip", "fast", True)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["run"], "PROMPT"),
        (["run", "  "], "must say what to write"),
        (["run", "x", "--attempts", "0"], "--attempts must be a whole number from 1 to 5, not '0'"),
        (["run", "x", "--attempts", "6"], "from 1 to 5, not '6'"),
        (["run", "x", "--attempts", "two"], "not 'two'"),
        (["run", "x", "--language", "cobol"], "'cobol' is not known"),
        (["run", "x", "--model", "No Such"], "--model must be a provider or provider/model"),
        (["run", "x", "--model", "a/"], "not 'a/'"),
        (["run", "x", "--output", "pr"], "--output"),
        (["run", "x", "--preference", "best"], "--preference"),
        (["run", "x", "--attach", "/no/such/file"], "'/no/such/file' is not a file that can be read"),
        (["run", "x", "--out", __file__], "--out must be a folder"),
        (["run", "x", "--json", "--quiet"], "not allowed with"),
        (["run", "x", "--attemp", "2"], "--attemp"),
        (["run", "x", "y"], "unrecognized"),
        (["run", "x", "--attach", "/no/\x1b[31mred"], "\\x1b[31mred"),
        (["serve", "--port", "70000"], "--port must be a whole number from 0 to 65535"),
        (["serve", "--port", "-1"], "--port"),
        (["verify"], "BUNDLE"),
        (["verify", "nothing.zip"], "'nothing.zip' is not a file"),
        (["bench", "no-such"], "invalid choice"),
        (["deploi"], "invalid choice"),
    ],
)
def test_a_bad_value_gets_one_sentence(words, said, capsys):
    told = refused(words, capsys)
    assert said in told
    assert told.startswith("assay")
    assert "\x1b" not in told


def test_an_attachment_over_the_limit_is_refused_before_it_is_read(tmp_path, capsys):
    large = tmp_path / "large.bin"
    with large.open("wb") as file:
        file.truncate(MAX_ATTACHMENT_MIB * 1024 * 1024 + 1)
    assert "larger than 50 MiB" in refused(["run", "x", "--attach", str(large)], capsys)


@pytest.mark.parametrize("words", [[], ["--help"], ["run", "--help"], ["test", "-h"]])
def test_help_goes_to_standard_output(words, capsys):
    with pytest.raises(SystemExit) as stop:
        parse(words)
    assert stop.value.code == 0
    assert "usage: assay" in capsys.readouterr().out


def test_test_takes_pytests_expression():
    args = parse(["test", "--full", "-k", "view and not rich"])
    assert (args.full, args.expression) == (True, "view and not rich")
