"""The pick list of one shipment as PDF, for people who walk along shelves: what to take, and what to do with it."""

from io import BytesIO

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.pagesizes import letter
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas

from connectors.labels.sheet import printable
from connectors.protocols import FulfillmentRequest, PickLine

WIDTH, HEIGHT = letter
MARGIN = 0.75 * inch
TOP = HEIGHT - 3.3 * inch
ROW = 0.32 * inch
ROWS_PER_PAGE = int((TOP - MARGIN) // ROW)
LONGEST_TITLE = 60


def pick_list_pdf(request: FulfillmentRequest, location: str) -> bytes:
    """The list as a PDF file; lines that do not fit go on to further pages. The same shipment gives the same bytes."""
    file = BytesIO()
    canvas = Canvas(file, pagesize=letter, invariant=1)
    canvas.setTitle(printable(f"Pick list {request.order_number}"))
    pages = [request.lines[start : start + ROWS_PER_PAGE] for start in range(0, len(request.lines), ROWS_PER_PAGE)]
    for number, lines in enumerate(pages, start=1):
        _head(canvas, request, f"{location}, page {number} of {len(pages)}")
        for place, line in enumerate(lines):
            _row(canvas, TOP - ROW * (place + 1), line)
        canvas.showPage()
    canvas.save()
    return file.getvalue()


def _head(canvas: Canvas, request: FulfillmentRequest, where: str) -> None:
    canvas.setFont("Helvetica-Bold", 16)
    canvas.drawString(MARGIN, HEIGHT - inch, printable(f"Order {request.order_number}"))
    canvas.setFont("Helvetica", 10)
    for place, text in enumerate((where, *_wishes(request), f"To: {_destination(request)}")):
        canvas.drawString(MARGIN, HEIGHT - 1.3 * inch - 14 * place, printable(text))
    code = Code128(request.reference, barHeight=0.45 * inch, barWidth=0.009 * inch, quiet=False)
    code.drawOn(canvas, MARGIN, TOP + 0.2 * inch)


def _wishes(request: FulfillmentRequest) -> tuple[str, ...]:
    """What must be done with the parcel, a line each."""
    shipping = request.shipping
    wishes = [f"Speed: {shipping.speed.value}"]
    if shipping.gift_wrap:
        wishes.append("Gift wrap")
    if shipping.services:
        wishes.append(f"Services: {', '.join(shipping.services)}")
    if shipping.deliver_by:
        wishes.append(f"There by {shipping.deliver_by:%Y-%m-%d}")
    return tuple(wishes)


def _destination(request: FulfillmentRequest) -> str:
    to = request.destination
    return ", ".join(filter(None, (to.name, to.line1, to.line2, to.city, to.region, to.postal_code, to.country)))


def _row(canvas: Canvas, height: float, line: PickLine) -> None:
    canvas.rect(MARGIN, height, 0.15 * inch, 0.15 * inch)
    canvas.setFont("Helvetica-Bold", 11)
    canvas.drawString(MARGIN + 0.3 * inch, height, f"{line.quantity} x")
    canvas.drawString(MARGIN + 0.9 * inch, height, printable(f"{line.sku} {line.variant}".strip()))
    canvas.setFont("Helvetica", 10)
    canvas.drawString(MARGIN + 3.2 * inch, height, printable(line.title)[:LONGEST_TITLE])
