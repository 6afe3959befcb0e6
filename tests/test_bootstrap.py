"""The script `assay`: what it decides, and that help and mistakes cost no install."""

import os
import shutil
import signal
import subprocess
import sys
import time
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
RUN = ("requirements.txt", "infra/local/requirements.txt")


@pytest.fixture(scope="module")
def assay(tmp_path_factory):
    """The script as a module, from a copy, so that no byte code lands beside the original."""
    copy = shutil.copy(ROOT / "assay", tmp_path_factory.mktemp("script") / "assay")
    loader = SourceFileLoader("assay_script", str(copy))
    module = module_from_spec(spec_from_loader("assay_script", loader))
    loader.exec_module(module)
    return module


@pytest.mark.parametrize("command", ["run", "serve", "verify", "bench", "openapi"])
def test_commands_need_what_they_run_on(assay, command):
    assert assay.needs([command, "x"]) == RUN


def test_tests_need_the_tools_too(assay):
    assert assay.needs(["test"]) == (*RUN, "tests/requirements.txt")


@pytest.mark.parametrize(
    "words", [[], ["--help"], ["-h"], ["run", "--help"], ["test", "-h"], ["doctor"], ["bogus"], [""]]
)
def test_help_doctor_and_mistakes_need_nothing(assay, words):
    assert assay.needs(words) == ()


def test_help_after_a_double_dash_is_a_prompt(assay):
    assert assay.needs(["run", "--", "--help"]) == RUN
    assert assay.needs(["bench", "cost", "--help"]) == RUN
    assert assay.needs(["bench", "--help"]) == ()


def test_the_stamp_remembers_each_file_by_its_hash(assay, tmp_path):
    (tmp_path / "a.txt").write_text("x==1\n")
    (tmp_path / "b.txt").write_text("y==1\n")
    stamp = str(tmp_path / "stamp")
    assert assay.read_stamp(stamp) == {}
    asked = assay.wanted(str(tmp_path), ("a.txt", "b.txt"))
    assert assay.missing(assay.read_stamp(stamp), asked) == ("a.txt", "b.txt")
    assay.write_stamp(stamp, {"python": "/usr/bin/python3.11", **asked})
    assert assay.missing(assay.read_stamp(stamp), asked) == ()
    assert assay.read_stamp(stamp)["python"] == "/usr/bin/python3.11"
    assert [p.name for p in tmp_path.iterdir() if "new" in p.name] == []
    (tmp_path / "b.txt").write_text("y==2\n")
    assert assay.missing(assay.read_stamp(stamp), assay.wanted(str(tmp_path), ("a.txt", "b.txt"))) == ("b.txt",)


def test_a_broken_stamp_is_no_stamp(assay, tmp_path):
    stamp = tmp_path / "stamp"
    stamp.write_bytes(b"python\tx\nrequire")
    assert assay.read_stamp(str(stamp)) == {"python": "x"}
    stamp.write_bytes(b"\xff\xfe\x00")
    assert assay.read_stamp(str(stamp)) == {}


def test_pins_are_counted_and_uv_has_one_pin(assay):
    assert assay.count_pins(["# uv==1\na==1\n    # via b==2\nb==2 ; python_version > '3'\n"]) == 2
    assert assay.uv_pin((ROOT / "tests/requirements.txt").read_text()).startswith("uv==")


