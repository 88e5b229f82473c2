"""The shop's things as GraphQL shows them."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from deployments.sandbox.shopify.graphql import GraphqlError
from deployments.sandbox.shopify.placing import tail
from deployments.sandbox.shopify.shop import Shop

MOST_NODES = 250

_FULFILLED = {"fulfilled": "FULFILLED", "partial": "PARTIALLY_FULFILLED"}


def gid(kind: str, identifier: str) -> str:
    """A global id."""
    return f"gid://shopify/{kind}/{identifier}"


def connection(things: Sequence[Any], node_of: Callable[[Any], Any] = dict) -> Callable[..., dict[str, Any]]:
    """The nodes of the things behind `first` and `after`; a cursor is the position after which to go on."""

    def page(first: int | None = None, after: str | None = None, **_: Any) -> dict[str, Any]:
        if first is None or not 0 < first <= MOST_NODES:
            raise GraphqlError(f"first must be between 1 and {MOST_NODES}")
        start = int(after or 0)
        end = start + first
        more = {"hasNextPage": end < len(things), "endCursor": str(end)}
        return {"nodes": [node_of(thing) for thing in things[start:end]], "pageInfo": more}

    return page


def order_node(shop: Shop, order: dict[str, Any]) -> dict[str, Any]:
    """An order. Its id is the same as in the webhook, its words are GraphQL's."""
    return {
        "__typename": "Order",
        "id": gid("Order", order["id"]),
        "name": order["name"],
        "createdAt": order["created_at"],
        "updatedAt": order["updated_at"],
        "cancelledAt": order["cancelled_at"],
        "currencyCode": order["currency"],
        "displayFinancialStatus": (order["financial_status"] or "pending").upper(),
        "displayFulfillmentStatus": _FULFILLED.get(order["fulfillment_status"], "UNFULFILLED"),
        "email": order["email"],
        "phone": order["phone"],
        "note": order["note"],
        "tags": _tags(order["tags"]),
        "currentTotalPriceSet": _money(order["current_total_price"]),
        "customAttributes": _attributes(order["note_attributes"]),
        "customer": customer_node(order["customer"]),
        "purchasingEntity": _purchaser(order),
        "risk": {"assessments": [{"riskLevel": level} for level in order.get("risk_levels", [])]},
        "shippingAddress": _address(order["shipping_address"]),
        "shippingLines": connection(order["shipping_lines"], _shipping_line),
        "metafields": connection(order.get("metafields", [])),
        "metafield": lambda namespace, key: metafield_of(order, namespace, key),
        "suggestedRefund": partial(_suggested_refund, order),
        "lineItems": connection(order["line_items"], _line_item),
        "fulfillments": lambda first=None: [_fulfillment(row) for row in shop.fulfillments[order["id"]]][:first],
        "fulfillmentOrders": connection(shop.plans[order["id"]], planned_node),
    }


def planned_node(planned: dict[str, Any]) -> dict[str, Any]:
    """A fulfillment order: units that shall leave from one location."""
    lines = [
        {
            "id": gid("FulfillmentOrderLineItem", line["id"]),
            "remainingQuantity": line["remaining"],
            "totalQuantity": line["total"],
            "lineItem": {"id": gid("LineItem", line["line_id"])},
        }
        for line in planned["lines"]
    ]
    return {
        "__typename": "FulfillmentOrder",
        "id": gid("FulfillmentOrder", planned["id"]),
        "status": planned["status"],
        "assignedLocation": {"location": {"id": gid("Location", planned["location"])}},
        "lineItems": connection(lines),
    }


def metafield_of(order: dict[str, Any], namespace: str, key: str) -> dict[str, Any] | None:
    """The order's metafield of that name."""
    wanted = {"namespace": namespace, "key": key}
    found = (each for each in order.get("metafields", []) if wanted.items() <= each.items())
    return next(found, None)


def location_node(shop: Shop, location: str) -> dict[str, Any]:
    """A location and what it stocks."""
    skus = [sku for place, sku in shop.levels if place == location]
    levels = connection(skus, partial(_level, shop, location))
    own = {"id": gid("Location", location), "name": f"Location {location}", "isActive": True}
    return {"__typename": "Location", **own, "inventoryLevels": levels}


