"""Every Dockerfile is built with buildah on a base made by debootstrap, and its samples are judged inside.

No engine and no registry of images is needed. Minutes an image, so only `./assay test --full` does it. The base gets
what this machine needs to reach its registries (proxies, authorities), so no Dockerfile has to know of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from jobs.language import IMAGES

ROOT = Path(__file__).resolve().parents[3]
BASE = "localhost/debian:bookworm-slim"
TOOLS = ("buildah", "podman", "debootstrap")
pytestmark = [pytest.mark.alone, pytest.mark.timeout(3600)]  # minutes an image, and debootstrap comes first
FULL = os.environ.get("ASSAY_TEST_FULL") == "1"
TRUST_FILES = (
    *("/usr/local/share/ca-certificates", "/etc/ssl/certs"),
    *("/etc/pip.conf", "/etc/npmrc", "/usr/local/etc/npmrc"),
)
TRUST_VARIABLES = (
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"),
    *("PIP_CERT", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST", "PIP_DEFAULT_TIMEOUT"),
    *("NPM_CONFIG_CAFILE", "npm_config_cafile", "NPM_CONFIG_REGISTRY", "npm_config_registry"),
    *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"),
)


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
        return done.stdout.strip()

    @contextmanager
    def container(self, image: str) -> Iterator[tuple[str, Path]]:
        """The name of a container of `image` and the folder that shows its files; both are gone afterwards."""
        name = self("from", "--pull-never", image)
        try:
            yield name, Path(self("mount", name))
        finally:
            self("rm", name)


def trust(engine: Engine) -> None:
    """Gives the base the authorities, settings and proxies of this machine, and adds nothing where it has none."""
    with engine.container(BASE) as (name, files):
        for path in map(Path, TRUST_FILES):
            inside = files / path.relative_to("/")
            if path.is_dir():
                shutil.copytree(path, inside, symlinks=True, dirs_exist_ok=True)
            elif path.is_file():
                inside.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, inside)
        known = [f"--env={key}={os.environ[key]}" for key in TRUST_VARIABLES if os.environ.get(key)]
        if known:
            engine("config", *known, name)
        engine("commit", name, BASE)


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
        trust(made)
        yield made


@pytest.mark.parametrize("image", sorted(path.parent.name for path in IMAGES.glob("*/Dockerfile")))
def test_an_image_is_built_and_judges_its_samples(engine: Engine, image: str) -> None:
    file = IMAGES / image / "Dockerfile"
    tag = f"localhost/assay-{image}"
    engine("bud", "--network", "host", "--pull-never", "--from", BASE, "-f", str(file), "-t", tag, str(ROOT))
    with engine.container(tag) as (name, files):
        for sample in sorted((IMAGES / image / "sample").glob("*.json")):
            document = json.loads(sample.read_text())
            (files / sample.name).write_text(json.dumps(document["bundle"]))
            trip = ["--bundle", f"/{sample.name}", "--result", f"/result-{sample.name}"]
            engine("run", name, "--", "python3", "/opt/assay/jobs/runner.py", *trip)
            result = json.loads((files / f"result-{sample.name}").read_text())
            assert result["error"] is None, sample
            assert result["probe"]["fence"] == "uid"
            found = {id: case["outcome"] for cell in result["cells"] for id, case in cell["cases"].items()}
            assert found == document["expect"], sample
    engine("rmi", tag)
