"""BigCommerce's refusals: version 2 answers with a list of errors, version 3 with one that has a title."""

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from deployments.sandbox.doors import Refusal

UNAUTHORIZED = (
    "Unauthorized - the v3 Auth client ID or token in the request are not a valid combination for this store."
)


class BigError(Refusal):
    """An answer that is not the thing asked for."""

    def __init__(self, status: int, message: str, **errors: str) -> None:
        super().__init__(message)
        self.status = status
        self.errors = errors

    def response(self, request: Request) -> Response:
        """The answer in the manner of the version that was asked."""
        if "/v2/" in request.url.path:
            return JSONResponse([{"status": self.status, "message": str(self)}], self.status)
        return JSONResponse({"status": self.status, "title": str(self), "errors": self.errors}, self.status)
