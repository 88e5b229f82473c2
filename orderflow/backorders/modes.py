"""What happens to units of a line that nobody has: the line's own word, or the shop's."""

from orderflow.order import OrderLine
from orderflow.policy import BackorderMode

# The line attribute that sets a product's own mode.
BACKORDERS = "backorders"
# What channels that sell before a product is out say of its lines.
PREORDER = "preorder"


def mode_of(line: OrderLine, shops: BackorderMode) -> BackorderMode:
    """The line's own mode, else that of a pre-order, which was sold to be waited for, else the shop's."""
    own = line.attributes.get(BACKORDERS, "")
    if own in tuple(BackorderMode):
        return BackorderMode(own)
    return BackorderMode.NOTIFY if line.attributes.get(PREORDER) == "true" else shops
