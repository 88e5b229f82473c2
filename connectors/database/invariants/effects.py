"""Messages and money steps: whatever happens is told, and whatever nobody knows is shown."""

# A decision goes to the log; an order that we sent also to people and back to its channel.
# A decision whose labels are being bought is logged with them.
NOBODY_IS_TOLD = """
    SELECT owed.order_id, owed.stage
    FROM (
        SELECT DISTINCT decision.order_id, 'log' AS stage
        FROM decision JOIN orders ON orders.id = decision.order_id AND orders.step = 'none'
        UNION ALL
        SELECT id, stage.name
        FROM orders CROSS JOIN (SELECT 'notify' AS name UNION ALL SELECT 'sync') AS stage
        WHERE status IN ('partially_fulfilled', 'fulfilled', 'delivered')
          AND EXISTS (SELECT 1 FROM shipment WHERE shipment.order_id = orders.id
                      AND shipment.state IN ('labelled', 'delivered'))
    ) AS owed
    WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.order_id = owed.order_id AND outbox.stage = owed.stage)
    """

# A message left in the middle of sending becomes uncertain, and so is listed, as soon as its stage is drained. A money
# step nobody knows the outcome of belongs to an order that is due or on hold.
FATE_SHOWN_TO_NOBODY = """
    SELECT outbox.id AS id, outbox.kind AS kind FROM outbox WHERE state = 'sending' AND lease_until <= :now
    UNION ALL
    SELECT step.step_key, step.kind
    FROM step JOIN orders ON orders.id = step.order_id
    WHERE step.state IN ('started', 'unknown') AND orders.step = 'none'
      AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.order_id = orders.id AND closed_at IS NULL)
    """
