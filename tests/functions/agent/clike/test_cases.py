"""What models answer when they are asked for tests, in five languages: one assertion a case, reasons for the rest."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import suites
from functions.agent.records import Case
from functions.agent.words import Origin
from jobs.protocol import parse_bundle

LANGUAGES = ("javascript", "typescript", "java", "go", "csharp")
TARGETS = {"java": ("Solution", "add"), "csharp": ("Solution", "Add"), "go": ("Add", "Div", "Must", "Stack")}


def split(source: str, language: str, *targets: str, origin: Origin = Origin.GENERATED) -> suites.Split:
    return suites.split(source, "s11", origin, targets or TARGETS.get(language, ("add",)), language=language)


def sent(vector: Any) -> bool:
    """Whether the sandbox takes the vector: one that it does not would cost the whole trip."""
    case = {"id": "a", "test": "t", "vector": vector}
    limits: dict[str, float] = {}
    candidates = [{"id": "c", "files": {"x": ""}}]
    document = {"schema": 1, "run_id": "r", "execution_id": "e", "language": "go", "limits": limits}
    document |= {"candidates": candidates, "suites": [{"id": "s", "files": {"t": ""}, "cases": [case]}]}
    return bool(parse_bundle(json.dumps(document).encode()).suites[0].vectors)


def cases(source: str, language: str, *targets: str) -> tuple[Case, ...]:
    return split(source, language, *targets).suite.cases


def bodies(source: str, language: str, *targets: str) -> list[str]:
    return [suites.body_of(c, language) for c in cases(source, language, *targets)]


def vector(source: str, language: str, *targets: str) -> Any:
    found = cases(source, language, *targets)
    assert len(found) == 1, split(source, language, *targets)
    made = found[0].vector
    return None if made is None else (made["call"], made["args"], made["expect"])


LINES = [
    ("javascript", "assert.deepStrictEqual(add(1, 2), 3);", ("add", [1, 2], {"value": 3})),
    ("javascript", "assert.equal(add(1, 2), 3)", ("add", [1, 2], {"value": 3})),
    ("javascript", "strictEqual(add(1, 2), 3, 'adds')", ("add", [1, 2], {"value": 3})),
    (
        "javascript",
        "expect(add([1], {a: 2})).toEqual([3]);",
        ("add", [[1], {"t": "d", "v": [["a", 2]]}], {"value": [3]}),
    ),
    (
        "javascript",
        "expect(add(1)).toBeCloseTo(0.3, 5);",
        ("add", [1], {"value": {"t": "f", "v": "0.3"}, "within": 5e-06}),
    ),
    ("javascript", "assert.ok(add(1, 2) === 3)", ("add", [1, 2], {"value": 3})),
    ("javascript", "assert(add(1, 2))", ("add", [1, 2], {"truthy": True})),
    ("javascript", "expect(add(1)).toBeFalsy()", ("add", [1], {"truthy": False})),
    ("javascript", "expect(add(1)).toBeUndefined()", ("add", [1], {"value": {"t": "u"}})),
    ("javascript", "assert.throws(() => add(-1), RangeError);", ("add", [-1], {"error": "RangeError"})),
    ("javascript", "expect(() => { add(-1); }).toThrow('bad')", ("add", [-1], {"error": ""})),
    ("javascript", "expect(function () { return add(-1) }).toThrow(TypeError)", ("add", [-1], {"error": "TypeError"})),
    ("javascript", "await assert.rejects(() => add(1), TypeError)", ("add", [1], {"error": "TypeError"})),
    ("javascript", "expect(add(1, 2)).to.deep.equal([3])", ("add", [1, 2], {"value": [3]})),
    ("javascript", "assert.deepStrictEqual(await add(1), 2)", ("add", [1], {"value": 2})),
    ("typescript", "assert.throws(() => add(null as any), TypeError)", ("add", [None], {"error": "TypeError"})),
    ("java", "assertEquals(3, Solution.add(1, 2));", ("Solution.add", [1, 2], {"value": 3})),
    ("java", 'assertEquals(3, add(1, 2), "message");', ("Solution.add", [1, 2], {"value": 3})),
    (
        "java",
        "Assertions.assertEquals(0.5, Solution.add(1), 1e-9);",
        ("Solution.add", [1], {"value": {"t": "f", "v": "0.5"}, "within": 1e-09}),
    ),
    ("java", "assertTrue(Solution.add(1));", ("Solution.add", [1], {"value": True})),
    ("java", "assertNull(Solution.add(null));", ("Solution.add", [None], {"value": None})),
    (
        "java",
        "assertThrows(IllegalArgumentException.class, () -> Solution.add(-1));",
        ("Solution.add", [-1], {"error": "IllegalArgumentException"}),
    ),
    (
        "java",
        "assertThrows(ArithmeticException.class, () -> { Solution.add(-1); });",
        ("Solution.add", [-1], {"error": "ArithmeticException"}),
    ),
    (
        "java",
        "assertArrayEquals(new int[]{1, 2}, Solution.add(List.of(1)));",
        ("Solution.add", [[1]], {"value": [1, 2]}),
    ),
    ("go", "equal(t, Add(1, 2), 3)", ("Add", [1, 2], {"value": 3})),
    ("go", "assert.Equal(t, 3, Add(1, 2))", ("Add", [1, 2], {"value": 3})),
    ("go", "got, err := Div(1, 2)\nequal(t, got, 0.5)", ("Div", [1, 2], {"value": {"t": "f", "v": "0.5"}})),
    ("go", "_, err := Div(1, 0)\nfails(t, err)", ("Div", [1, 0], {"error": "error"})),
    ("go", "panics(t, func() { Must(-1) })", ("Must", [-1], {"error": "panic"})),
    (
        "go",
        'func TestA(t *testing.T) {\n\tif got := Add(1, 2); got != 3 {\n\t\tt.Errorf("no")\n\t}\n}',
        ("Add", [1, 2], {"value": 3}),
    ),
    (
        "go",
        "func TestA(t *testing.T) {\n\tif !reflect.DeepEqual(Add(1), []int{1}) {\n\t\tt.Fatal(1)\n\t}\n}",
        ("Add", [1], {"value": [1]}),
    ),
    ("go", "func TestA(t *testing.T) {\n\tif Add(1) {\n\t\tt.Fatal(1)\n\t}\n}", ("Add", [1], {"value": False})),
    (
        "go",
        "func TestA(t *testing.T) {\n\tif math.Abs(Div(1, 2) - 0.5) > 1e-9 {\n\t\tt.Fatal(1)\n\t}\n}",
        ("Div", [1, 2], {"value": {"t": "f", "v": "0.5"}, "within": 1e-09}),
    ),
    ("csharp", "Assert.AreEqual(3, Solution.Add(1, 2));", ("Solution.Add", [1, 2], {"value": 3})),
    ("csharp", "Assert.That(Add(1, 2), Is.EqualTo(3));", ("Solution.Add", [1, 2], {"value": 3})),
    (
        "csharp",
        "Assert.That(Solution.Add(1), Is.EqualTo(0.5).Within(1e-9));",
        ("Solution.Add", [1], {"value": {"t": "f", "v": "0.5"}, "within": 1e-09}),
    ),
    ("csharp", "Assert.Equal(3, Solution.Add(1, 2));", ("Solution.Add", [1, 2], {"value": 3})),
    (
        "csharp",
        "Assert.Throws<ArgumentException>(() => Solution.Add(-1));",
        ("Solution.Add", [-1], {"error": "ArgumentException"}),
    ),
    (
        "csharp",
        "CollectionAssert.AreEqual(new List<int> { 1 }, Solution.Add(1));",
        ("Solution.Add", [1], {"value": [1]}),
    ),
    ("csharp", "Assert.IsTrue(Solution.Add(1, 1) == 2);", ("Solution.Add", [1, 1], {"value": 2})),
]


@pytest.mark.parametrize(("language", "source", "expected"), LINES)
def test_an_assertion_of_a_call_with_plain_data_is_a_vector(language: str, source: str, expected: Any) -> None:
    assert vector(source, language) == expected
    assert sent(cases(source, language)[0].vector)
    assert cases(source, language)[0].error is ("error" in expected[2])


@pytest.mark.parametrize(
    ("language", "source"),
    [
        ("javascript", "assert.deepStrictEqual(add(x => x), 3)"),
        ("javascript", "assert.deepStrictEqual(add(1).length, 3)"),
        ("javascript", "assert.deepStrictEqual(new Set(add(1)), new Set([1]))"),
        ("javascript", "assert.deepStrictEqual(add(10n), 1)"),
        ("javascript", "expect(add(1)).toContain(3)"),
        ("javascript", "assert.notStrictEqual(add(1), 3)"),
        ("javascript", "const a = [1]; a.push(2); assert.equal(add(a), 3)"),
        ("java", "assertTrue(Solution.add(1).isEmpty());"),
        ("java", "assertEquals(3, Solution.add(new Point(1)));"),
        ("javascript", f"assert.deepStrictEqual(add({'9' * 5000}), 3)"),
        ("go", "equal(t, Add([]byte{1}), 3)"),
        ("go", "equal(t, Add(1), nil)"),
        ("csharp", "Assert.AreEqual(Math.PI, Solution.Add(1));"),
    ],
)
def test_what_is_more_than_a_call_with_plain_data_is_a_case_without_a_vector(language: str, source: str) -> None:
    assert vector(source, language) is None


def test_a_name_that_the_sandbox_would_refuse_is_no_vector() -> None:
    assert vector("assert.deepStrictEqual($(1), 3)", "javascript", "$") is None


def test_a_whole_file_comes_apart_with_what_each_assertion_needs() -> None:
    source = """
        import { describe, it, beforeEach } from 'node:test';
        import assert from 'node:assert';
        import { add } from './solution.mjs';
        const base = 2;
        describe('add', () => {
          let list;
          beforeEach(() => { list = [1]; });
          it('adds', () => {
            const other = 7;
            const result = add(base, list);
            assert.strictEqual(result, 3);
            list.push(4);
            expect(add(list)).toBe(9);
          });
          it.skip('later', () => { assert.equal(add(1), 1); });
          it('nothing', () => { add(1); });
          it('maybe', () => { if (base) { assert.equal(add(1), 1); } });
          it('loop', () => { for (const x of [1, 2]) { assert.ok(add(x)); } });
        });
    """
    found = split(source, "javascript")
    assert [suites.body_of(c, "javascript") for c in found.suite.cases] == [
        "const base = 2;\nlet list;\nlist = [1];\nconst result = add(base, list);\nassert.deepStrictEqual(result, 3);",
        "let list;\nlist = [1];\nlist.push(4);\nassert.deepStrictEqual(add(list), 9);",
        "const base = 2;\nlet list;\nlist = [1];\nfor (const x of [1, 2]) { assert.ok(add(x)); }",
    ]
    assert len(found.dropped) == 3
    assert [sum(why in d for d in found.dropped) for why in ("skipped", "asserts nothing", "condition")] == [1, 1, 1]


def test_variables_stand_for_what_they_were_given_and_calls_are_told_alike() -> None:
    one = cases("int[] xs = {1, 2};\nint got = Solution.add(Arrays.asList(1, 2));\nassertEquals(3, got);", "java")[0]
    other = cases("assertEquals(3, add(List.of(1,2)))", "java") or cases("assertEquals(3, add(List.of(1,2)));", "java")
    assert (one.call, one.expected) == (other[0].call, other[0].expected) == ("add([1, 2])", "3")
    assert "xs" not in one.source
    js = [
        cases(t, "javascript")[0] for t in ("assert.equal(add('a'), {b: 1, a: 2})", 'assert.equal(add("a"),{a:2,b:1})')
    ]
    assert (js[0].call, js[0].expected) == (js[1].call, js[1].expected)


def test_what_an_earlier_assertion_did_to_an_object_stays() -> None:
    source = (
        "class SolutionTest {\n private Solution s;\n @BeforeEach void up() { s = new Solution(); }\n"
        " @Test void t() { s.push(1); assertEquals(1, s.pop()); assertEquals(0, s.size()); } }"
    )
    assert bodies(source, "java") == [
        "Solution s;\ns = new Solution();\ns.push(1);\nassertEquals(1, s.pop());",
        "Solution s;\ns = new Solution();\ns.push(1);\ns.pop();\nassertEquals(0, s.size());",
    ]


def test_rows_of_arguments_are_a_case_each() -> None:
    source = (
        "public class T { [TestCase(1, 2, 3)] [TestCase(-1, -2, -3)]\n"
        "public void Adds(int a, int b, int sum) { Assert.AreEqual(sum, Solution.Add(a, b)); }\n"
        "[TestCase(1, ExpectedResult = 2)] public int More(int a) { return Solution.Add(a, 1); } }"
    )
    found = split(source, "csharp")
    assert [(c.call, c.expected) for c in found.suite.cases] == [("Add(1, 2)", "3"), ("Add(-1, -2)", "-3")]
    assert "parameters" in found.dropped[0]


GO_TABLE = """
func TestAdd(t *testing.T) {
	tests := []struct {
		name    string
		a, b    int
		want    int
	}{
		{"small", 1, 2, 3},
		{name: "zero", a: 5, want: 5}, // b is nought
	}
	for _, tt := range tests {
		tt := tt
		t.Run(tt.name, func(t *testing.T) {
			got := Add(tt.a, tt.b)
			if got != tt.want {
				t.Errorf("Add(%d) = %d", tt.a, got)
			}
		})
	}
}
"""


def test_a_table_of_rows_is_a_case_a_row() -> None:
    assert [(c.call, c.expected) for c in cases(GO_TABLE, "go")] == [("Add(1, 2)", "3"), ("Add(5, 0)", "5")]
    whole = GO_TABLE.replace("got := Add(tt.a, tt.b)", "got := run(tt)")
    assert cases(whole.replace("if got", "if Add(1) != 2 || got"), "go")[0].source.count("range tests") == 1


def test_go_errors_are_checked_where_they_are_what_the_test_is_about() -> None:
    source = """
