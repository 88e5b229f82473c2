"""A table to every report sink that takes it."""

from connectors.shop import Shop
from orderflow.notices.sheets import Sheet


async def write_table(shop: Shop, sheet: Sheet) -> None:
    """Writes the rows to each enabled sink in turn. Raises what the first that fails raises; a repeat is harmless.

    A sink that only appends gets no table that is written again and again.
    """
    for code in shop.configuration.sinks:
        sink = shop.sink(code)
        if sink.repeat_is_harmless and sink.takes(sheet.table):
            await sink.upsert(sheet.table, sheet.key_column, sheet.columns, sheet.rows)
