"""Stock: nothing is promised twice, and every unit is accounted for."""

RESERVED_BEYOND_STOCK = "SELECT sku, variant, location FROM stock WHERE reserved > on_hand + shortfall"

SUMS_DIFFER = """
    SELECT cell.sku, cell.variant, cell.location, SUM(cell.reserved) AS reserved, SUM(cell.held) AS held,
           SUM(cell.reserved_ledger) AS reserved_ledger, SUM(cell.on_hand) AS on_hand,
           SUM(cell.on_hand_ledger) AS on_hand_ledger
    FROM (
        SELECT sku, variant, location, reserved, 0 AS held, 0 AS reserved_ledger, on_hand, 0 AS on_hand_ledger
        FROM stock
        UNION ALL
        SELECT sku, variant, location, 0, quantity - shipped, 0, 0, 0 FROM reservation WHERE state = 'held'
        UNION ALL
        SELECT sku, variant, location, 0, 0, delta_reserved, 0, delta_on_hand FROM stock_ledger
    ) AS cell
    GROUP BY cell.sku, cell.variant, cell.location
    HAVING SUM(cell.reserved) <> SUM(cell.held) OR SUM(cell.reserved) <> SUM(cell.reserved_ledger)
        OR SUM(cell.on_hand) <> SUM(cell.on_hand_ledger)
    """

_ORDERED = {
    "sqlite": """
        SELECT orders.id AS order_id, json_extract(line.value, '$.line_no') AS line_no,
               json_extract(line.value, '$.quantity') AS units,
               json_extract(orders.document, '$.fulfilled') AS sent_elsewhere
        FROM orders, json_each(orders.document, '$.lines') AS line
        WHERE json_extract(line.value, '$.requires_shipping')
        """,
    "postgresql": """
        SELECT orders.id AS order_id, CAST(line ->> 'line_no' AS INTEGER) AS line_no,
               CAST(line ->> 'quantity' AS INTEGER) AS units,
               CAST(CAST(orders.document AS JSONB) ->> 'fulfilled' AS BOOLEAN) AS sent_elsewhere
        FROM orders, jsonb_array_elements(CAST(orders.document AS JSONB) -> 'lines') AS line
        WHERE CAST(line ->> 'requires_shipping' AS BOOLEAN)
        """,
}

# Per line: units ordered, held, shipped from stock, in parcels with a label, waited for, and given up. Of an order the
# channel calls sent nothing is owed any more, whoever sent it.
_LINES_DO_NOT_ADD_UP = """
    WITH unit AS (
        SELECT order_id, line_no, units AS ordered, 0 AS held, 0 AS shipped, 0 AS sent, 0 AS waiting,
               CASE WHEN sent_elsewhere THEN units ELSE 0 END AS given_up
        FROM ({ordered}) AS ordered_line
        UNION ALL
        SELECT order_id, line_no, 0, CASE WHEN state = 'held' THEN quantity - shipped ELSE 0 END, shipped, 0, 0,
               CASE WHEN state = 'released' THEN quantity - shipped ELSE 0 END
        FROM reservation
        UNION ALL
        SELECT shipment_line.order_id, line_no, 0, 0, 0, quantity, 0, 0
        FROM shipment_line JOIN shipment ON shipment.id = shipment_line.shipment_id
        WHERE shipment.state IN ('labelled', 'delivered')
        UNION ALL
        SELECT order_id, line_no, 0, 0, 0, 0, CASE WHEN state = 'pending' THEN quantity ELSE 0 END,
               CASE WHEN state = 'cancelled' THEN quantity ELSE 0 END
        FROM backorder
    ), line AS (
        SELECT order_id, line_no, SUM(ordered) AS ordered, SUM(held) AS held, SUM(shipped) AS shipped,
               SUM(sent) AS sent, SUM(waiting) AS waiting, SUM(given_up) AS given_up
        FROM unit GROUP BY order_id, line_no
    )
    SELECT line.*, orders.status
    FROM line JOIN orders ON orders.id = line.order_id
    WHERE line.held + line.waiting > 0 AND line.held + line.shipped + line.waiting > line.ordered
       OR line.shipped > line.sent
       OR orders.status IN ('cancelled', 'fulfilled', 'delivered') AND line.held + line.waiting > 0
       OR orders.status IN ('fulfilled', 'delivered') AND line.sent + line.given_up < line.ordered
    """

LINES_DO_NOT_ADD_UP = {engine: _LINES_DO_NOT_ADD_UP.replace("{ordered}", lines) for engine, lines in _ORDERED.items()}
