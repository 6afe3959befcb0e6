"""Fences, tags, truncation and reasoning: cases 1-13, 22-28 and 30 of what goes wrong with replies."""

from __future__ import annotations

from pathlib import Path

import pytest

from functions.agent.errors import ParseError
from functions.agent.parsing import Parsed, parse, repeats

REPLIES = Path(__file__).parents[2] / "fixtures" / "replies"
CODE = "def f(x):\n    return x + 1\n"


def replied(name: str, **options: object) -> Parsed:
    return parse((REPLIES / name).read_text(), **{"language": "python", **options})  # type: ignore[arg-type]


def block(code: str, info: str = "python", fence: str = "```") -> str:
    return f"{fence}{info}\n{code}{fence}\n"


def refused(reply: str, **options: object) -> ParseError:
    with pytest.raises(ParseError) as caught:
        parse(reply, **{"language": "python", **options})  # type: ignore[arg-type]
    assert caught.value.detail
    assert caught.value.advice
    return caught.value


def test_01_fence_inside_a_fenced_readme() -> None:
    files = replied("01_readme_with_fences.md").files
    assert set(files) == {"README.md", "solution.py"}
    assert files["README.md"].startswith("# Durations\n")
    assert "pip install durations\n```\n" in files["README.md"]
    assert files["README.md"].endswith("from solution import parse\n```\n")


def test_01_shorter_fence_does_not_close_a_longer_one() -> None:
    reply = "`a.md`\n````\nText\n```\ncode\n```\nmore\n````\n"
    assert parse(reply, language="python").files["a.md"] == "Text\n```\ncode\n```\nmore\n"


def test_02_four_backticks_opened_and_three_close() -> None:
    reply = f"````python\n{CODE}```\n\nThis adds one.\n"
    assert parse(reply, language="python").files == {"solution.py": CODE}


def test_02_four_backticks_closed_by_four() -> None:
    assert parse(block(CODE, fence="````"), language="python").files == {"solution.py": CODE}


def test_03_backticks_in_a_docstring_and_a_string() -> None:
    text = replied("03_docstring_with_fences.md").files["solution.py"]
    assert text.startswith("def parse(text):")
    assert text.endswith('FENCE = "```"\n')


def test_03_inline_code_is_no_fence() -> None:
    reply = f"Use ```inline``` or ``` x ``` in a line.\n{block(CODE)}"
    assert parse(reply, language="python").files == {"solution.py": CODE}


@pytest.mark.parametrize(
    "reply",
    [
        block(CODE, fence="~~~"),
        block(CODE).replace("\n", "\r\n"),
        block(CODE).replace("\n", "\r"),
        f"```python\n{CODE}",
        f"- ```python\n  {CODE.replace(chr(10), chr(10) + '  ').rstrip()}\n  ```\n",
        f"Here is the code:```python\n{CODE}```",
        f"```python\n{CODE}```python\nprint(f(1))\n```",
    ],
    ids=["tildes", "crlf", "cr", "unclosed", "list item", "glued to the prose", "opened instead of closed"],
)
def test_04_other_fences(reply: str) -> None:
    assert parse(reply, language="python").files == {"solution.py": CODE}


def test_04_indented_fence_in_a_list() -> None:
    text = replied("04_list_with_indented_fence.md").files["solution.py"]
    assert text.startswith("def area(w, h):\n    if w < 0:")
    assert text.endswith("\n    return w * h\n")


def test_04_missing_end_is_said() -> None:
    assert "not closed" in " ".join(parse(f"```python\n{CODE}", language="python").warnings)


def test_05_code_without_a_fence() -> None:
    assert parse(CODE, language="python").files == {"solution.py": CODE}


def test_05_prose_and_code_without_a_fence() -> None:
    text = replied("05_prose_and_code_without_a_fence.md").files["solution.py"]
    assert text.startswith("from collections.abc import Iterable\n")
    assert text.endswith("    return result\n")


