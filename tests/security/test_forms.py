"""Answers to whoever asks: HEAD, headers on every one, forms of other sites, and browsers without cookies."""

import pytest

from app.ui.http.auth import FORMS
from tests.bench.page import csrf_in
from tests.e2e.server import Server
from tests.security.intruder import client

HEADS = [
    "/",
    "/healthz",
    "/readyz",
    "/receipt-key",
    "/theme.css",
    "/browser.js",
    "/nothing",
    "/room/x/receipt.json",
    "/favicon.ico",
]
ON_ALL = ["content-security-policy", "referrer-policy", "x-content-type-options", "x-frame-options",
          "cross-origin-opener-policy", "cache-control"]  # fmt: skip


@pytest.mark.parametrize("path", HEADS)
async def test_head_answers_as_get_and_every_answer_has_its_headers(server: Server, path: str) -> None:
    async with client(server.address) as http:
        got, head = await http.get(path), await http.head(path)
    assert (head.status_code, head.content) == (got.status_code, b"")
    changing = {"date", "set-cookie", "content-length", "content-security-policy", "content-encoding"}
    assert {name: value for name, value in head.headers.items() if name not in changing} == {
        name: value for name, value in got.headers.items() if name not in changing
    }
    assert all(name in got.headers for name in ON_ALL)


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
     {"Sec-Fetch-Site": "same-site"}],
)  # fmt: skip
async def test_a_form_of_another_site_is_refused_whatever_it_holds(server: Server, headers: dict[str, str]) -> None:
    async with client(server.address) as http:
        page = await http.get("/")
        csrf = csrf_in(page.text)
        answer = await http.post("/login", data={"name": "Sam", "password": "x" * 9, "csrf": csrf}, headers=headers)
        assert answer.status_code == 403
        secure = server.address.replace("http:", "https:")
        assert (await http.post("/login", data={"csrf": csrf}, headers={"Origin": secure})).status_code == 403


async def test_a_prefix_that_anybody_sends_is_reflected_nowhere(server: Server) -> None:
    async with client(server.address) as http:
        answer = await http.get("/", headers={"X-Forwarded-Prefix": "/evil"})
    assert "/evil" not in answer.text


@pytest.mark.parametrize("form", sorted(FORMS - {"/logout", "/logout-everywhere"}))
async def test_without_cookies_the_page_of_every_form_says_so(server: Server, form: str) -> None:
    async with client(server.address) as http:
        answer = await http.post(form, data={"name": "Sam", "password": "x" * 9}, headers={"Origin": server.address})
        assert answer.status_code == 303
        page = await http.get(answer.headers["location"], headers={"Cookie": ""})
    assert "Your browser has sent no cookies" in page.text
