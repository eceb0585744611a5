"""Everything that the API's description allows, and much that it does not, asked by schemathesis."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok

from tests.web.api.conftest import Clinic

#: Enough for each kind of value of each parameter, few enough for every run.
EXAMPLES = 25


@pytest.mark.slow
def test_nothing_that_is_asked_is_answered_by_a_fault(clinic: Clinic) -> None:
    token = {"Authorization": f"Bearer {clinic.tokens['local']}"}
    schema = schemathesis.openapi.from_url(f"{clinic.served.address}/api/v1/openapi.json")
    schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
    asked = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=[*HealthCheck],
        )
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case[Any]) -> None:
            nonlocal asked
            asked += 1
            case.call_and_validate(headers=token, checks=[not_a_server_error])

        ask()
    assert asked > 10 * EXAMPLES
