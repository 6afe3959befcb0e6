"""Replies in HTML entities, tags, JSON, YAML or tool calls: cases 31-35, and the limits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from functions.agent.errors import ParseError
from functions.agent.parsing import MAX_FILE_BYTES, MAX_FILES, MAX_REPLY_BYTES, parse

REPLIES = Path(__file__).parents[2] / "fixtures" / "replies"
CODE = "def f(x):\n    return x + 1\n"


@pytest.mark.parametrize(
    ("broken", "right"),
    [
        ("def f(x):\n    return x &lt; 1 and x &gt; 0\n", "def f(x):\n    return x < 1 and x > 0\n"),
        ("def f():\n    return “a”\n", 'def f():\n    return "a"\n'),
        ("def f():\n\xa0   return 1\n", "def f():\n    return 1\n"),
        ("\ufeffdef f():\n    return 1\n", "def f():\n    return 1\n"),
        ("def f\u200b():\n    return 1\n", "def f():\n    return 1\n"),
        ("def f():\n    return ‘a’ &lt; “b”\n", "def f():\n    return 'a' < \"b\"\n"),
    ],
    ids=["entities", "quotes", "nbsp", "bom", "zero width", "both"],
)
def test_31_what_breaks_python_is_repaired(broken: str, right: str) -> None:
    assert parse(f"```python\n{broken}```", language="python").files == {"solution.py": right}


@pytest.mark.parametrize(
    "code",
    [
        'def f(x):\n    return x.replace("<", "&lt;")\n',
        'TITLE = "It’s “quoted”\xa0text"\n',
        'ZERO = "a\u200bb"\n',
    ],
)
def test_31_what_breaks_nothing_stays(code: str) -> None:
    assert parse(f"```python\n{code}```", language="python").files == {"solution.py": code}


def test_31_entities_of_other_languages() -> None:
    broken = "package solution\n\nfunc F(a int) bool {\n\treturn a &lt; 1 &amp;&amp; a &gt; 0\n}\n"
    files = parse(f"```go\n{broken}```", language="go").files
    assert "return a < 1 && a > 0" in files["solution.go"]


def test_31_entities_in_markup_stay() -> None:
    page = "<p>a &lt; b</p>\n"
    assert parse(f"`page.html`\n```html\n{page}```", language="javascript").files == {"page.html": page}


def test_31_quotes_outside_strings_of_other_languages() -> None:
    code = 'public class Solution {\n    String a = “x”;\n    String b = "it’s “here”";\n}\n'
    files = parse(f"```java\n{code}```", language="java").files
    assert files["Solution.java"] == code.replace("“x”", '"x"')


def test_32_tags_with_spaces_and_typos() -> None:
    files = parse((REPLIES / "32_bolt_artifact.md").read_text(), language="python").files
    assert files["src/durations.py"] == 'def parse(text):\n    return int(text.strip("PTS"))\n'
    assert files["tests/data.txt"] == "PT5S 5\n"


def test_32_parameters_without_an_end() -> None:
    files = parse((REPLIES / "32_parameters.md").read_text(), language="python").files
    assert files == {"solution.py": "def f(x):\n    return x < 3\n"}


@pytest.mark.parametrize("tag", ["code", "answer", "solution", "python"])
def test_32_a_tag_around_the_code(tag: str) -> None:
    assert parse(f"<{tag}>\n{CODE}</{tag}>", language="python").files == {"solution.py": CODE}
    assert parse(f"<{tag}>\n```python\n{CODE}```\n</{tag}>", language="python").files == {"solution.py": CODE}


@pytest.mark.parametrize(
    "reply",
    [
        json.dumps({"files": {"a.py": CODE}}),
        json.dumps({"files": [{"path": "a.py", "content": CODE}]}),
        json.dumps({"Files": [{"FileName": "a.py", "Code": CODE}]}),
        json.dumps({"files": json.dumps([{"path": "a.py", "content": CODE}])}),
        json.dumps({"filename": "a.py", "code": CODE}),
        json.dumps({"a.py": CODE}),
        json.dumps({"path": "a.py", "content": CODE.splitlines()}),
        json.dumps({"files": {"a.py": CODE}}) + "\nI hope this helps!",
        "Here you are:\n" + json.dumps({"files": {"a.py": CODE}}, indent=1),
        "```json\n" + json.dumps({"files": {"a.py": CODE}}, indent=1) + "\n```\nDone.",
        '{"files": {"a.py": "def f(x):\n    return x + 1\n"}}',
        "{'files': {'a.py': 'def f(x):\\n    return x + 1\\n',},}",
        '{"files": {"a.py": "def f(x):\\n    return x + 1\\n"}, // the file\n}',
        "functions.execute(" + json.dumps({"path": "a.py", "code": CODE}) + ")",
    ],
    ids=[
        "mapping",
        "list",
        "key case",
        "list as a string",
        "one file",
        "bare mapping",
        "list of lines",
        "trailing text",
        "leading text",
        "fenced",
        "raw line feeds",
        "single quotes and trailing commas",
        "comment",
        "call",
    ],
)
def test_33_json(reply: str) -> None:
    assert parse(reply, language="python").files == {"a.py": CODE}


def test_33_json_with_only_the_code() -> None:
    assert parse(json.dumps({"code": CODE}), language="python").files == {"solution.py": CODE}
    assert parse(json.dumps({"code": f"```python\n{CODE}```"}), language="python").files == {"solution.py": CODE}


def test_33_json_that_is_the_file_stays() -> None:
    text = '{\n  "code": "x"\n}\n'
    reply = f"`package.json`\n```json\n{text}```\n\n`a.py`\n```python\n{CODE}```"
    assert parse(reply, language="python").files == {"package.json": text, "a.py": CODE}


def test_34_yaml() -> None:
    files = parse((REPLIES / "34_yaml.md").read_text(), language="python").files
    assert files == {
        "solution.py": "def f(x):\n    if x:\n        return 1\n\n    return 2\n",
        "helpers/text.py": "def g(x):\n    return x\n",
    }


def test_34_yaml_without_a_fence() -> None:
    reply = "explanation: adds one\ncode: |\n  def f(x):\n      return x + 1\n"
    assert parse(reply, language="python").files == {"solution.py": CODE}


def test_35_several_tool_calls() -> None:
    calls = [
        {"name": "write_file", "arguments": json.dumps({"path": "a.py", "content": CODE})},
        {"name": "str_replace_editor", "input": {"path": "b.py", "file_text": "x = 1\n"}},
        {"name": "finish", "arguments": {}},
    ]
    assert parse(json.dumps({"tool_calls": calls}), language="python").files == {"a.py": CODE, "b.py": "x = 1\n"}


def test_35_a_diff_is_not_a_file() -> None:
    diff = "```python\n<<<<<<< SEARCH\nx = 1\n=======\nx = 2\n>>>>>>> REPLACE\n```"
    with pytest.raises(ParseError, match="edit instead"):
        parse(f"`a.py`\n{diff}", language="python")


@pytest.mark.parametrize("reply", ["x" * (MAX_REPLY_BYTES + 1), "ä" * (MAX_REPLY_BYTES // 2 + 1)])
def test_reply_over_the_limit(reply: str) -> None:
    with pytest.raises(ParseError, match="512 KiB"):
        parse(reply, language="python")


def test_file_over_the_limit() -> None:
    with pytest.raises(ParseError, match="256 KiB"):
        parse("`a.txt`\n```\n" + "".join(f"{i}\n" for i in range(MAX_FILE_BYTES // 5)) + "```", language="python")


def test_too_many_files() -> None:
    blocks = "\n".join(f"`a{i}.py`\n```python\nx = {i}\n```" for i in range(MAX_FILES + 1))
    with pytest.raises(ParseError, match="more than 64"):
        parse(blocks, language="python")
    assert len(parse(blocks.split("`a64.py`")[0], language="python").files) == MAX_FILES
