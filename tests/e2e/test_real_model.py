"""The real embedded model and the real sandbox, through the command line: it ends, and its proof holds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROMPT = "Write a function is_even(n) that tells whether a whole number is even. For example is_even(4) returns True."


def assay(*words: str, data: Path, timeout_s: float) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "ASSAY_DATA_DIR": str(data)}
    command = [sys.executable, "-m", "infra.local.cli", *words]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=timeout_s)


@pytest.mark.alone
@pytest.mark.timeout(600)
def test_the_embedded_model_writes_code_whose_proof_holds(tmp_path: Path) -> None:
    out = tmp_path / "out"
    data = tmp_path / "data"
    ran = assay("run", PROMPT, "--attempts", "1", "--json", "--out", str(out), data=data, timeout_s=540)
    result = json.loads(ran.stdout)
    assert result["status"] in ("passed", "partial", "failed"), ran.stderr
    assert result["provider"] == "embedded"
    assert result["cost"]["output_tokens"] > 0
    assert "def is_even" in (out / "solution.py").read_text("utf-8")
    assert list(data.iterdir()) == [], "a run leaves nothing behind in the data folder"
    verified = assay("verify", str(out / "bundle.zip"), data=data, timeout_s=60)
    assert verified.returncode == 0, verified.stdout + verified.stderr
