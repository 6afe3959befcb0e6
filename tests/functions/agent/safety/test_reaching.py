"""What code reaches: ordinary code nothing, and what reaches further is named whichever way it is written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent.languages import LANGUAGES
from functions.agent.safety import KINDS, touches

N, F, P, ALL, NOTHING = ("network",), ("files",), ("processes",), KINDS, ()


@pytest.mark.parametrize(
    ("code", "reached"),
    [
        ("def f(n):\n    return n * 2\n", NOTHING),
        ("import re, json, math\np = re.compile('x')\nprint(json.dumps({}), math.pi)", NOTHING),
        ("from urllib.parse import urlparse\nurlparse('http://x')", NOTHING),
        ("from http import HTTPStatus\nimport ipaddress, os\nos.path.join('a', 'b')", NOTHING),
        ("def f(requests, signal, code):\n    glob = requests + signal\n    return glob.open", NOTHING),
        ("import asyncio, threading\nasyncio.run(f())", NOTHING),
        ("import pandas as pd\ndf = pd.DataFrame()\ndf.rename(columns={}).replace(1, 2)\ndf.eval('a + b')", NOTHING),
        ("from pathlib import PurePosixPath\nPurePosixPath('a').name", NOTHING),
        ("text.rename('x')\nbook.open()", NOTHING),
        ("import socket", N),
        ("import urllib\nurllib.request.urlopen(u)", N),
        ("import urllib.request as u", N),
        ("from urllib import request", N),
        ("from http.client import HTTPSConnection", N),
        ("def f():\n    from requests import get\n    return get('x')", N),
        ("import asyncio as a\na.open_connection('x', 1)", N),
        ("import json as x\nimport socket as x", N),
        ("with open('x') as f: pass", F),
        ("import os\nos.remove('x')", F),
        ("from os import remove as r", F),
        ("import os as o\no.path.exists('x')", F),
        ("from pathlib import Path\nPath('x').write_text('y')", F),
        ("import pathlib\nfor p in pathlib.Path().iterdir(): pass", F),
        ("import shutil", F),
        ("import pandas as pd\npd.DataFrame().to_csv('x')", F),
        ("from io import *", F),
        ("import subprocess", P),
        ("from os import system", P),
        ("import os\nos.kill(1, 9)", P),
        ("from multiprocessing.pool import Pool", P),
        ("from concurrent.futures import ProcessPoolExecutor", P),
        ("import os, subprocess, socket\nopen('x')", ALL),
        ("from os import *", ("files", "processes")),
        ("__import__('socket')", ALL),
        ("import importlib\nimportlib.import_module('so' + 'cket')", ALL),
        ("eval('1')", ALL),
        ("import os\ngetattr(os, 'sys' + 'tem')('x')", ALL),
        ("import os\nfs = [os][0]\nfs.unlink('x')", ALL),
        ("import sys\nsys.modules['os'].system('x')", ALL),
        ("().__class__.__base__.__subclasses__()", ALL),
        ("x = __builtins__", ALL),
        ("import pickle", ALL),
        ("def broken(:\n  import socket\n  os.remove(x)", ("network", "files")),
        ("def broken(:\n  pass", NOTHING),
    ],
)
def test_python(code: str, reached: tuple[str, ...]) -> None:
    assert touches({"solution.py": code}, "python") == reached


@pytest.mark.parametrize(
    ("language", "code", "reached"),
    [
        ("javascript", "export const f = (n) => n.map((x) => x * 2);", NOTHING),
        ("javascript", "import { z } from 'zod'; const profile = require('lodash');", NOTHING),
        ("javascript", "import { readFile } from 'node:fs/promises';", F),
        ("javascript", 'const { exec } = require("child_process");', P),
        ("javascript", "await fetch(url)", N),
        ("typescript", "const ws: WebSocket = new WebSocket(url);", N),
        ("javascript", "import https from 'https'; import fs from 'fs';", ("network", "files")),
        ("javascript", "require('f' + 's')", ALL),
        ("javascript", "await import(`node:${name}`)", ALL),
        ("javascript", "await import('node:path')", NOTHING),
        ("javascript", "new Function('return 1')()", ALL),
        ("java", "import java.util.*;\nclass S { int f() { throw new RuntimeException(); } }", NOTHING),
        ("java", "int n = Runtime.getRuntime().availableProcessors();", NOTHING),
        ("java", "import java.io.IOException; import java.net.URI;", NOTHING),
        ("java", "Runtime.getRuntime().exec(cmd);", P),
        ("java", "new ProcessBuilder(a).start();", P),
        ("java", "import java.nio.file.Files;", F),
        ("java", "var c = java.net.http.HttpClient.newHttpClient();", N),
        ("java", 'Class.forName("java.lang." + x)', ALL),
        (
            "go",
            'package solution\nimport (\n\t"fmt"\n\t"os"\n\t"net/url"\n)\nfunc f() { fmt.Fprintln(os.Stderr) }',
            NOTHING,
        ),
        ("go", 'import "net/http"', N),
        ("go", 'import "os"\nfunc f() { os.RemoveAll("x") }', F),
        ("go", 'import . "os"', ("files", "processes")),
        ("go", 'import "os/exec"', P),
        ("csharp", "using System; using System.Linq; class A { void Process(int n) { Process(n); } }", NOTHING),
        ("csharp", "using System.IO;\nclass A { string r = File.ReadAllText(p); }", F),
        ("csharp", "new System.Net.Http.HttpClient()", N),
        ("csharp", "System.Diagnostics.Process.Start(x);", P),
        ("csharp", "Activator.CreateInstance(t)", ALL),
        ("cobol", "DISPLAY 'HELLO'.", ALL),
    ],
)
def test_other_languages(language: str, code: str, reached: tuple[str, ...]) -> None:
    assert touches({"solution": code}, language) == reached


def test_all_files_count_in_one_order() -> None:
    assert touches({"a.py": "import subprocess", "b.py": "import socket", "c.py": "x = 1"}, "python") == (*N, *P)
    assert touches({}, "python") == NOTHING


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_that_is_written_has_a_table(language: str) -> None:
    assert touches({"solution": "x"}, language) == NOTHING


@given(st.text(max_size=200), st.sampled_from([*LANGUAGES, "other"]))
@settings(max_examples=300, deadline=None)
def test_any_text_is_read(text: str, language: str) -> None:
    assert set(touches({"solution": text}, language)) <= set(KINDS)


def test_deep_nesting_is_read() -> None:
    touches({"solution.py": "(" * 5000 + ")" * 5000}, "python")
    touches({"solution.py": "a" + ".b" * 20_000}, "python")