func TestDiv(t *testing.T) {
	got, err := Div(4, 2)
	if err != nil {
		t.Fatalf("unexpected: %v", err)
	}
	if got != 2 {
		t.Errorf("got %v", got)
	}
	_, err = Div(1, 0)
	if err == nil {
		t.Error("no error")
	}
}
"""
    first, second = cases(source, "go")
    assert suites.body_of(first, "go") == "got, err := Div(4, 2)\n_ = err\nequal_s11(t, got, 2)"
    assert suites.body_of(second, "go") == "got, err := Div(4, 2)\n_ = got\n_, err = Div(1, 0)\nfails_s11(t, err)"
    assert second.error
    assert second.vector == {"call": "Div", "args": [1, 0], "expect": {"error": "error"}}


def test_a_check_that_needs_what_the_one_beside_it_did_stays_with_it() -> None:
    source = (
        "func TestA(t *testing.T) {\n\tvar wrong *FieldError\n"
        '\tif err := Must(-1); !errors.As(err, &wrong) || wrong.Field != "a" {\n\t\tt.Error(err)\n\t}\n}'
    )
    assert len(cases(source, "go")) == 1
    assert "errors.As(err, &wrong) || wrong.Field" in cases(source, "go")[0].source


def test_what_waits_for_work_that_was_started_stays() -> None:
    source = (
        "func TestA(t *testing.T) {\n\tc := &Stack{}\n\tvar all sync.WaitGroup\n\tfor i := 0; i < 9; i++ {\n"
        "\t\tall.Add(1)\n\t\tgo func() { c.Push(); all.Done() }()\n\t}\n\tall.Wait()\n"
        "\tif got := c.Len(); got != 9 {\n\t\tt.Error(got)\n\t}\n}"
    )
    assert "\tall.Wait()\n\tgot := c.Len()" in cases(source, "go")[0].source


@pytest.mark.parametrize(
    ("language", "source", "why"),
    [
        ("javascript", "assert.equal(1 + 1, 2)", "never calls"),
        ("javascript", "assert.equal(add(1), add(1))", "asserts nothing"),
        ("javascript", "assert.ok(true); add(1)", "never calls"),
        ("javascript", "const add = 5; assert.equal(add(1), 1)", "redefines"),
        ("javascript", "test('x', () => { expect(add(1)).toMatchSnapshot() })", "expect"),
        ("javascript", "test('x', () => { if (a) return; add(1); assert.equal(add(1), 2) })", "set up and assert"),
        ("javascript", "test('x', () => { return; assert.equal(add(1), 2) })", "may end"),
        ("javascript", "assert.equal(add(value), 2)", "not defined"),
        ("java", "assertEquals(x, Solution.add(1));", "not defined"),
        ("java", "class T { @Disabled @Test void t() { assertEquals(1, Solution.add(1)); } }", "Disabled"),
        ("java", "class T { @ParameterizedTest @Test void t(int a) { assertEquals(a, Solution.add(a)); } }", "marked"),
        ("java", "assertThat(Solution.add(1)).isEqualTo(3);", ""),
        ("go", "equal(t, 1, 1)", "never calls"),
        ("csharp", "[Ignore] [Test] public void T() { Assert.AreEqual(1, Solution.Add(1)); }", "Ignore"),
    ],
)
def test_what_is_no_case_is_dropped_with_a_reason(language: str, source: str, why: str) -> None:
    found = split(source, language)
    assert found.suite.cases == ()
    assert not why or any(why in d for d in found.dropped), found.dropped


def test_repeats_and_too_many_are_dropped() -> None:
    lines = "\n".join(f"assert.equal(add({n}), {n});" for n in range(20)) + "\nassert.equal(add(1), 1);"
    found = split(lines, "javascript")
    assert [c.id for c in found.suite.cases] == [f"s11-{n}" for n in range(1, suites.MAX_CASES + 1)]
    assert sum("beyond" in d for d in found.dropped) == 8
    assert sum("repeated" in d for d in found.dropped) == 1


@pytest.mark.parametrize(
    ("language", "source"),
    [
        (
            "java",
            "class T {\n@Test void a() { assertEquals(3, Solution.add(1, 2)); }\n@Test void b() {\n"
            "assertEquals(4, Solution.add(2, 2));\nassertEquals(5, Solution.add(2,",
        ),
        (
            "javascript",
            "describe('x', () => {\n  test('a', () => { assert.equal(add(1, 2), 3); });\n"
            "  test('b', () => {\n    assert.equal(add(2, 2), 4);\n    assert.equal(add(",
        ),
        ("go", 'func TestA(t *testing.T) {\n\tequal(t, Add(1, 2), 3)\n\tequal(t, Add(2, 2), 4)\n\tequal(t, Add("x'),
        (
            "csharp",
            "[TestFixture] public class T { [Test] public void A() { Assert.AreEqual(3, Solution.Add(1, 2)); }\n"
            "[Test] public void B() { Assert.AreEqual(4, Solution.Add(2, 2));\nAssert.That(",
        ),
    ],
)
def test_a_reply_that_was_cut_off_keeps_its_whole_tests(language: str, source: str) -> None:
    assert [c.expected for c in cases(source, language)] == ["3", "4"]


WORDS = st.lists(
    st.sampled_from(
        [
            *(
                "test('a', () => {",
                "});",
                "assert.equal(",
                "add(1)",
                ",",
                "3",
                ")",
                ";",
                "\n",
                "if (",
                "{",
                "}",
                "const x = ",
            ),
            *(
                "@Test void a() {",
                "class T {",
                "assertEquals(",
                "Solution.add(",
                "func TestA(t *testing.T) {",
                "[Test]",
            ),
            *(
                "equal(t, ",
                "Add(",
                "err",
                ":=",
                "for _, x := range y {",
                "Assert.That(",
                "Is.EqualTo(",
                "=>",
                "->",
                '"',
                "x",
            ),
        ]
    ),
    max_size=30,
).map(" ".join)


@settings(max_examples=250, deadline=None)
@given(st.one_of(st.text(max_size=60), WORDS), st.sampled_from(LANGUAGES))
def test_any_text_gives_cases_or_none_and_a_file_with_them(text: str, language: str) -> None:
    found = split(text, language)
    rendered = suites.render(found.suite, TARGETS.get(language, ("add",)), language)
    for case in found.suite.cases:
        assert suites.body_of(case, language)
        assert case.vector is None or sent(case.vector)
        assert suites.test_of(case, "s11", language) in rendered
    again = suites.split(rendered, "s11", Origin.GENERATED, TARGETS.get(language, ("add",)), language=language)
    assert len(again.suite.cases) <= suites.MAX_CASES
