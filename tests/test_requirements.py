"""The three requirements files: pinned, disjoint, complete."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from infra.local.cli.pins import LISTS, head, pinned

ROOT = Path(__file__).resolve().parents[1]
FUNCTIONS, EMBEDDED, TESTS = (target for _, target in LISTS)
OURS = {"functions", "infra", "jobs", "bench", "tests"}
CARD = {
    *("functions-framework", "groq", "pygithub", "firebase-admin"),
    *(
        "google-cloud-firestore",
        "google-cloud-storage",
        "google-cloud-tasks",
        "google-cloud-run",
        "google-cloud-pubsub",
    ),
}
# Namespace packages: many distributions share the top-level name, so the longer one decides.
NAMESPACED = {
    "google.api_core": "google-api-core",
    "google.auth": "google-auth",
    "google.cloud.firestore": "google-cloud-firestore",
    "google.cloud.firestore_v1": "google-cloud-firestore",
    "google.cloud.kms": "google-cloud-kms",
    "google.cloud.kms_v1": "google-cloud-kms",
    "google.cloud.pubsub_v1": "google-cloud-pubsub",
    "google.pubsub_v1": "google-cloud-pubsub",
    "google.cloud.run_v2": "google-cloud-run",
    "google.cloud.storage": "google-cloud-storage",
    "google.cloud.tasks_v2": "google-cloud-tasks",
    "google.genai": "google-genai",
    "google.oauth2": "google-auth",
    "google.protobuf": "protobuf",
    "google.rpc": "googleapis-common-protos",
    "google.type": "googleapis-common-protos",
}


# A command for developers that writes prices.json; what runs reads that file.
GENERATED_BY = {"genai_prices": "infra/models/prices.py"}


def read(name):
    return (ROOT / name).read_text("utf-8")


def normal(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def names(*files):
    return {normal(name) for file in files for name in pinned(read(file))}


@pytest.mark.parametrize("file", [FUNCTIONS, EMBEDDED, TESTS])
def test_every_line_is_an_exact_pin(file):
    lines = [line for line in read(file).splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert lines
    for line in lines:
        assert re.fullmatch(r"[a-z0-9][a-z0-9._-]*(\[[a-z,]+\])?==[0-9][\w.!+]*( ; .+)?", line), line


@pytest.mark.parametrize(("source", "target"), LISTS)
def test_each_file_says_how_it_was_made_and_has_all_of_its_short_list(source, target):
    compiled = read(target)
    assert compiled.startswith(head(read(source)))
    assert "python -m infra.local.cli.pins" in compiled
    for line in read(source).splitlines():
        if line and not line.startswith("#"):
            name, version = re.fullmatch(r"([\w.-]+)(?:\[\w+\])?==(\S+)(?: ; .*)?", line).groups()
            assert f"\n{normal(name)}=={version}" in compiled, line


def test_a_version_stands_in_one_file_only():
    seen = [name for file in (FUNCTIONS, EMBEDDED, TESTS) for name in pinned(read(file))]
    assert sorted(seen) == sorted(set(seen))


def test_the_packages_of_the_card_are_there():
    assert names(FUNCTIONS) >= CARD
    assert "pytest" in names(TESTS)
    assert {"google-genai", "anthropic"} <= names(FUNCTIONS)
    assert "vertexai" in "".join(line for line in read(FUNCTIONS).splitlines() if line.startswith("#"))
    assert "vertexai" not in names(FUNCTIONS)


def imported(folder, without=()):
    """`{module: file}` of every import below `folder`, type-checking ones too."""
    found = {}
    for file in sorted((ROOT / folder).rglob("*.py")):
        if any(file.is_relative_to(ROOT / other) for other in without):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                modules = [node.module]
                if node.module in ("google", "google.cloud"):
                    modules = [f"{node.module}.{alias.name}" for alias in node.names]
            else:
                continue
            found.update({module: str(file.relative_to(ROOT)) for module in modules})
    return found


def distribution(module):
    """The distributions that could give `module`; empty for the standard library and for our own packages."""
    top = module.split(".")[0]
    if top in sys.stdlib_module_names or top in OURS:
        return set()
    if top == "google":
        return {NAMESPACED.get(".".join(module.split(".")[:n]), "") for n in (2, 3)} - {""} or {f"nothing for {module}"}
    return {normal(name) for name in packages_distributions().get(top, [top])}


@pytest.mark.parametrize(
    ("folder", "without", "files"),
    [
        ("functions", (), (FUNCTIONS,)),
        ("infra", ("infra/local",), (FUNCTIONS, EMBEDDED)),
        ("infra/gcp", (), (FUNCTIONS,)),
        ("infra/local", (), (FUNCTIONS, EMBEDDED)),
        ("tests", ("tests/fixtures",), (FUNCTIONS, EMBEDDED, TESTS)),
    ],
)
def test_every_import_has_its_pin(folder, without, files):
    allowed = names(*files)
    local = {path.stem for path in (ROOT / "tests").rglob("*.py")} if folder == "tests" else set()
    lost = {
        module: file
        for module, file in imported(folder, without).items()
        if module.split(".")[0] not in local
        and (wanted := distribution(module))
        and not wanted & allowed
        and GENERATED_BY.get(module) != file
    }
    assert lost == {}
