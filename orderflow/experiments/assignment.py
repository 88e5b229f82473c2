"""Which arm an order gets: always the same one, and each arm its share."""

import hashlib

from orderflow.experiments.settings import Arm, Experiment
from orderflow.order import Order

_ALL = 2**64


def arm_of(experiment: Experiment, order: Order) -> Arm:
    """The arm of this order, or of its customer; the same whenever and wherever it is asked.

    A hash of the experiment's name and the key is a place between 0 and 1; the arms lie there side by side. Another
    name shuffles the orders anew, so that no customer is always the one who is tried on.
    """
    digest = hashlib.sha256(f"{experiment.name}\n{_key(experiment, order)}".encode()).digest()
    place = int.from_bytes(digest[:8]) / _ALL
    for arm, share in experiment.shares.items():
        if place < share:
            return arm
        place -= share
    return Arm.ACTIVE


def _key(experiment: Experiment, order: Order) -> str:
    if experiment.sticky_by == "customer" and order.customer.customer_id:
        return f"{order.source}\ncustomer\n{order.customer.customer_id}"
    return f"{order.source}\n{order.external_id}"
