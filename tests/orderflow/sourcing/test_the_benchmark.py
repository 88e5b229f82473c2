"""The benchmark of sourcing measures what it says: nobody beats its bound, and its exact peer is the cheapest way."""

from collections import Counter

import pytest

from benchmarks.sourcing.books import UNFILLED_COST, Books
from benchmarks.sourcing.clairvoyant import lower_bound
from benchmarks.sourcing.peers import exact, rows, run_peer
from benchmarks.sourcing.product import run_product
from benchmarks.sourcing.world import Size, World, make_world

SMALL = make_world(Size(locations=4, skus=30, orders=150), seed=5)


def alone(world: World, number: int) -> World:
    """The world with one order only."""
    return World(world.name, world.locations, world.history, world.orders[number : number + 1], world.stock)


def test_no_method_beats_the_bound_and_the_product_leaves_nothing_unfilled_that_lies_somewhere():
    bound, product = lower_bound(SMALL), run_product(SMALL)
    assert all(bound <= books.cost for _, books in [*rows(SMALL), ("product", product)])
    assert product.unfilled_while_stock == 0


@pytest.mark.parametrize("number", range(0, 150, 15))
def test_for_one_order_no_way_is_cheaper_than_the_exact_peer_and_the_product_is_within_a_hundredth(number):
    world = alone(SMALL, number)
    least = run_peer(world, exact).cost
    # The product keeps a line together where cutting it would save a few cents.
    assert least - 1 <= run_product(world, "cheapest").cost <= 1.01 * least + 1


def test_a_unit_nobody_holds_is_charged_and_one_somebody_holds_is_told():
    books = Books(left=Counter({("location_00", "SKU00001"): 1}))
    books.miss(SMALL, "SKU00001", 2)
    assert (books.cost, books.unfilled_while_stock) == (2 * UNFILLED_COST, 1)
