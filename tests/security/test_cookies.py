"""All cookies that a browser holds after a visit, whatever set them: their names, flags and readers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, expect

from app.ui.http.cookies import ZONE_COOKIE, cookie_name
from tests.bench.town import SECRET
from tests.e2e.conftest import browser
from tests.e2e.server import running
from tests.mail.server import tls_context
from tests.ports import free_port

__all__ = ["browser"]


@asynccontextmanager
async def tls_line(port: int, to: int) -> AsyncIterator[None]:
    """What is said in TLS to this port is said in plain words to another one of this machine."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while part := await reader.read(65_536):
                writer.write(part)
                await writer.drain()
        writer.close()

    async def meet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", to)
        await asyncio.gather(carry(reader, back), carry(there, writer))

    line = await asyncio.start_server(meet, "127.0.0.1", port, ssl=tls_context())
    yield
    line.close()


@asynccontextmanager
async def site(url: str, *, secure: bool) -> AsyncIterator[str]:
    """The address of a server, in TLS or not."""
    port = free_port()
    public = {"PUBLIC_URL": f"https://localhost:{port}"} if secure else {}
    with running(SECRET=SECRET, DATABASE_URL=url, DEMO=None, WORKER="false", **public) as server:
        if not secure:
            yield server.address
            return
        async with tls_line(port, urlsplit(server.address).port or 0):
            yield public["PUBLIC_URL"]


@pytest.mark.parametrize("secure", [False, True])
async def test_each_is_kept_from_other_sites_hosts_and_plain_http(url: str, browser: Browser, *, secure: bool) -> None:
    async with site(url, secure=secure) as address:
        context = await browser.new_context(ignore_https_errors=True, timezone_id="Asia/Tokyo")
        page = await context.new_page()
        await page.goto(address)
        await page.get_by_label("Name").fill(f"Careful {secure}")
        await page.get_by_label("Password", exact=True).fill("a long password")
        await page.get_by_role("button", name="Create account").click()
        await expect(page.get_by_role("heading", name="My trades")).to_be_visible()
        cookies = await context.cookies()
        read_by_scripts = await page.evaluate("document.cookie")
        await context.close()
    assert len(cookies) >= 4
    for cookie in cookies:
        name = cookie["name"]
        assert (name, cookie["secure"], name.startswith("__Host-")) == (name, secure, secure)
        assert (name, cookie["path"], cookie["sameSite"], cookie["domain"]) == (name, "/", "Lax", "localhost")
    assert read_by_scripts == f"{cookie_name(ZONE_COOKIE, secure=secure)}=Asia/Tokyo", "nothing else is for scripts"
