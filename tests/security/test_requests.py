"""HTTP: forged forms, headers, redirects, methods, sizes, paths, and what a page loads."""

import asyncio
import re
from urllib.parse import urlsplit

import nicegui
import pytest

from app.ui.http.cookies import CSRF_COOKIE, SESSION_COOKIE
from app.ui.http.headers import on_every_answer
from tests.bench.browser import Browser
from tests.bench.page import csrf_in
from tests.e2e.server import Server
from tests.security.conftest import Scene
from tests.security.intruder import client
from tests.security.test_sessions import PASSWORD, cookies_of, sign_up
from tests.security.truth import Truth

FORMS = ("/login", "/signup", "/logout", "/logout-everywhere", "/demo", "/forgot-password")
_NONCE = re.compile("'nonce-([^']+)'")
_SESSIONS = "SELECT count(*) FROM sessions"


async def raw(site: str, *lines: str, body: bytes = b"") -> bytes:
    """What the server answers to a request that no client library would send."""
    reader, writer = await asyncio.open_connection(urlsplit(site).hostname, urlsplit(site).port)
    try:
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        return await asyncio.wait_for(reader.read(-1), 10)
    except ConnectionError:
        return b""
    finally:
        writer.close()


async def a_form(site: str, path: str = "/", cookies: dict[str, str] | None = None) -> tuple[str, str]:
    """The token and the seed of the forms of a browser: what an attacker gets for themself."""
    async with client(site) as http:
        page = await http.get(path, headers=cookies_of(cookies or {}))
        return csrf_in(page.text), page.cookies[CSRF_COOKIE]


@pytest.mark.parametrize("path", FORMS)
async def test_a_form_that_another_site_posts_does_nothing(scene: Scene, truth: Truth, site: str, path: str) -> None:
    buyer = scene.deal.buyer.cookies
    token, seed = await a_form(site)
    own, own_seed = await a_form(site, "/account", buyer)
    signed = {**buyer, CSRF_COOKIE: own_seed}
    signed_out, _ = await a_form(site)
    forged: list[tuple[dict[str, str], dict[str, str]]] = [
        (signed, {}),
        (signed, {"csrf": ""}),
        (signed, {"csrf": token}),
        (signed, {"csrf": signed_out}),
        ({**buyer, CSRF_COOKIE: seed}, {"csrf": token}),
        (signed, {"csrf": own_seed}),
        (signed, {"csrf": own + "x"}),
        (signed, {"csrf": "é"}),
        (buyer, {"csrf": token}),
        ({**buyer, CSRF_COOKIE: ""}, {"csrf": token}),
        ({**buyer, CSRF_COOKIE: seed[:-1]}, {"csrf": token}),
    ]
    name = f"Forged {id(scene)}"
    if path == "/login":
        await sign_up(site, name)
    form = {"name": name, "password": PASSWORD, "person": "seller", "back": "/trades"}
    before = await truth.count(_SESSIONS)
    async with client(site) as http, truth.unchanged(scene.seller, scene.buyer):
        for cookies, fields in forged:
            http.cookies.clear()
            answer = await http.post(path, data={**form, **fields}, headers=cookies_of(cookies))
            assert answer.status_code == 303
            assert not any(line.startswith(SESSION_COOKIE) for line in answer.headers.get_list("set-cookie"))
    assert await truth.count(_SESSIONS) == before
    assert (await Browser(site, buyer).get("/trades")).status == 200
    # The same post with the browser's own token does something, so it was the token that was missing.
    if path in {"/logout", "/logout-everywhere"}:
        async with client(site) as http:
            await http.post(path, data={"csrf": own}, headers=cookies_of(signed))
        assert await truth.count(_SESSIONS) == before - 1


async def test_every_page_tells_the_browser_to_be_careful(scene: Scene, server: Server, public_server: Server) -> None:
    nonces: list[str] = []
    for each, https in ((server, False), (public_server, True)):
        pages: tuple[tuple[str, dict[str, str]], ...] = (
            ("/", {}),
            ("/nothing", {}),
            ("/trades", scene.eve.cookies),
            (scene.deal.path, scene.deal.buyer.cookies),
            (scene.deal.path, scene.eve.cookies),
        )
        for path, cookies in pages:
            async with client(each.address) as http:
                answer = await http.get(path, headers=cookies_of(cookies, secure=https))
            headers = answer.headers
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["referrer-policy"] == "same-origin"
            assert headers["cache-control"] == "no-store"
            assert headers["x-frame-options"] == "DENY"
            assert ("strict-transport-security" in headers) == https
            assert "server" not in headers
            policy = {part.split()[0]: part.split()[1:] for part in headers["content-security-policy"].split(";")}
            for name in ("frame-ancestors", "object-src", "base-uri"):
                assert policy[name] == ["'none'"]
            assert policy["form-action"] == policy["default-src"] == ["'self'"]
            assert "'unsafe-inline'" not in policy["script-src"]
            (nonce,) = _NONCE.findall(headers["content-security-policy"])
            scripts = re.findall("<script[^>]*>", answer.text)
            assert scripts
            assert all(f'nonce="{nonce}"' in script for script in scripts)
            nonces.append(nonce)
    assert len(set(nonces)) == len(nonces)