def test_05_go_without_a_fence() -> None:
    code = "package solution\n\nfunc Add(a, b int) int {\n\treturn a + b\n}\n"
    reply = f"Here is the code.\n\n{code}\nIt adds two numbers"
    assert parse(reply, language="go").files == {"solution.go": code}


def test_06_first_block_is_a_shell_line_and_a_usage_sample() -> None:
    parsed = replied("06_shell_line_and_usage_first.md")
    assert list(parsed.files) == ["solution.py"]
    assert parsed.files["solution.py"].startswith("def fib(n):")


def test_07_name_in_its_own_fence() -> None:
    files = replied("07_name_fence_then_code_fence.md").files
    assert files["main.py"].startswith("import helper\n")
    assert files["helper.py"] == "def value():\n    return 3\n"
    assert len(files) == 2


@pytest.mark.parametrize("outer", ["````python", "```python", "~~~python"])
def test_08_double_wrap(outer: str) -> None:
    fence = outer.removesuffix("python")
    reply = f"{outer}\n```python\n{CODE}```\n{fence}\n\nDone.\n"
    assert parse(reply, language="python").files == {"solution.py": CODE}


def test_08_a_markdown_file_keeps_its_fences() -> None:
    reply = "`usage.md`\n````markdown\n```python\nf(1)\n```\n````\n"
    assert parse(reply, language="python").files == {"usage.md": "```python\nf(1)\n```\n"}


@pytest.mark.parametrize(
    "end",
    [
        "```<|im_end|>",
        "```stop",
        "```\nstop",
        "<|EOT|>\n```",
        "```\n<|EOT|><|endoftext|>",
        "executeexecute\n```",
        "[/PYTHON]",
    ],
)
def test_09_glued_stop_token(end: str) -> None:
    assert parse(f"```python\n{CODE}{end}", language="python").files == {"solution.py": CODE}


def test_09_the_bracket_of_a_list_stays() -> None:
    code = "def f():\n    return [1, 2]\n"
    assert parse(f"{code.rstrip()}[/PYTHON]", language="python").files["solution.py"] == code


@pytest.mark.parametrize("tag", ["", "py", "python3", "Python", "PYTHON", "{.python}", "python linenums=1"])
def test_10_tags_of_python(tag: str) -> None:
    assert parse(block(CODE, tag), language="python").files == {"solution.py": CODE}


@pytest.mark.parametrize(
    ("language", "tag", "code", "path"),
    [
        ("csharp", "c#", "public class Solution { public static int One() { return 1; } }\n", "Solution.cs"),
        ("csharp", "cs", "public class Solution { public static int One() { return 1; } }\n", "Solution.cs"),
        ("typescript", "tsx", "export function one(): number { return 1; }\n", "solution.ts"),
        ("javascript", "js", "export function one() { return 1; }\n", "solution.mjs"),
        ("go", "golang", "package solution\n\nfunc One() int { return 1 }\n", "solution.go"),
        ("java", "Java", "public class Solution { public static int one() { return 1; } }\n", "Solution.java"),
    ],
)
def test_10_tags_of_other_languages(language: str, tag: str, code: str, path: str) -> None:
    assert parse(block(code, tag), language=language).files == {path: code}


def test_10_notes_in_a_text_block_are_no_file() -> None:
    reply = f"{block('The plan is simple.', 'text')}\n{block(CODE)}{block('2', 'plaintext')}"
    assert parse(reply, language="python").files == {"solution.py": CODE}


def test_11_wrong_tag_is_decided_by_the_code() -> None:
    code = "package solution\n\nfunc One() int { return 1 }\n"
    assert parse(block(code, "python"), language="go").files == {"solution.go": code}
    assert parse(block(CODE, "javascript"), language="python").files == {"solution.py": CODE}


