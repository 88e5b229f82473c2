"""The carrier accounts of a ShipStation shop are asked for once, however many parcels are rated at the same time."""

import asyncio

import httpx
import pytest
from carrier_exchanges import REQUEST
from channel_exchanges import Exchanges

from connectors.carriers.shipstation import Settings, ShipStationCarrier
from connectors.errors import Refused
from connectors.transport.http import HttpClient

ADDRESS = "http://sandbox/shipstation/v2"


def asked_while(conversation, *, first_answers=()):
    """The last part of every address the carrier asked during the conversation; the first answers may be made up."""
    stand_in, made_up, asked = Exchanges("shipstation"), list(first_answers), []

    async def answer(request):
        asked.append(request.url.path.rpartition("/")[2])
        return made_up.pop(0) if made_up else await stand_in.handle_async_request(request)

    async def run():
        headers = {"api-key": "TEST_sandbox"}
        http = HttpClient("shipstation", ADDRESS, headers=headers, transport=httpx.MockTransport(answer))
        carrier = ShipStationCarrier(Settings(SHIPSTATION_API_KEY="TEST_sandbox", SHIPSTATION_BASE_URL=ADDRESS), http)
        await conversation(carrier)
        await carrier.aclose()

    asyncio.run(run())
    return asked


def test_parcels_that_are_rated_at_once_share_one_question_for_the_accounts():
    async def conversation(carrier):
        assert all(await asyncio.gather(*(carrier.rate(REQUEST) for _ in range(20))))
        assert await carrier.rate(REQUEST)

    asked = asked_while(conversation)
    assert (asked.count("carriers"), asked.count("rates")) == (1, 21)


def test_an_answer_that_was_none_is_not_kept():
    async def conversation(carrier):
        with pytest.raises(Refused):
            await carrier.rate(REQUEST)
        assert await carrier.rate(REQUEST)

    assert asked_while(conversation, first_answers=[httpx.Response(403)]) == ["carriers", "carriers", "rates"]
