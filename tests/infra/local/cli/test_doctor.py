import sys
from dataclasses import replace

import pytest

from infra.local.cli.doctor import GIB, Machine, checks, read_config, to_do, try_bwrap

GOOD = Machine(
    python=(3, 11),
    system="Linux",
    missing_packages=(),
    free_disk=10 * GIB,
    memory=8 * GIB,
    model=True,
    config=None,
    languages={"python": "", "go": ""},
    root=False,
    seccomp=True,
    landlock=7,
    bwrap=None,
)


def bad(machine):
    return {check.name for check in checks(machine) if not check.good}


def test_a_good_machine_has_nothing_to_say():
    assert bad(GOOD) == set()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"python": (3, 10)}, "python"),
        ({"missing_packages": ("rich",)}, "packages"),
        ({"free_disk": GIB // 2, "languages": {"python": "not made yet"}}, "disk"),
        ({"free_disk": GIB, "model": False}, "disk"),
        ({"config": "ASSAY_PORT is wrong"}, "settings"),
        ({"languages": {"python": "", "go": "needs `sudo …`"}}, "go"),
        ({"memory": GIB}, "memory"),
        ({"model": False}, "model"),
        ({"bwrap": "no namespaces"}, "bubblewrap"),
        ({"seccomp": False}, "sandbox"),
        ({"system": "Darwin"}, "sandbox"),
    ],
)
def test_each_lack_is_named(change, name):
    assert name in bad(replace(GOOD, **change))


@pytest.mark.parametrize(
    ("root", "landlock", "bwrap", "enough"),
    [
        (True, 0, "no", True),
        (False, 6, "no", True),
        (False, 1, None, True),
        (False, 0, None, False),
        (False, 5, "no", False),
    ],
)
def test_the_floor_is_seccomp_and_one_of_three(root, landlock, bwrap, enough):
    machine = replace(GOOD, root=root, landlock=landlock, bwrap=bwrap)
    assert ("sandbox" not in bad(machine)) is enough
    assert "sandbox" in bad(replace(machine, seccomp=False))


def test_why_bubblewrap_does_not_work_is_told(tmp_path):
    assert try_bwrap(None) == "there is no bwrap"
    assert try_bwrap(str(tmp_path / "none")) == "FileNotFoundError when starting it"
    assert try_bwrap(sys.executable) is not None
    broken = tmp_path / "bwrap"
    broken.write_text("#!/bin/sh\necho 'bwrap: \033[31mno permission' >&2; exit 1\n")
    broken.chmod(0o755)
    assert try_bwrap(str(broken)) == "bwrap: no permission"


def test_a_bad_setting_is_told_in_one_line_and_the_rest_is_still_looked_at():
    config, wrong = read_config({"HOME": "/home/someone", "ASSAY_PORT": "many", "COST_LIMIT_MONTHLY": "x"})
    assert "ASSAY_PORT" in wrong
    assert "COST_LIMIT_MONTHLY" in wrong
    assert "\n" not in wrong
    assert config.port == 8080
    assert read_config({})[1] is None


def test_what_a_language_needs_is_a_command_to_copy():
    assert to_do(["golang-go"], root=False) == "needs `sudo apt-get install -y --no-install-recommends golang-go`"
    assert "the first run in it does it" in to_do(["golang-go"], root=True)
    assert "the first run in it does it" in to_do([], root=False)
