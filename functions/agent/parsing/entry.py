"""Whether the code has what was asked for, and the rules on names and packages of each language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping, Sequence

from functions.agent.languages import LANGUAGES, by_file_name, is_test_file
from functions.agent.parsing.python_source import Definition, defined_names, tree_of

# {name} defined at the top of a file; Java and C# have everything in a class.
_DEFINES = {
    "javascript": r"(?:^|[\s;])(?:function\*?|class|const|let|var)\s+{name}\b|\bexports\.{name}\s*=|\bas\s+{name}\b",
    "typescript": r"(?:^|[\s;])(?:function\*?|class|const|let|var|interface|type|enum)\s+{name}\b|\bas\s+{name}\b",
    "java": r"\b(?:class|interface|enum|record)\s+{name}\b"
    r"|[\w>\]]\s+{name}\s*\([^;{{}}]{{0,500}}\)\s*(?:throws [\w., ]+)?\{{",
    "csharp": r"\b(?:class|interface|enum|struct|record)\s+{name}\b"
    r"|[\w>\]?]\s+{name}\s*(?:<[\w, ]+>)?\s*\([^;{{}}]{{0,500}}\)\s*(?:\{{|=>|where)",
    "go": r"^func\s+{name}\s*[\[(]|^func\s+\([^)\n]{{0,200}}\)\s*{name}\s*\("
    r"|^(?:type|var|const)\s+{name}\b|^\t{name}\s",
}


def missing_names(files: Mapping[str, str], names: Iterable[str], language: str) -> tuple[str, ...]:
    """Those of `names` that no file of `language` defines at its top: renamed, made a method, or left out.

    `Class.method` asks for a method (by its tree in Python). A Python file that does not parse defines nothing.
    """
    sources = [text for path, text in files.items() if by_file_name(path) == language]
    if language == "python":
        return tuple(name for name in names if not any(_python_defines(source, name) for source in sources))
    patterns = {
        name: re.compile(_DEFINES[language].format(name=re.escape(name.rsplit(".", 1)[-1])), re.MULTILINE)
        for name in names
    }
    return tuple(name for name, pattern in patterns.items() if not any(pattern.search(source) for source in sources))


def _python_defines(source: str, name: str) -> bool:
    tree = tree_of(source)
    if tree is None:
        return False
    owner, _, method = name.rpartition(".")
    if not owner:
        return name in defined_names(tree)
    return any(
        isinstance(node, Definition) and node.name == method
        for top in tree.body
        if isinstance(top, ast.ClassDef) and top.name == owner
        for node in top.body
    )


def fitted(
    files: Mapping[str, str], language: str, expected: Sequence[str] = ()
) -> tuple[dict[str, str], tuple[str, ...]]:
    """`files` with what the compiler insists on put right where that is safe, and a warning for the rest.

    Java: a public class must be in the file of its name (an unexpected file is renamed). Go: a file needs its package.
    """
    fitted: dict[str, str] = {}
    warnings: list[str] = []
    packages: dict[str, str] = {}
    for path, text in files.items():
        name = path
        if by_file_name(path) == language:
            if language == "java":
                name, said = _java(path, text, expected, files)
            elif language == "go":
                text, package = _go(path, text)
                packages[path] = package
                said = ["The package line was missing in a Go file."] if text != files[path] else []
            else:
                said = _said(text, language)
                if language in ("javascript", "typescript") and not is_test_file(path):
                    text = _exporting(text)
                    said += ["It exported nothing that can be imported; now it does."] if text != files[path] else []
            warnings += [f"{path}: {sentence}" for sentence in said]
        fitted[name] = text
    folders = {(path.rpartition("/")[0], package.removesuffix("_test")) for path, package in packages.items()}
    if len(folders) > len({folder for folder, _ in folders}):
        warnings.append("The Go files of one folder have different packages.")
    return fitted, tuple(warnings)


def _java(path: str, text: str, expected: Sequence[str], files: Mapping[str, str]) -> tuple[str, list[str]]:
    public = re.findall(
        r"^public\s+(?:(?:final|abstract|sealed|static)\s+)*(?:class|interface|enum|record)\s+(\w+)", text, re.MULTILINE
    )
    said = [f"It has {len(public)} public types: {', '.join(public)}."] if len(public) > 1 else []
    if re.search(r"^package\s+[\w.]+;", text, re.MULTILINE) and "/" not in path:
        said.append("It has a package line, but is in no folder.")
    folder, slash, base = path.rpartition("/")
    if len(public) == 1 and base != f"{public[0]}.java":
        renamed = f"{folder}{slash}{public[0]}.java"
        if path in expected or renamed in files:
            said.append(f"Its public class is {public[0]}.")
        else:
            said.append(f"Renamed to {renamed}, after its public class.")
            path = renamed
    return path, said


def _go(path: str, text: str) -> tuple[str, str]:
    found = re.search(r"^package\s+(\w+)", text, re.MULTILINE)
    if found is not None:
        return text, found[1]
    package = LANGUAGES["go"].main_file.removesuffix(".go")
    return f"package {package}\n\n{text}", package


_EXPORTS = re.compile(r"^export\b|\bmodule\.exports\b|^exports\.", re.MULTILINE)
_ALL_AT_ONCE = re.compile(r"^module\.exports\s*=\s*(?:\{([\w$\s,]+)\}|([A-Za-z_$][\w$]*));?[ \t]*$", re.MULTILINE)
_NAMED = re.compile(
    r"^(?:(?:async )?function\*?|class) ([A-Za-z_$][\w$]*)|^(?:const|let|var) ([A-Za-z_$][\w$]*) =", re.MULTILINE
)


def _exporting(text: str) -> str:
    """An ECMAScript module whose functions and classes can be imported, also where that was forgotten or CommonJS."""
    if not _CJS.search(text.replace("module.exports", "")) and not _ESM.search(text):
        text = _ALL_AT_ONCE.sub(lambda m: f"export {{ {' '.join((m[1] or m[2]).split()).rstrip(',')} }};", text)
    names = list(dict.fromkeys(a or b for a, b in _NAMED.findall(text)))
    return text if _EXPORTS.search(text) or not names else f"{text.rstrip()}\n\nexport {{ {', '.join(names)} }};\n"


_STATEMENTS = re.compile(r"^(?:Console\.|var \w+ = |foreach \(|for \(|return |int \w+ = )", re.MULTILINE)
_NOT_STRIPPED = re.compile(r"^[ \t]*(?:export )?(?:const )?enum \w|^[ \t]*(?:export )?namespace \w", re.MULTILINE)
_ESM = re.compile(r"^(?:import\b[^\n]{0,300}\bfrom\b|export )", re.MULTILINE)
_CJS = re.compile(r"^[^/\n]{0,300}(?:\brequire\(|\bmodule\.exports\b)", re.MULTILINE)


def _said(text: str, language: str) -> list[str]:
    said = []
    if language in ("javascript", "typescript") and _ESM.search(text) and _CJS.search(text):
        said.append("It mixes import and require.")
    if language == "typescript" and _NOT_STRIPPED.search(text):
        said.append("It has an enum or a namespace, which cannot run with its types stripped.")
    if language == "csharp" and _STATEMENTS.search(text):
        said.append("It has statements outside a class, which clash with the test runner.")
    return said
