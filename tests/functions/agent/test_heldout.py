"""What the model that writes code is not shown, and what it has not seen."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from functions.agent import heldout
from functions.agent.records import Case, Execution, Suite
from making import candidate, case, execution, suite

ANCHORS = suite("anchors", case("anchors-1", "f(1)", "1"))


def generated(count: int, id: str = "s11", first: int = 2) -> Suite:
    return suite(id, *(case(f"{id}-{n}", f"f({n + first})", "0") for n in range(count)))


def made(*suites: Suite, shown: tuple[str, ...] = (), **changes: object) -> Execution:
    e = execution([ANCHORS, *suites], [candidate("a1c1", {"anchors-1": True})], **changes)
    return replace(e, attempts=(replace(e.attempts[0], shown=shown),))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 30))
def test_a_third_of_the_generated_cases_is_held_out_rounded_up(count: int) -> None:
    assert len(heldout.hidden(made(generated(count)))) == -(-count // heldout.SHARE)


def test_the_choice_does_not_depend_on_order_ids_or_results() -> None:
    one = generated(9)
    other = suite("s99", *reversed([replace(c, id=c.id.replace("s11", "s99")) for c in one.cases]))

    def calls(s: Suite) -> set[str]:
        hidden = heldout.hidden(made(s))
        return {c.call for c in s.cases if c.id in hidden}

    assert calls(one) == calls(other)


def test_the_same_call_in_two_suites_is_held_out_in_both() -> None:
    hidden = heldout.hidden(made(generated(9, "s11"), generated(9, "s12")))
    assert {i.removeprefix("s11") for i in hidden if i.startswith("s11")} == {
        i.removeprefix("s12") for i in hidden if i.startswith("s12")
    }
    assert len(hidden) == 6


def test_what_was_shown_is_seen_in_every_suite_and_held_out_no_more() -> None:
    both = (generated(9, "s11"), generated(9, "s12"))
    first = min(i for i in heldout.hidden(made(*both)) if i.startswith("s11"))
    after = made(*both, shown=(first,))
    gone = {first, first.replace("s11", "s12")}
    assert heldout.unseen(made(*both)) - heldout.unseen(after) == gone
    assert heldout.hidden(made(*both)) - heldout.hidden(after) == gone
    assert heldout.hidden(after) < heldout.hidden(made(*both)), "what is shown is not made up for by another"


def test_examples_of_the_request_and_expected_errors_are_never_unseen() -> None:
    repeats = suite("s11", case("s11-1", "f(1)", "1"), case("s11-2", "f(2)", "4"), case("s11-3", error=True))
    assert heldout.unseen(made(repeats)) == {"s11-2"}
    assert heldout.unseen(made(repeats, prompt="Write f; for one f( 2 ) is 4.")) == set()
    assert heldout.unseen(made(repeats, prompt="Write f; for one f(25) is 4.")) == {"s11-2"}


def test_a_question_is_known_again_as_a_vector_as_text_and_in_a_test_of_another_name() -> None:
    vector = {"call": "f", "args": [4], "expect": {"truthy": True}}
    cases = [
        case("s11-1", source='test("test_1", () => { assert.ok(f(4)); });', vector=vector),
        case("s12-7", "f(4)", "true", vector={**vector, "expect": {"value": True}}),
        case("s13-2", "f(4)", "x"),
        case("s14-1", source='test("test_1", () => { assert.ok(g(4)); });'),
        case("s15-9", source='test("test_9", () => { assert.ok(g(4)); });'),
    ]
    suites = [suite(c.id.split("-")[0], c) for c in cases]
    assert len(heldout.unseen(made(*suites))) == 5
    assert heldout.unseen(made(*suites, shown=("s12-7",))) == {"s14-1", "s15-9"}
    assert heldout.unseen(made(*suites, shown=("s14-1",))) == {"s11-1", "s12-7", "s13-2"}


def test_a_case_without_a_call_is_known_by_its_text() -> None:
    source = "def test_1():\n    assert sorted(f()) == [1]"
    cases = [Case(f"s1{n}-1", "x", source) for n in (1, 2)]
    both = [Suite(f"s1{n}", generated(0).origin, (c,)) for n, c in enumerate(cases, 1)]
    assert heldout.unseen(made(*both)) == {"s11-1", "s12-1"}
    assert heldout.unseen(made(*both, shown=("s11-1",))) == set()
