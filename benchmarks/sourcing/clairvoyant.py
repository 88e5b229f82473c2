"""What somebody who knew all orders beforehand would have paid at the least: a lower bound, by linear programming.

For every order and location a share of a parcel is opened, and units flow into it; a flow of a line is at most the
line's quantity × the share of the parcel that is open. Stock limits the flows from a location; a unit that nothing
flows for costs what an unfilled unit costs. Parcels may be opened in fractions, so no real plan can cost less: the
relaxation is a valid lower bound on every method's cost, and the true optimum lies between it and the best method.
"""

from collections import defaultdict

import highspy
import numpy as np

from benchmarks.sourcing.books import UNFILLED_COST
from benchmarks.sourcing.world import CARD, World

PRICES = CARD.services[0]


def lower_bound(world: World) -> float:
    """The least total cost, in minor units, of any way to ship these orders from this stock."""
    program = _Program()
    for order in world.orders:
        for code, place in world.locations.items():
            skus = [line for line in order.lines if world.stock[code, line.sku]]
            if not skus:
                continue
            zone = CARD.zone_of(place.address, order.destination)
            per_step = float(PRICES.per_step[zone]) * 100
            # The first step is in the base price, whatever the parcel weighs.
            opened = program.column(float(PRICES.base[zone]) * 100 - per_step, 1.0)
            for line in skus:
                grams = line.weight_grams or 0
                flow = program.column(per_step * grams / PRICES.step_grams, float(line.quantity))
                program.row(("linked", flow), -highspy.kHighsInf, 0.0, {flow: 1.0, opened: -float(line.quantity)})
                program.add(("wanted", order.number, line.line_no), flow, float(line.quantity))
                program.add(("stock", code, line.sku), flow, float(world.stock[code, line.sku]))
        for line in order.lines:
            missed = program.column(float(UNFILLED_COST), float(line.quantity))
            program.add(("wanted", order.number, line.line_no), missed, float(line.quantity))
    return program.minimum()


class _Program:
    """A linear program that grows by columns and rows."""

    def __init__(self) -> None:
        self._costs: list[float] = []
        self._most: list[float] = []
        self._rows: dict[object, dict[int, float]] = defaultdict(dict)
        self._bounds: dict[object, tuple[float, float]] = {}

    def column(self, cost: float, most: float) -> int:
        self._costs.append(cost)
        self._most.append(most)
        return len(self._costs) - 1

    def row(self, name: object, lower: float, upper: float, entries: dict[int, float]) -> None:
        self._rows[name] = entries
        self._bounds[name] = (lower, upper)

    def add(self, name: tuple[object, ...], column: int, units: float) -> None:
        """Puts the column into the row: all that is wanted must come, and no more than the stock may go."""
        self._rows[name][column] = 1.0
        self._bounds[name] = (units if name[0] == "wanted" else 0.0, units)

    def minimum(self) -> float:
        solver = highspy.Highs()
        solver.setOptionValue("output_flag", False)
        solver.setOptionValue("threads", 1)
        solver.passModel(self._model())
        solver.run()
        if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            raise RuntimeError(f"the bound was not found: {solver.getModelStatus()}")
        return solver.getInfo().objective_function_value

    def _model(self) -> highspy.HighsLp:
        model = highspy.HighsLp()
        model.num_col_, model.num_row_ = len(self._costs), len(self._rows)
        model.col_cost_ = np.array(self._costs)
        model.col_lower_, model.col_upper_ = np.zeros(len(self._costs)), np.array(self._most)
        bounds = np.array([self._bounds[name] for name in self._rows])
        model.row_lower_, model.row_upper_ = bounds[:, 0], bounds[:, 1]
        matrix = model.a_matrix_
        matrix.format_ = highspy.MatrixFormat.kRowwise
        matrix.start_ = np.cumsum([0, *map(len, self._rows.values())])
        matrix.index_ = np.array([column for entries in self._rows.values() for column in entries])
        matrix.value_ = np.array([value for entries in self._rows.values() for value in entries.values()])
        return model
