"""The figures of a week, each with its formula said: how orders went, what locations, rules and stages came to."""

from orderflow.reports.bottlenecks import StageFigures, Stay, stage_figures
from orderflow.reports.invoices import INVOICE_COLUMNS, invoice_lines
from orderflow.reports.operation import LocationLoad, OperationFigures, StockFigures, operation_figures
from orderflow.reports.rule_figures import RuledOrder, RuleFigures, rule_figures
from orderflow.reports.week import CarrierFigures, OrderFigures, ShipmentFigures, WeeklyFigures, weekly_figures

__all__ = [
    "INVOICE_COLUMNS",
    "CarrierFigures",
    "LocationLoad",
    "OperationFigures",
    "OrderFigures",
    "RuleFigures",
    "RuledOrder",
    "ShipmentFigures",
    "StageFigures",
    "Stay",
    "StockFigures",
    "WeeklyFigures",
    "invoice_lines",
    "operation_figures",
    "rule_figures",
    "stage_figures",
    "weekly_figures",
]
