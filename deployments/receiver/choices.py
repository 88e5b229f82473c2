"""GET and POST /choices/{token}: a customer says whether they wait; the answer is kept, and a flow carries it out.

The link only shows a button: programs that look at the links in mails before people do give no answer by that.
"""

import asyncio
import hashlib
from html import escape

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from connectors.choice_links import Choice, choice_of
from connectors.database import orders, rulings
from connectors.database.session import Database
from connectors.vault import Vault
from deployments.receiver.body import refuse
from deployments.receiver.receipts import UNAVAILABLE

CUSTOMER = "customer"
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
_STYLE = "body{font:16px/1.5 system-ui;max-width:32rem;margin:4rem auto}button{font:inherit;padding:.5rem 1rem}"
_ASKED = {
    "wait": "Keep the items that are not in stock yet, and send them as soon as they are here.",
    "cancel": "Cancel the items that are not in stock yet. What is in stock is sent all the same.",
}
_BUTTONS = {"wait": "I will wait", "cancel": "Cancel these items"}


def choices(database: Database, vault: Vault) -> APIRouter:
    """The pages behind the links in backorder notices."""
    router = APIRouter()

    @router.get("/choices/{token}", response_class=HTMLResponse)
    async def ask(token: str) -> HTMLResponse:
        choice = _choice(vault, token)
        number = await _in_books(database, vault, choice)
        form = f"<form method=post><button>{_BUTTONS[choice.answer]}</button></form>"
        return _page(f"Order {escape(number)}", f"<p>{_ASKED[choice.answer]}</p>{form}")

    @router.post("/choices/{token}", response_class=HTMLResponse)
    async def answer(token: str) -> HTMLResponse:
        choice = _choice(vault, token)
        number = await _in_books(database, vault, choice)
        await _keep(database, choice)
        return _page(f"Order {escape(number)}", "<p>Thank you. Your answer has been noted.</p>")

    return router


def _choice(vault: Vault, token: str) -> Choice:
    choice = choice_of(vault, token)
    if choice is None:
        raise refuse(404, "this link is not one of ours")
    return choice


async def _in_books(database: Database, vault: Vault, choice: Choice) -> str:
    def number() -> str:
        with database.read() as conn:
            found = orders.load_orders(conn, vault, [choice.order_id])
        return found[0].order.number if found else ""

    try:
        found = await asyncio.to_thread(number)
    except UNAVAILABLE:
        raise refuse(503, "please try again in a minute") from None
    if not found:
        raise refuse(404, "this link is not one of ours")
    return found


async def _keep(database: Database, choice: Choice) -> None:
    def write() -> None:
        key = hashlib.sha256(f"{choice.order_id}/{choice.answer}".encode()).hexdigest()
        with database.write() as conn:
            rulings.keep_press(
                conn,
                source=CUSTOMER,
                dedup_key=key,
                presser=CUSTOMER,
                answer=choice.answer,
                hold_id=choice.order_id,
            )

    try:
        await asyncio.to_thread(write)
    except UNAVAILABLE:
        raise refuse(503, "please try again in a minute") from None


def _page(title: str, body: str) -> HTMLResponse:
    head = f"<meta charset=utf-8><title>{title}</title><style>{_STYLE}</style>"
    page = f"<!doctype html><html lang=en><head>{head}</head><body><h1>{title}</h1>{body}</body></html>"
    return HTMLResponse(page, headers=_HEADERS)