async def test_a_page_loads_nothing_from_another_host(scene: Scene, site: str) -> None:
    for path, cookies in (("/", {}), ("/trades", scene.eve.cookies), (scene.deal.path, scene.deal.seller.cookies)):
        html = (await Browser(site, cookies).get(path)).html
        assert ("/_nicegui/" in html) == bool(cookies), "who is signed out is served without a script of NiceGUI's"
        loaded = re.findall(r"""(?:src|href|action|from|import)\s*[=(]?\s*["']([^"']+)["']""", html)
        loaded += re.findall(r"""url\(["']?([^"')]+)""", html) + re.findall(r'"(https?:[^"\\]+|//[^"\\]+)"', html)
        assert len(loaded) > 5
        assert [link for link in loaded if urlsplit(link).netloc not in {"", urlsplit(site).netloc}] == []


AWAY = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "http://evil.example/trades",
    "https:evil.example",
    "javascript:alert(1)",
    "/trades\r\nX-Evil: 1",
    "/trades\t//evil.example",
    "/trades/\\evil.example",
    "/room//evil.example\x00",
    "/trades@evil.example",
    "evil.example/trades",
    "/\u2028/evil.example",
    "/login",
    "",
]


async def test_nobody_is_sent_to_another_site_after_signing_in(site: str) -> None:
    token, seed = await a_form(site)
    async with client(site) as http:
        for away in AWAY:
            page = await http.get("/", params={"next": away})
            backs = set(re.findall('name="back" value="([^"]*)"', page.text))
            assert backs
            form = {"person": "buyer", "csrf": token, "back": away}
            answer = await http.post("/demo", data=form, headers=cookies_of({CSRF_COOKIE: seed}))
            http.cookies.clear()
            for back in (*backs, answer.headers["location"]):
                assert back == "/trades"
            assert "x-evil" not in answer.headers
        form["back"] = "/room/" + "0" * 26
        answer = await http.post("/demo", data=form, headers=cookies_of({CSRF_COOKIE: seed}))
        assert answer.headers["location"] == form["back"]


async def test_the_way_back_through_the_sign_in_page_stays_on_this_site(site: str) -> None:
    for path in ("/room//evil.example", "/trades/%2f%2fevil.example", "/room/\\evil.example", "/room/%0d%0aX-Evil:1"):
        answer = await raw(site, f"GET {path} HTTP/1.0", f"Host: {urlsplit(site).netloc}")
        head = answer.partition(b"\r\n\r\n")[0].decode().lower()
        assert "\r\nx-evil" not in head
        assert head.startswith("http/1.1 303")
        assert "\r\nlocation: /?next=/" in head


@pytest.mark.parametrize(
    "method", ["HEAD", "PUT", "OPTIONS", "DELETE", "PATCH", "TRACE", "CONNECT", "POST", "NONSENSE"]
)
async def test_a_method_that_nobody_expects_changes_nothing(scene: Scene, truth: Truth, site: str, method: str) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in scene.deal.buyer.cookies.items())
    async with truth.unchanged(scene.seller, scene.buyer):
        for path in ("/", "/trades", scene.deal.path, f"{scene.deal.path}/receipt.json", "/logout", "/healthz", "/x"):
            head = (f"{method} {path} HTTP/1.1", f"Host: {urlsplit(site).netloc}", "Connection: close")
            answer = await raw(site, *head, f"Cookie: {cookie}", "Content-Length: 0")
            status = int(answer.split(b" ", 2)[1])
            assert status in {200, 303, 400, 404, 405, 415}, (path, status)
            if method not in {"HEAD", "POST", "OPTIONS"} and path != "/x":
                assert status in {400, 404, 405}, (path, status)
            assert b"Access-Control-Allow" not in answer
    assert (await Browser(site, scene.deal.buyer.cookies).get("/trades")).status == 200


