"""Every GraphQL document we send is held against Shopify's own schema of that API version."""

import gzip
import json
from functools import cache

import pytest
from graphql import (
    DirectiveNode,
    FieldNode,
    GraphQLSchema,
    IntValueNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_client_schema,
    get_named_type,
    is_composite_type,
    parse,
    print_ast,
    validate,
    visit,
)
from graphql.utilities import separate_operations
from shared_material import shared_path
from specification_table import hold_against

from connectors.channels.shopify.customers import MOST_AT_ONCE as MOST_CUSTOMERS
from connectors.channels.shopify.graph import documents
from connectors.channels.shopify.settings import ShopifySettings
from connectors.channels.shopify.standing import MOST_AT_ONCE as MOST_ORDERS

# From 2026-04 on Shopify refuses these without the directive, although its schema does not say so in a way a
# validator sees; "the idempotency key is required" is in their descriptions.
REQUIRED = "the idempotency key is required"
MOST_POINTS_A_QUERY = 1000
# What these ask for so many things at once, by the ids they name.
AT_ONCE = {"CustomerTags": MOST_CUSTOMERS, "OrdersStanding": MOST_ORDERS}
OPERATIONS = sorted(documents())


@cache
def admin_schema() -> GraphQLSchema:
    path = shared_path("contracts/shopify/admin_2026-10.json.gz")
    introspection = json.loads(gzip.decompress(path.read_bytes()))
    # Shopify's own schema breaks a rule on deprecated interface fields, so it is not itself validated.
    return build_client_schema(introspection.get("data", introspection), assume_valid=True)


def document_of(operation: str):
    return separate_operations(parse(documents()[operation]))[operation]


def test_the_schema_at_hand_is_the_version_the_connector_asks_for():
    default = ShopifySettings.model_fields["api_version"].default
    assert shared_path(f"contracts/shopify/admin_{default}.json.gz").exists()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_shopify_would_understand_the_document(operation):
    faults = [error.message for error in validate(admin_schema(), document_of(operation))]
    hold_against("admin_2026-10", "shopify", operation, faults)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_document_asks_for_no_field_that_is_going_away(operation):
    deprecated = []

    class Fields(Visitor):
        def enter_field(self, node, *_):
            field = info.get_field_def()
            if field and field.deprecation_reason:
                deprecated.append(node.name.value)

    info = TypeInfo(admin_schema())
    visit(document_of(operation), TypeInfoVisitor(info, Fields()))
    assert deprecated == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_mutation_that_needs_an_idempotency_key_carries_one(operation):
    mutations = admin_schema().mutation_type.fields
    for field in root_fields(operation):
        needs_key = REQUIRED in (getattr(mutations.get(field.name.value), "description", "") or "").lower()
        assert needs_key == bool(idempotent(field)), print_ast(field)


def test_at_least_one_mutation_of_ours_needs_a_key():
    assert [field.name.value for name in OPERATIONS for field in root_fields(name) if idempotent(field)]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_document_costs_no_more_than_one_query_may(operation):
    document = document_of(operation)
    fragments = {each.name.value: each for each in document.definitions if each.kind == "fragment_definition"}
    schema = admin_schema()
    root = next(each for each in document.definitions if isinstance(each, OperationDefinitionNode))
    parent = schema.mutation_type if root.operation.value == "mutation" else schema.query_type
    points = cost(schema, parent, root.selection_set, fragments) * AT_ONCE.get(operation, 1)
    assert points <= MOST_POINTS_A_QUERY


def root_fields(operation: str) -> list[FieldNode]:
    roots = [each for each in document_of(operation).definitions if isinstance(each, OperationDefinitionNode)]
    return [field for root in roots for field in root.selection_set.selections]


def idempotent(field: FieldNode) -> list[DirectiveNode]:
    return [directive for directive in field.directives or () if directive.name.value == "idempotent"]


def cost(schema, parent, selections, fragments) -> int:
    """Shopify's published reckoning: an object is one point, a connection two and its page, a mutation ten."""
    points = 0
    for node in selections.selections:
        if node.kind == "fragment_spread":
            points += cost(schema, parent, fragments[node.name.value].selection_set, fragments)
        elif node.kind == "inline_fragment":
            points += cost(schema, schema.type_map[node.type_condition.name.value], node.selection_set, fragments)
        elif node.name.value not in {"nodes", "pageInfo"}:
            points += field_cost(schema, parent, node, fragments)
        elif node.name.value == "nodes":
            nodes = get_named_type(parent.fields["nodes"].type)
            points += 1 + cost(schema, nodes, node.selection_set, fragments)
    return points


def field_cost(schema, parent, node, fragments) -> int:
    kind = get_named_type(parent.fields[node.name.value].type)
    if not is_composite_type(kind):
        return 0
    inside = cost(schema, kind, node.selection_set, fragments)
    firsts = (each.value for each in node.arguments or () if each.name.value == "first")
    first = [int(value.value) for value in firsts if isinstance(value, IntValueNode)]
    if kind.name.endswith("Connection"):
        return 2 + first[0] * inside
    own = 10 if parent is schema.mutation_type else 1
    return (first[0] if first else 1) * (own + inside)
