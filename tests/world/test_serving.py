"""What Prefect's clients ask a server for is noted, and nothing of it is held back."""

from __future__ import annotations

import asyncio

import httpx
from prefect.client.base import PrefectHttpxAsyncClient, PrefectHttpxSyncClient

from dojo.world.serving import bodies_noted, requests_noted

URL = "http://server.example/api/deployments/"


def answer(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, text=request.method)


def test_request_of_either_client_is_noted_and_answered() -> None:
    transport = httpx.MockTransport(answer)

    async def post() -> str:
        async with PrefectHttpxAsyncClient(transport=transport) as client:
            return (await client.post(URL)).text

    with requests_noted() as asked, PrefectHttpxSyncClient(transport=transport) as client:
        assert client.get(URL).text == "GET"
        assert asyncio.run(post()) == "POST"
    assert asked == ["GET /api/deployments/", "POST /api/deployments/"]


def test_request_after_the_block_is_not_noted() -> None:
    with requests_noted() as asked:
        pass
    with PrefectHttpxSyncClient(transport=httpx.MockTransport(answer)) as client:
        client.get(URL)
    assert asked == []


def test_logs_of_an_earlier_run_are_sent_and_not_noted() -> None:
    transport = httpx.MockTransport(answer)
    with requests_noted() as asked, PrefectHttpxSyncClient(transport=transport) as client:
        assert client.post("http://server.example/api/logs/").text == "POST"
    assert asked == []


def test_body_is_noted_without_ids() -> None:
    transport = httpx.MockTransport(answer)
    sent = {"id": "0b7c6c2e-7d29-4e0f-9a55-0a1f2e3d4c5b", "value": "secret"}
    with bodies_noted() as told, PrefectHttpxSyncClient(transport=transport) as client:
        client.get(URL)
        assert client.post(URL, json=sent).text == "POST"
        client.post("http://server.example/api/logs/", json=sent)
    assert [one.replace(" ", "") for one in told] == [
        'POST/api/deployments/{"id":"...","value":"secret"}'
    ]