def test_11_wrong_tag_is_decided_by_the_name() -> None:
    code = "package main\n\nfunc main() {}\n"
    assert parse(f"main.go\n{block(code, 'python')}", language="go").files == {"main.go": code}


def test_12_the_word_python_stays_in_the_code() -> None:
    code = 'def which():\n    return "python"\n'
    assert parse(block(code), language="python").files == {"solution.py": code}


def test_13_shell_block_that_is_a_file_and_one_that_is_a_command() -> None:
    script = "set -e\npython solution.py\n"
    reply = f"**run.sh**\n{block(script, 'bash')}\n{block(CODE)}\nRun:\n" + block("sh run.sh\n", "sh")
    assert parse(reply, language="python").files == {"run.sh": script, "solution.py": CODE}


def test_22_cut_in_an_open_block() -> None:
    error = refused((REPLIES / "22_cut_in_a_block.md").read_text(), finish_reason="length")
    assert "cut off" in error.detail
    assert "shorter" in error.advice


@pytest.mark.parametrize("reason", ["", "tool_calls"])
def test_22_a_stream_that_broke_off_is_cut_too(reason: str) -> None:
    assert "cut off" in refused(f"```python\n{CODE}", finish_reason=reason).detail
    assert "cut off" in refused("", finish_reason=reason).detail


def test_22_cut_after_the_block_is_no_harm() -> None:
    assert (
        parse(f"{block(CODE)}This function ad", language="python", finish_reason="length").files["solution.py"] == CODE
    )


def test_23_a_continuation_that_opens_its_fence_again_is_one_block() -> None:
    reply = "```python\n```python\ndef f(x):\n    return x + 1\n```\n"
    assert parse(reply, language="python").files == {"solution.py": CODE}


def test_24_rest_of_the_code_unchanged() -> None:
    error = refused((REPLIES / "24_rest_unchanged.md").read_text())
    assert "line 8" in error.detail
    assert "whole file" in error.advice


@pytest.mark.parametrize(
    "code",
    [
        "import re\n# ... existing code ...\ndef f(x):\n    return x\n",
        "def f(x):\n    # TODO implement\n    return None\n",
        "def f(x):\n    # TODO: implement this\n    pass\n",
        "def f(x):\n    pass\n",
        "def f(x):\n    ...\n",
        'def f(x):\n    """Add one."""\n    raise NotImplementedError\n',
        "def f(x):\n    # your code here\n    return x\n",
        "class A:\n    def f(self):\n        pass\n",
        "def f(x):\n    y = x\n    ...\n    return y\n",
        "x = 1\n# (previous functions remain the same)\n",
    ],
)
def test_24_placeholders(code: str) -> None:
    assert "not complete" in refused(block(code)).detail


@pytest.mark.parametrize(
    "code",
    [
        "from typing import Protocol\n\n\nclass P(Protocol):\n    def f(self) -> int: ...\n",
        "class Config:\n    name: str = Field(..., min_length=1)\n",
        "def first(a):\n    return a[..., 0]\n",
        "from typing import overload\n\n\n@overload\ndef f(x: int) -> int: ...\ndef f(x):\n    return x\n",
        "class Base:\n    def hook(self):\n        pass\n\n\nclass Own(Base):\n    def hook(self):\n        return 1\n",
        "class Bad(Exception):\n    pass\n",
        "def noop():\n    pass\n",
        'MESSAGE = "# rest of the code unchanged"\n',
        "class A(Handler):\n    def log_message(self, *args):\n        pass\n",
        "# The rest of the word is a suffix.\nx = 1\n",
    ],
)
def test_24_legal_dots_and_passes(code: str) -> None:
    assert parse(block(code), language="python").files == {"solution.py": code}


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("javascript", "export function f() {\n  // ... existing code ...\n}\n"),
        ("typescript", 'export function f(): number {\n  throw new Error("Not implemented");\n}\n'),
        ("go", "package solution\n\nfunc F() int {\n\t// rest of the implementation\n\treturn 1\n}\n"),
        ("java", "public class Solution {\n    // ...\n}\n"),
        ("csharp", "public class Solution {\n    public int F() { throw new NotImplementedException(); }\n}\n"),
    ],
)
def test_24_placeholders_in_other_languages(language: str, code: str) -> None:
    assert "not complete" in refused(block(code, language), language=language).detail


