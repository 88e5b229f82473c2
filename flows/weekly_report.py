"""weekly-report: the week's figures to every report sink, once per week however often it runs."""

from prefect import flow
from prefect.artifacts import acreate_markdown_artifact

from connectors.shop import open_shop
from tasks.report import week_of, week_rows, write_report


@flow(name="weekly-report", flow_run_name="weekly report")
async def weekly_report(days: int = 7) -> dict[str, int]:
    """Writes the figures of the last days; a rerun of the same week replaces its rows. Returns rows per sink."""
    async with open_shop() as shop:
        week = week_of(shop)
        rows = week_rows(shop, week, days)
        written = await write_report(shop, week, rows, days)
    lines = [f"| {row['figure']} | {row['value']} |" for row in rows]
    markdown = "\n".join([f"## Week {week}", "", "| figure | value |", "|---|---|", *lines])
    await acreate_markdown_artifact(key="weekly-report", markdown=markdown, description=f"Week {week}")
    return written