def item_node(shop: Shop, sku: str) -> dict[str, Any]:
    """An inventory item, with its level at any location that stocks it."""

    def level(locationId: str) -> dict[str, Any] | None:  # noqa: N803 - GraphQL's name of the argument
        location = tail(locationId)
        return _level(shop, location, sku) if (location, sku) in shop.levels else None

    return {"id": gid("InventoryItem", shop.items[sku]), "sku": sku, "tracked": True, "inventoryLevel": level}


def _level(shop: Shop, location: str, sku: str) -> dict[str, Any]:
    level = shop.levels[location, sku]
    return {
        "updatedAt": level["updated_at"],
        "item": {"id": gid("InventoryItem", shop.items[sku]), "sku": sku, "tracked": True},
        "quantities": lambda names: [{"name": name, "quantity": level[name]} for name in names],
    }


def _fulfillment(row: dict[str, Any]) -> dict[str, Any]:
    tracking = {"number": row["tracking"].get("number"), "company": row["tracking"].get("company")}
    return {
        "id": gid("Fulfillment", row["id"]),
        "status": "SUCCESS",
        "trackingInfo": lambda first=None: [tracking][:first],
    }


def _suggested_refund(order: dict[str, Any], refundLineItems: Any = None, **_: Any) -> dict[str, Any]:  # noqa: N803
    """What the units are worth at their prices; the whole order is the most there is."""
    prices = {str(line["id"]): Decimal(line["price"]) for line in order["line_items"]}
    worth = (prices[tail(each["lineItemId"])] * each["quantity"] for each in refundLineItems or [])
    return {
        "amountSet": _money(str(sum(worth, Decimal(0)))),
        "maximumRefundableSet": _money(order["current_total_price"]),
    }


def _money(amount: str) -> dict[str, Any]:
    return {"shopMoney": {"amount": str(amount)}}


def _tags(tags: str | list[str]) -> list[str]:
    listed = tags.split(",") if isinstance(tags, str) else tags
    return [tag.strip() for tag in listed if tag.strip()]


def _attributes(pairs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"key": pair["name"], "value": pair["value"]} for pair in pairs]


def customer_node(customer: dict[str, Any] | None) -> dict[str, Any] | None:
    """A customer."""
    if customer is None:
        return None
    return {
        "__typename": "Customer",
        "id": gid("Customer", tail(customer.get("id"))),
        "firstName": customer.get("first_name"),
        "lastName": customer.get("last_name"),
        "tags": _tags(customer.get("tags") or ""),
        "numberOfOrders": str(customer.get("orders_count") or 0),
        "defaultEmailAddress": {"emailAddress": customer.get("email")},
        "defaultPhoneNumber": {"phoneNumber": customer["phone"]} if customer.get("phone") else None,
    }


def _purchaser(order: dict[str, Any]) -> dict[str, Any] | None:
    company = order.get("company")
    return {"__typename": "PurchasingCompany", "company": {"id": gid("Company", company["id"])}} if company else None


def _address(address: dict[str, Any] | None) -> dict[str, Any] | None:
    if address is None:
        return None
    words = ["name", "company", "address1", "address2", "city", "province", "zip", "phone", "latitude", "longitude"]
    other = {"firstName": "first_name", "lastName": "last_name", "provinceCode": "province_code"}
    other["countryCodeV2"] = "country_code"
    return {word: address.get(word) for word in words} | {word: address.get(name) for word, name in other.items()}


def _shipping_line(line: dict[str, Any]) -> dict[str, Any]:
    price = line.get("discounted_price", line["price"])
    return {"title": line["title"], "isRemoved": False, "discountedPriceSet": _money(price)}


def _line_item(line: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": gid("LineItem", str(line["id"])),
        "sku": line["sku"],
        "name": line["name"],
        "title": line["title"],
        "quantity": line["quantity"],
        "currentQuantity": line.get("current_quantity", line["quantity"]),
        "unfulfilledQuantity": line.get("current_quantity", line["quantity"]) - line.get("sent", 0),
        "requiresShipping": line["requires_shipping"],
        "originalUnitPriceSet": _money(line["price"]),
        "weight": {"unit": "GRAMS", "value": float(line["grams"] or 0)},
        "customAttributes": _attributes(line["properties"]),
    }
