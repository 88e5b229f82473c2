"""What a label's file is, told by how it begins and not by what its sender calls it."""

PDF = "application/pdf"
PNG = "image/png"
ZPL = "application/zpl"

_BEGINNINGS = ((b"%PDF", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"^XA", ZPL))
SUFFIXES = {PDF: ".pdf", PNG: ".png", ZPL: ".zpl"}


def media_type_of(content: bytes) -> str:
    """The media type of a label file; "" for what is none. ZPL may have commands before the label begins."""
    start = content[:1024].lstrip()
    told = next((kind for beginning, kind in _BEGINNINGS if start.startswith(beginning)), "")
    return told or (ZPL if b"^XA" in start and start.startswith((b"~", b"^", b"\x10", b"${")) else "")
