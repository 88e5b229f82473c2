"""What an OpenAPI specification finds wrong with a request, as sentences."""

from typing import Any

import pytest


def request_faults(specification: Any, request: Any) -> list[str]:
    """The faults openapi-core finds in the request; none where it is valid."""
    openapi_core = pytest.importorskip("openapi_core")
    try:
        specification.validate_request(request)
    except openapi_core.exceptions.OpenAPIError as error:
        return [f"{error}: {error.__cause__ or ''} {getattr(error.__cause__, 'schema_errors', '')}"]
    return []
