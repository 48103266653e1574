"""Addresses with a line break, or without a slash: a route's pattern takes them otherwise than they are compared."""

from urllib.parse import urlsplit

import pytest

from tests.security.intruder import client
from tests.security.test_requests import raw

ODD = ("*", "*x", "/x%0ay", "/%0a", "/trades%0a", "/account%0a", "/activity%0a", "/healthz%0a", "/login%0a", "/a%0a/b")
MULTIPART = "multipart/form-data; boundary=x"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "POST", "DELETE"])
async def test_an_odd_address_is_no_page_and_no_form(site: str, method: str) -> None:
    for path in ODD:
        head = (f"{method} {path} HTTP/1.1", f"Host: {urlsplit(site).netloc}", "Connection: close")
        answer = await raw(site, *head, "Content-Length: 0")
        # A page of NiceGUI's would stay in memory for a minute, uncounted, whatever the method.
        assert b"x-nicegui-content" not in answer.lower(), (path, answer[:300])
        assert int(answer.split(b" ", 2)[1]) in ({303, 404} if method in {"GET", "HEAD"} else {405}), path


async def test_a_form_takes_urlencoded_fields_only_also_where_a_line_break_ends_its_address(site: str) -> None:
    async with client(site) as http:
        for path in ("/login", "/login%0a", "/signup%0d%0a", "/demo%0A", "/forgot-password%0a"):
            content = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nSam\r\n--x--\r\n'
            answer = await http.post(path, content=content, headers={"Content-Type": MULTIPART})
            assert answer.status_code == (415 if path == "/login" else 405)
