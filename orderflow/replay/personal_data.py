"""An order without its people, that is decided as the order was.

Names, streets, mail addresses, telephone numbers and notes are masked. What a decision may see of them stays: whether
there is one at all, whether the address is a post office box, and those words of the note and of the mail domain that
the rules look for. The mask is a character no rule looks for, so no rule finds what was not there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from orderflow.address import Address
from orderflow.order import Customer, Order
from orderflow.rules.conditions.destination import names_a_box
from orderflow.rules.expression import Test, tests_of
from orderflow.rules.rule_set import RuleSet

MASK = "•"
POST_OFFICE_BOX = "PO Box"
_OF_A_CUSTOMER = ("name", "email", "phone")
_OF_AN_ADDRESS = ("name", "company", "line1", "line2", "phone")
Asked = Mapping[str, Sequence[Test]]
"""The comparisons of a rule set, by the code of the condition they ask."""


def without_people(order: Order, asked: Asked) -> Order:
    """The order with every personal datum masked; these rules say of it what they say of the order itself."""
    return order.model_copy(
        update={
            "note": masked(order.note, words_of(asked.get("note", ()))),
            "customer": _nobody(order.customer, asked),
            "destination": _nowhere(order.destination),
        }
    )


def with_people(order: Order, known: Order) -> Order:
    """The order with the personal data of `known` in place of masks, so that rules can look for other words in it.

    What was missing stays missing, and what has been forgotten since stays masked.
    """
    customer, destination = order.customer, order.destination
    return order.model_copy(
        update={
            "note": order.note and (known.note or order.note),
            "customer": customer.model_copy(update=_unmasked(customer, known.customer, _OF_A_CUSTOMER)),
            "destination": destination.model_copy(update=_unmasked(destination, known.destination, _OF_AN_ADDRESS)),
        }
    )


def _unmasked(hidden: Customer | Address, known: Customer | Address, names: tuple[str, ...]) -> dict[str, str]:
    pairs = {name: (getattr(hidden, name), getattr(known, name)) for name in names}
    return {name: old and (new or old) for name, (old, new) in pairs.items()}


def masked(text: str, kept: Iterable[str]) -> str:
    """The text in small letters, with everything masked but the kept words where they occur."""
    if not text:
        return text
    words = [word for word in kept if word]
    mask = next(sign for sign in _masks() if not any(sign in word for word in words))
    folded = text.casefold()
    visible = {place for word in words for start in _found(folded, word) for place in range(start, start + len(word))}
    return "".join(sign if place in visible else mask for place, sign in enumerate(folded))


def _masks() -> Iterator[str]:
    """The usual mask, then signs nobody writes (Unicode's private use area)."""
    yield MASK
    yield from map(chr, range(0xE000, 0xF900))


def _found(text: str, word: str) -> Iterator[int]:
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + 1)


def what_rules_ask(rules: RuleSet) -> Asked:
    """The comparisons of these rules, by the condition they ask."""
    asked: dict[str, list[Test]] = {}
    for _, expression in rules.in_order:
        for test in tests_of(expression):
            asked.setdefault(test.reference.condition.code, []).append(test)
    return asked


def words_of(tests: Iterable[Test]) -> list[str]:
    """The words, in small letters, these tests compare with."""
    operands = (test.operand for test in tests)
    words = (word for operand in operands for word in ((operand,) if isinstance(operand, str) else _members(operand)))
    return sorted({word for word in words if isinstance(word, str)})


def _members(operand: object) -> Iterable[object]:
    return operand if isinstance(operand, tuple | list | frozenset | set) else ()


def _nobody(customer: Customer, asked: Asked) -> Customer:
    _, at, domain = customer.email.rpartition("@")
    hidden = masked(domain, words_of(asked.get("customer_email_domain", ())))
    return customer.model_copy(
        update={
            "name": _hidden(customer.name),
            "email": f"{MASK}@{hidden}" if at else hidden,
            "phone": _hidden(customer.phone),
        }
    )


def _nowhere(address: Address) -> Address:
    changes = {name: _hidden(getattr(address, name)) for name in ("name", "company", "phone")}
    lines = {name: _hidden_line(getattr(address, name)) for name in ("line1", "line2")}
    return address.model_copy(update=changes | lines)


def _hidden_line(line: str) -> str:
    return POST_OFFICE_BOX if names_a_box(line) else _hidden(line)


def _hidden(text: str) -> str:
    """One mask for any text; blank text stays as it is, because an address without a street is held."""
    return MASK if text.strip() else text
