"""GET /labels/{sha256}: a label's file by its content, to be saved and never to be shown in the page.

The path comes from the database alone, so nothing a visitor types becomes one.
"""

from pathlib import Path

from fastapi import APIRouter, HTTPException
from fastapi.responses import Response

from connectors.database import shipments
from connectors.database.session import Database
from connectors.labels.file_kind import media_type_of


def label_files(database: Database) -> APIRouter:
    """The one route."""
    router = APIRouter()

    @router.get("/labels/{sha256}")
    def label_file(sha256: str) -> Response:
        with database.read() as conn:
            row = shipments.shipment_of_label(conn, sha256)
        if row is None or not Path(row.label_path).is_file():
            raise HTTPException(404, "no such label")
        path = Path(row.label_path)
        content = path.read_bytes()
        headers = {
            "Content-Disposition": f'attachment; filename="label-{sha256[:16]}{path.suffix}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox",
            "Cache-Control": "no-store",
        }
        return Response(content, media_type=media_type_of(content) or "application/octet-stream", headers=headers)

    return router