async def test_what_is_too_large_or_malformed_is_refused_and_the_server_goes_on(site: str) -> None:
    host = f"Host: {urlsplit(site).netloc}"
    large = [f"X-Header-{number}: {'x' * 4000}" for number in range(40)]
    for lines, body in (
        (("GET / HTTP/1.1", host, "Connection: close", *large), b""),
        (("GET / HTTP/1.1", host, "Connection: close", f"Cookie: {SESSION_COOKIE}={'x' * 60_000}"), b""),
        ((f"GET /{'x' * 100_000} HTTP/1.1", host, "Connection: close"), b""),
        (("GET / HTTP/1.1", "Connection: close"), b""),
        (("GET / HTTP/1.1", host, "Host: evil.example", "Connection: close"), b""),
        (("GARBAGE", host), b""),
        (("POST /login HTTP/1.1", host, "Connection: close", "Content-Length: -1"), b""),
        (("POST /login HTTP/1.1", host, "Connection: close", "Content-Length: 5", "Transfer-Encoding: chunked"), b"x"),
    ):
        answer = await raw(site, *lines, body=body)
        assert not answer or int(answer.split(b" ", 2)[1]) in {200, 303, 400, 404, 414, 415, 421, 431, 422}, answer[
            :200
        ]
        assert b"Traceback" not in answer
        head = answer.partition(b"\r\n\r\n")[0].decode().lower()
        assert not head or all(f"\r\n{name.lower()}: " in head for name in on_every_answer(https=False)), head
    form = "application/x-www-form-urlencoded"
    async with client(site, timeout=20) as http:
        for kind, content in (
            (form, b"name=" + b"x" * 5_000_000),
            (form, b"&".join(b"a%d=1" % number for number in range(5000))),
            (form, b"name=%ff%fe&password=%00&csrf=%ed%a0%80"),
            (form, b"name=a&name=b&csrf[]=1&csrf=2"),
            ("application/json", b'{"name": "x"}'),
            ("multipart/form-data; boundary=x", b"--x\r\nnothing"),
            ("multipart/form-data", b"--x\r\n"),
        ):
            for path in FORMS:
                posted = await http.post(path, content=content, headers={"Content-Type": kind})
                assert posted.status_code in {303, 400, 413, 415}, (path, kind, posted.status_code)
                assert SESSION_COOKIE not in posted.headers.get("set-cookie", "")
    assert (await Browser(site).get("/healthz")).status == 200


_SERVED = f"/_nicegui/{nicegui.__version__}"


@pytest.mark.parametrize("start", [f"{_SERVED}/static/", f"{_SERVED}/components/", f"{_SERVED}/libraries/", "/", "/x/"])
async def test_no_path_leads_out_of_the_files_that_are_served(site: str, start: str) -> None:
    for up in (
        "../" * 12,
        "..%2f" * 12,
        "%2e%2e/" * 12,
        "..\\" * 12,
        "....//" * 12,
        "..%5c" * 12,
        "%252e%252e%252f" * 12,
    ):
        for target in ("etc/passwd", "app/settings.py", "%2fetc%2fpasswd"):
            answer = await raw(site, f"GET {start}{up}{target} HTTP/1.0", f"Host: {urlsplit(site).netloc}")
            assert b"root:" not in answer
            assert b"TRADEROOM" not in answer
            assert int(answer.split(b" ", 2)[1]) in {303, 400, 404}, (up, target)


async def test_browsers_may_keep_the_files_of_a_version_and_no_page(site: str) -> None:
    async with client(site) as http:
        for name, kept in (
            (f"{_SERVED}/static/nicegui.js", True),
            ("/theme.css", True),
            ("/browser.js", True),
            ("/", False),
            ("/x", False),
        ):
            how = (await http.get(name)).headers["cache-control"]
            assert ("max-age=31536000" in how, "no-store" in how) == (kept, not kept), (name, how)


async def test_a_host_name_that_is_not_ours_gets_no_page(site: str, public_server: Server) -> None:
    ours = {site: "localhost", public_server.address: "trade.example.com"}
    for address, own in ours.items():
        async with client(address) as http:
            for host in (
                "evil.example",
                f"{own}.evil.example",
                f"evil.example:{urlsplit(address).port}",
                f"{own}@evil.example",
            ):
                for path in ("/", "/trades", "/theme.css"):
                    forwarded = {"X-Forwarded-Host": own, "Forwarded": f"host={own}"}
                    answer = await http.get(path, headers={"Host": host, **forwarded})
                    assert answer.status_code == 421
            claimed = {"Host": own, "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": ""}
            answer = await http.get("/", headers=claimed)
            assert answer.status_code == 200
            assert "evil.example" not in answer.text


async def test_what_a_proxy_says_of_the_host_or_the_prefix_never_gets_into_a_page(site: str) -> None:
    async with client(site) as http:
        for header in ("X-Forwarded-Host", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Server"):
            answer = await http.get("/", headers={header: "evil.example"})
            assert answer.status_code == 200
            assert "evil.example" not in answer.text


@pytest.mark.parametrize("path", ["/_nicegui/x", "/_nicegui/auto/static/x", "/_nicegui/client/x"])
async def test_an_unknown_file_is_not_found(site: str, path: str) -> None:
    answer = await raw(site, f"GET {path} HTTP/1.0", f"Host: {urlsplit(site).netloc}")
    assert int(answer.split(b" ", 2)[1]) == 404
