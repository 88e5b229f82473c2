"""A shipping label of 4 × 6 inches as PDF, for parcels whose carrier prints none itself."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas

from orderflow.address import Address

WIDTH, HEIGHT = 4 * inch, 6 * inch
MARGIN = 0.25 * inch
BAR_WIDTH = 0.0125 * inch


@dataclass(frozen=True)
class LabelSheet:
    """What stands on the label. `extras` are services to be packed with it ("gift_wrap"), `note` is the small print."""

    service: str
    origin: Address
    destination: Address
    tracking_number: str
    reference: str
    order_number: str
    weight_grams: int
    extras: tuple[str, ...] = ()
    note: str = ""


def label_pdf(sheet: LabelSheet) -> bytes:
    """The label as a PDF file of one page. The same sheet gives the same bytes."""
    file = BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=1)
    canvas.setTitle(printable(f"Label {sheet.reference}"))
    canvas.rect(MARGIN / 2, MARGIN / 2, WIDTH - MARGIN, HEIGHT - MARGIN)
    _lines(canvas, 5.6, 12, True, [sheet.service])
    _lines(canvas, 5.3, 8, False, ["FROM", *_address_lines(sheet.origin)])
    _lines(canvas, 4.2, 12, True, ["SHIP TO", *_address_lines(sheet.destination)])
    _barcode(canvas, 1.3, sheet.tracking_number)
    order = f"Order {sheet.order_number}   {sheet.weight_grams / 1000:.3f} kg"
    _lines(canvas, 0.9, 8, False, ["   ".join((order, *sheet.extras)), f"Ref {sheet.reference}", sheet.note])
    canvas.showPage()
    canvas.save()
    return file.getvalue()


def printable(text: str) -> str:
    """The text in the letters the label's font has (Western European); others lose their accents or become "?"."""
    return "".join(map(_printable, text))


def _printable(char: str) -> str:
    if char.isspace():
        return " "
    letters = (letter for letter in (char, _bare_letter(char)) if letter.isprintable())
    return next((letter for letter in letters if letter.encode("cp1252", "ignore")), "?")


def _bare_letter(char: str) -> str:
    """L for Ł: the letter that Unicode names before "with stroke", "with caron" and so on; "?" where there is none."""
    try:
        return unicodedata.lookup(unicodedata.name(char).split(" WITH ")[0])
    except (KeyError, ValueError):
        return "?"


def _address_lines(address: Address) -> list[str]:
    place = " ".join(part for part in (address.city, address.region, address.postal_code) if part)
    lines = (address.name, address.company, address.line1, address.line2, place, address.country)
    return [line for line in lines if line]


def _lines(canvas: Canvas, top_inches: float, size: int, bold: bool, lines: Iterable[str]) -> None:
    """Writes the lines downwards from the height; a line too long for the label is set smaller."""
    font = "Helvetica-Bold" if bold else "Helvetica"
    y = top_inches * inch
    for line in map(printable, lines):
        width = canvas.stringWidth(line, font, size)
        canvas.setFont(font, min(size, size * (WIDTH - 2 * MARGIN) / max(width, 1)))
        canvas.drawString(MARGIN, y, line)
        y -= size * 1.25


def _barcode(canvas: Canvas, bottom_inches: float, number: str) -> None:
    code = Code128(number, barWidth=BAR_WIDTH, barHeight=0.9 * inch, humanReadable=True, quiet=False)
    code.drawOn(canvas, (WIDTH - code.width) / 2, bottom_inches * inch)
