"""Labels that come as a picture, put on a page of 4 × 6 inches as all others are."""

from io import BytesIO

from reportlab.lib.units import inch
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from connectors.labels.sheet import HEIGHT, WIDTH


def picture_pdf(picture: bytes, dots_per_inch: int) -> bytes:
    """The picture (GIF, PNG) on one page in its true size, upright; what reaches over the foot of the page is cut off.

    In its true size, because a bar code that was shrunk may not scan. The same picture gives the same bytes.
    """
    image = ImageReader(BytesIO(picture))
    across, down = (pixels * inch / dots_per_inch for pixels in image.getSize())
    file = BytesIO()
    canvas = Canvas(file, pagesize=(WIDTH, HEIGHT), invariant=1)
    if across > down:
        canvas.translate(0, HEIGHT)
        canvas.rotate(-90)
        canvas.drawImage(image, 0, 0, width=across, height=down)
    else:
        canvas.drawImage(image, 0, HEIGHT - down, width=across, height=down)
    canvas.showPage()
    canvas.save()
    return file.getvalue()