def test_a_quiet_command_gives_its_code_and_output(assay):
    code, output = assay.carry_out([sys.executable, "-c", "import sys; print('out'); sys.exit('err')"])
    assert (code, sorted(output.split())) == (1, ["err", "out"])
    assert assay.tail("\n".join(map(str, range(20)))).split() == [str(n) for n in range(12, 20)]


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A fresh copy of what a clone has, without an environment."""
    target = tmp_path_factory.mktemp("clone") / "tree"
    target.mkdir()
    for name in ("assay", "requirements.txt"):
        shutil.copy(ROOT / name, target / name)
    quiet = shutil.ignore_patterns("__pycache__", "*.pyc")
    for name in ("functions", "infra", "jobs", "bench", "tests"):
        shutil.copytree(ROOT / name, target / name, ignore=quiet, symlinks=True)
    return target


def start(tree, *words):
    """Runs ./assay with this Python, from another folder that has an `infra` of its own."""
    elsewhere = tree.parent / "elsewhere" / "infra"
    elsewhere.mkdir(parents=True, exist_ok=True)
    (elsewhere / "__init__.py").write_text("raise SystemExit('the wrong infra')\n")
    return subprocess.run(
        [sys.executable, str(tree / "assay"), *words],
        cwd=elsewhere.parent,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("words", [(), ("--help",), ("run", "--help")])
def test_help_is_shown_at_once_and_installs_nothing(tree, words):
    began = time.monotonic()
    done = start(tree, *words)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: assay")
    assert time.monotonic() - began < 10
    assert not (tree / ".venv").exists()


@pytest.mark.parametrize("words", [("bogus",), ("run",), ("run", "x", "--attempts", "9"), ("verify", "/no/such.zip")])
def test_a_mistake_is_told_before_anything_is_installed(tree, words):
    done = start(tree, *words)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""
    assert not (tree / ".venv").exists()


def test_an_environment_that_agrees_with_its_stamp_is_used_as_it_is(assay, tree):
    environment = tree / ".venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    entries = {"python": assay.interpreter(sys.executable), **assay.wanted(str(tree), RUN)}
    assay.write_stamp(str(environment / "assay.stamp"), entries)
    done = start(tree, "run", "x", "--attempts", "9")
    shutil.rmtree(environment)
    assert done.returncode == 2
    assert "--attempts must be" in done.stderr
    assert "installing" not in done.stderr


@pytest.fixture
def small(tmp_path):
    """A tree whose packages are none, with a command line that tells what reached it."""
    cli = tmp_path / "infra" / "local" / "cli"
    cli.mkdir(parents=True)
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "assay", tmp_path / "assay")
    (cli / "args.py").write_text("def parse(words):\n    return words\n")
    (cli / "__main__.py").write_text("import sys\nprint(sys.prefix != sys.base_prefix, sys.argv[1:])\n")
    for name in RUN:
        (tmp_path / name).write_text("# nothing\n")
    (tmp_path / "tests" / "requirements.txt").write_text("uv==0\n")
    return tmp_path


def begin(tree, *words):
    """Starts ./assay where no package index can be reached, so that uv cannot be had either."""
    nowhere = {"PATH": os.environ["PATH"], "PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull, "HOME": str(tree)}
    return subprocess.Popen(
        [sys.executable, str(tree / "assay"), *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=nowhere,
        start_new_session=True,
    )


def test_two_first_starts_install_once_and_a_later_one_says_nothing(small):
    both = [begin(small, "run", "a"), begin(small, "run", "b")]
    told = [child.communicate(timeout=100) for child in both]
    assert [out for out, _ in told] == ["True ['run', 'a']\n", "True ['run', 'b']\n"]
    said = "".join(err for _, err in told)
    assert said.count("installing 0 packages") == 1
    assert "uv cannot be had, using pip" in said
    assert begin(small, "run", "c").communicate(timeout=100) == ("True ['run', 'c']\n", "")


def test_a_broken_off_install_is_taken_up_again(small):
    first = begin(small, "run", "a")
    assert first.stderr.readline().startswith("assay: installing")
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate(timeout=100)
    (small / "requirements.txt").write_text("# still nothing\n")
    out, err = begin(small, "run", "a").communicate(timeout=100)
    assert (out, "installing" in err) == ("True ['run', 'a']\n", True)


def test_what_cannot_be_installed_is_told_and_leaves_no_stamp(small):
    (small / "requirements.txt").write_text("no-such-package==1\n")
    for _ in range(2):
        child = begin(small, "run", "a")
        out, err = child.communicate(timeout=100)
        assert (child.returncode, out) == (3, "")
        assert "the packages could not be installed" in err
        assert "no-such-package" in err