def test_25_endless_repetition() -> None:
    reply = "```python\ndef f(x):\n" + "    x = x + 1\n" * 400
    assert "repeats" in refused(reply, finish_reason="length").detail
    assert "repeats" in refused(reply).detail


def test_25_repetition_is_seen_in_a_stream_and_data_is_none() -> None:
    assert repeats("x = [" + "0, " * 900)
    assert repeats("".join(f"def f():\n    return {i % 3}\n" for i in range(300)))
    assert not repeats("".join(f"CASE_{i} = {i * i}\n" for i in range(300)))
    assert not repeats("print(1)\n" * 5)
    assert not repeats("")


def test_26_a_reply_to_another_task_is_for_missing_names() -> None:
    from functions.agent.parsing import missing_names

    parsed = parse(block("def greet(name):\n    return name\n"), language="python")
    assert missing_names(parsed.files, ("parse_duration",), "python") == ("parse_duration",)


@pytest.mark.parametrize("name", ["27_reasoning_with_code.md", "27_reasoning_without_opener.md"])
def test_27_code_in_the_reasoning_is_no_file(name: str) -> None:
    assert replied(name).files == {"solution.py": "def total(items):\n    return sum(items)\n"}


def test_27_reasoning_that_never_ends_is_no_answer() -> None:
    error = refused("<think>\nMaybe\n```python\ndef f(x):\n    return x\n```\nor")
    assert "reasoning" in error.detail


def test_27_the_tag_in_a_string_of_the_code_stays() -> None:
    code = 'OPEN = """\n<think>\n"""\n\n\ndef f():\n    return OPEN\n'
    assert parse(block(code), language="python").files == {"solution.py": code}


def test_28_apology_alternative_and_usage() -> None:
    parsed = replied("28_apology_alternative_usage.md")
    assert parsed.files == {"solution.py": "def is_even(n):\n    return n % 2 == 0\n"}
    assert parsed.warnings


def test_28_corrected_second_block_wins() -> None:
    reply = block("def f(x):\n    return x\n") + f"\nThat misses one. The corrected code:\n{block(CODE)}"
    assert parse(reply, language="python").files == {"solution.py": CODE}


def test_28_two_functions_in_two_blocks_are_joined() -> None:
    reply = "The helper:\n" + block("def one():\n    return 1\n") + f"\nThe function:\n{block(CODE)}"
    parsed = parse(reply, language="python")
    assert parsed.files == {"solution.py": f"def one():\n    return 1\n\n{CODE}"}
    assert "joined" in " ".join(parsed.warnings)


@pytest.mark.parametrize(
    ("language", "code"), [("go", CODE), ("python", "package main\n\nfunc main() {\n\tfmt.Println(1)\n}\n")]
)
def test_29_answer_in_another_language(language: str, code: str) -> None:
    assert "instead of" in refused(block(code, ""), language=language).detail


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("", "empty"),
        (" \n\t\n", "empty"),
        ("```python\n```\n", "no code"),
        ("I'm sorry, but I can't help with that.", "refused"),
        ("I’m unable to write that.", "refused"),
        ("Which date format do you mean?", "question"),
        ("The function adds numbers.", "no code"),
        (block("pip install x\n", "bash"), "no code"),
    ],
)
def test_30_nothing_to_use(reply: str, said: str) -> None:
    assert said in refused(reply).detail


def test_30_refused_by_the_provider() -> None:
    assert "refused" in refused(block(CODE), finish_reason="refused").detail
