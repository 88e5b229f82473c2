"""`orderflow rules matrix`: segment by segment, what becomes of an order."""

from deployments.cli.commands.rules.source import RulesFile, configuration_of
from deployments.cli.output import AsJson, show, table
from orderflow.configuration.matrix import MatrixRow, route_matrix


def matrix(file: RulesFile = None, as_json: AsJson = False) -> None:
    """The route matrix: segments of orders in the order they are decided, and what becomes of each."""
    rows = route_matrix(configuration_of(file, as_json=as_json))
    columns = ["segment", "rule", "ships from", "speed", "carrier", "case", "also", "then"]
    cells = [_cells(row) for row in rows]
    if any(row.lanes for row in rows):
        columns.insert(2, "lanes")
        cells = [[*line[:2], ", ".join(row.lanes), *line[2:]] for line, row in zip(cells, rows, strict=True)]
    show([row.model_dump(mode="json") for row in rows], table(columns, cells), as_json=as_json)


def _cells(row: MatrixRow) -> list[str]:
    then = "asks on" if row.asks_on else ""
    return [row.segment, row.rule_id, row.location, row.speed, row.carrier, row.case, row.also, then]
