"""The settings that lead every fulfilment partner's connector to the sandbox, with made-up credentials."""

_VARIABLES = {
    "WAREHOUSE_API_URL": "{url}/warehouse/api",
    "WAREHOUSE_API_TOKEN": "TEST_sandbox",
}


def partner_variables(url: str) -> dict[str, str]:
    """The variables for the sandbox at this address."""
    return {name: text.format(url=url) for name, text in _VARIABLES.items()}
