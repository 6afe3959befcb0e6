"""Every Dockerfile is built with buildah on a base made by debootstrap, and its samples are judged inside.

No engine and no registry of images is needed. Minutes an image, so only `./assay test --full` does it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs.language import IMAGES

ROOT = Path(__file__).resolve().parents[3]
BASE = "localhost/debian:bookworm-slim"
TOOLS = ("buildah", "podman", "debootstrap")
FULL = os.environ.get("ASSAY_TEST_FULL") == "1"


class Engine:
    """buildah with a store of its own; isolation is chroot, so that it works inside a container too."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = {**os.environ, "STORAGE_DRIVER": "vfs", "BUILDAH_ISOLATION": "chroot"}

    def __call__(self, *arguments: str, tool: str = "buildah", stdin: Any = subprocess.DEVNULL) -> str:
        store = ["--root", str(self._folder / "store"), "--runroot", str(self._folder / "run")]
        command = [tool, *store, *arguments]
        done = subprocess.run(command, stdin=stdin, capture_output=True, text=True, check=False, env=self._environment)
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout[-1000:]}{done.stderr[-2000:]}"
        return done.stdout


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    if not FULL:
        pytest.skip("images are built by `./assay test --full` only: minutes each")
    if absent := [tool for tool in TOOLS if shutil.which(tool) is None]:
        pytest.skip(f"building images needs {', '.join(absent)}")
    if os.geteuid() != 0:
        pytest.skip("debootstrap needs root")
    with tempfile.TemporaryDirectory(prefix="assay-images-", dir="/var/tmp") as name:
        folder = Path(name)
        subprocess.run(
            ["debootstrap", "--variant=minbase", "bookworm", str(folder / "base")], check=True, capture_output=True
        )
        made = Engine(folder)
        with subprocess.Popen(["tar", "-C", str(folder / "base"), "-c", "."], stdout=subprocess.PIPE) as tar:
            made("import", "-", BASE, tool="podman", stdin=tar.stdout)
        yield made


@pytest.mark.parametrize("image", sorted(path.parent.name for path in IMAGES.glob("*/Dockerfile")))
def test_an_image_is_built_and_judges_its_samples(engine: Engine, image: str, tmp_path: Path) -> None:
    file = IMAGES / image / "Dockerfile"
    engine("bud", "--network", "host", "--from", BASE, "-f", str(file), "-t", f"localhost/{image}", str(ROOT))
    container = engine("from", f"localhost/{image}").strip()
    for sample in sorted((IMAGES / image / "sample").glob("*.json")):
        document = json.loads(sample.read_text())
        (tmp_path / "bundle.json").write_text(json.dumps(document["bundle"]))
        engine("copy", container, str(tmp_path / "bundle.json"), f"/{sample.name}")
        trip = ["--bundle", f"/{sample.name}", "--result", f"/result-{sample.name}"]
        engine("run", container, "--", "python3", "/opt/assay/jobs/runner.py", *trip)
        result = json.loads(engine("run", container, "--", "cat", f"/result-{sample.name}"))
        assert result["error"] is None, sample
        assert result["probe"]["fence"] == "uid"
        found = {id: case["outcome"] for cell in result["cells"] for id, case in cell["cases"].items()}
        assert found == document["expect"], sample
