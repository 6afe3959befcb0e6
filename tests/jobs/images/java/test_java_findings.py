"""What the compiler and the security scan say of the code under test."""

from __future__ import annotations

from typing import Any

Fixture = Any


def test_warnings_of_the_compiler_are_findings_and_those_about_tests_are_not(tested: Fixture) -> None:
    code = """import java.util.*;
    public class Solution {
      public static List<Integer> f() { List raw = new ArrayList<Integer>(); raw.add(1); return raw; }
    }"""
    run = tested(code, "@Test void a() { List raw = Solution.f(); raw.add(2); assertEquals(2, raw.size()); }")
    kinds = [e["ev"] for e in run.events]
    assert kinds.index("collected") > max(i for i, kind in enumerate(kinds) if kind == "finding")
    found = {(e["file"], e["line"], e["rule"], e["severity"]) for e in run.of("finding")}
    assert found == {("Solution.java", 3, "rawtypes", "warning"), ("Solution.java", 3, "unchecked", "warning")}


CALLS: list[tuple[str, str, str]] = [
    ("Runtime.getRuntime().exec(text);", "S-exec", "warning"),
    ('new ProcessBuilder("ls", text).start();', "S-exec", "warning"),
    ('Runtime.getRuntime().exec(new String[] {"sh", "-c", "ls " + text});', "S-shell", "error"),
    ('new ProcessBuilder(SHELL, "-c", String.format("ls %s", text));', "S-shell", "error"),
    ('((java.sql.Statement) null).executeQuery("select " + text);', "S-sql", "error"),
    ('((java.sql.Statement) null).executeQuery("select " + "1" + SHELL);', "", ""),
    ('((java.sql.Connection) null).prepareStatement("select ?");', "", ""),
    ('new javax.script.ScriptEngineManager().getEngineByName("js").eval(text);', "S-eval", "error"),
    ("new java.io.ObjectInputStream(System.in).readObject();", "S-deserialise", "warning"),
    ("System.exit(1);", "S-exit", "warning"),
    ('System.load("/x");', "S-native", "warning"),
    ('java.security.MessageDigest.getInstance("MD5");', "S-hash", "warning"),
    ('java.security.MessageDigest.getInstance("SHA-256");', "", ""),
    ('javax.crypto.Cipher.getInstance("AES/ECB/PKCS5Padding");', "S-cipher", "warning"),
    ('javax.crypto.Cipher.getInstance("AES/GCM/NoPadding");', "", ""),
    ('text = "a" + text; System.out.println(text);', "", ""),
]


def test_dangerous_calls_are_found(called: Fixture) -> None:
    head = 'public class Solution { static final String SHELL = "/bin/sh";\n'
    lines = [f"static void f{n}(String text) throws Exception {{ {body} }}\n" for n, (body, *_) in enumerate(CALLS)]
    found = called(f"{head}{''.join(lines)}}}\n").of("finding")
    assert [(e["line"] - 2, e["rule"], e["severity"]) for e in found if e["rule"].startswith("S-")] == [
        (n, rule, severity) for n, (_, rule, severity) in enumerate(CALLS) if rule
    ]
