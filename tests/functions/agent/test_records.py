"""The records carry every field of the user's plan, under the plan's names."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest

from functions.agent.codec import from_dict
from functions.agent.people import GithubConnection, RepositoryContext
from functions.agent.records import Artifact, Attempt, Execution, Usage
from functions.agent.words import Level

PLAN = {
    Artifact: "id user_id session_id name type mime_type file_path size_bytes metadata created_at expires_at",
    Execution: "id session_id user_id prompt language complexity_score llm_provider llm_model generated_code "
    "generated_tests status attempt_number execution_time_ms stdout stderr test_results lint_results output_type "
    "output_artifact_id created_at completed_at",
    Attempt: "id execution_id attempt_number code_version error_type error_message fix_applied started_at completed_at",
    GithubConnection: "id user_id github_user_id github_username access_token refresh_token token_expires_at scopes "
    "created_at updated_at",
    RepositoryContext: "id github_connection_id repo_full_name default_branch languages framework_detected "
    "package_manager structure_summary last_analyzed_at last_commit_sha",
}


@pytest.mark.parametrize("record", PLAN, ids=lambda r: r.__name__)
def test_a_record_has_every_field_of_the_plan(record: type) -> None:
    assert set(PLAN[record].split()) <= {f.name for f in fields(record)}


def test_a_record_cannot_be_changed() -> None:
    usage = Usage(1, 2)
    with pytest.raises(FrozenInstanceError):
        usage.input_tokens = 3  # type: ignore[misc]


def test_usage_adds_up() -> None:
    assert Usage(1, 2, 1) + Usage(10, 20) == Usage(11, 22, 1)
    assert Usage(11, 22).total == 33


def test_an_execution_of_the_first_schema_learns_which_cases_expect_an_error() -> None:
    value = {"id": "s11-1", "name": "n", "source": "def test_1():\n    assert f(1) == 1"}
    error = {"id": "s11-2", "name": "n", "source": "def test_2():\n    with pytest.raises(ValueError):\n        f(0)"}
    old = {"id": "e", "user_id": "u", "prompt": "p", "language": "python", "created_at": 1.0, "schema": 1}
    suites = [{"id": "s11", "origin": "generated", "cases": [value, error]}]
    read = from_dict(Execution, {**old, "suites": suites})
    assert (read.schema, [c.error for c in read.cases]) == (2, [False, True])
    assert from_dict(Execution, old).cases == ()


def test_levels_compare_from_weakest_to_strongest() -> None:
    assert list(Level) == sorted(Level) == ["", "R2", "R3", "R4", "vectors"]
    assert [level for level in Level if level.beyond_reach] == ["R4", "vectors"]
