"""WooCommerce's refusals, word for word as version 9.4.3 gives them."""

from typing import Any

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.doors import Refusal

STATUSES = ("auto-draft", "pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed")
STATUSES_IN_WORDS = f"{', '.join(STATUSES)}, and checkout-draft"


class WooError(Refusal):
    """An answer that is not the thing asked for."""

    def __init__(self, status: int, code: str, message: str, **data: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"code": code, "message": message, "data": {"status": status, **data}}

    def response(self, request: Request) -> Response:
        """The answer."""
        return JSONResponse(self.body, self.status)


def cannot_view() -> WooError:
    """The keys are missing or wrong."""
    return WooError(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")


def unknown_order() -> WooError:
    """There is no such order."""
    return WooError(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")


def missing_address() -> WooError:
    """A webhook leads nowhere, or is about nothing."""
    message = "Webhook topic and delivery URL must be valid."
    return WooError(400, "woocommerce_rest_webhook_invalid_topic", message)


def not_json() -> WooError:
    """The body cannot be read."""
    message = "Invalid JSON body passed."
    return WooError(400, "rest_invalid_json", message, json_error_code=4, json_error_message="Syntax error")


def invalid(parameter: str, reason: str, code: str, data: Any = None) -> WooError:
    """A parameter is not as it must be."""
    details = {parameter: {"code": code, "message": reason, "data": data}}
    message = f"Invalid parameter(s): {parameter}"
    return WooError(400, "rest_invalid_param", message, params={parameter: reason}, details=details)


def invalid_status() -> WooError:
    """The order cannot have that status; "shipped" is none."""
    return invalid("status", f"status is not one of {STATUSES_IN_WORDS}.", "rest_not_in_enum")


def invalid_page() -> WooError:
    """More than 100 things on a page, or none."""
    reason = "per_page must be between 1 (inclusive) and 100 (inclusive)"
    return invalid("per_page", reason, "rest_out_of_bounds")


def too_many() -> WooError:
    """More than 100 changes in a batch."""
    message = "Unable to accept more than 100 items for this request."
    return WooError(413, "woocommerce_rest_request_entity_too_large", message)


def unknown_in_batch(identifier: Any) -> dict[str, Any]:
    """The answer for one item of a batch that does not exist; the batch as a whole is a success."""
    error = {"code": "woocommerce_rest_product_invalid_id", "message": "Invalid ID.", "data": {"status": 400}}
    return {"id": identifier, "error": error}
