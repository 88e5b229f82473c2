"""Orders: every version has its event, every status its way, and nobody is forgotten."""

VERSION_WITHOUT_EVENT = """
    SELECT orders.id, orders.version, COUNT(event.seq) AS events, MAX(event.seq) AS last_seq
    FROM orders LEFT JOIN order_event AS event ON event.order_id = orders.id
    GROUP BY orders.id, orders.version
    HAVING COUNT(event.seq) <> orders.version OR MAX(event.seq) <> orders.version
    """

LAST_EVENT_DIFFERS = """
    SELECT orders.id, orders.status, event.to_status
    FROM orders JOIN order_event AS event ON event.order_id = orders.id AND event.seq = orders.version
    WHERE event.to_status <> orders.status
    """

UNKNOWN_EDGE = """
    SELECT order_id, seq, from_status, to_status
    FROM order_event
    WHERE from_status <> to_status AND (from_status, to_status) NOT IN (VALUES {edges})
    """

# Orders before payment wait for the channel. All others are due, or held, or wait for stock, or have ended.
FORGOTTEN = """
    SELECT id, number, status
    FROM orders
    WHERE step = 'none'
      AND status IN ('paid', 'hold', 'fraud_check', 'awaiting_fulfillment', 'partially_fulfilled')
      AND NOT EXISTS (SELECT 1 FROM hold WHERE hold.order_id = orders.id AND closed_at IS NULL)
      AND NOT EXISTS (SELECT 1 FROM backorder WHERE backorder.order_id = orders.id
                      AND state IN ('pending', 'allocated'))
      AND NOT (:labels_by_hand = 1 AND EXISTS (SELECT 1 FROM shipment WHERE shipment.order_id = orders.id
                                               AND shipment.state = 'pending'))
    """
