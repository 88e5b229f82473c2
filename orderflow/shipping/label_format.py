"""The file a label comes as."""

from enum import StrEnum


class LabelFormat(StrEnum):
    """PDF for sheets and thermal printers behind a driver, PNG for pictures, ZPL for thermal printers themselves."""

    PDF = "pdf"
    PNG = "png"
    ZPL = "zpl"
