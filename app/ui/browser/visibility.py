"""Whether somebody looks at a page, and what stood on it then.

Script, as in all of this package: each is a named function with its reason.
"""


def on_every_page() -> str:
    """What every page tells as soon as it has a socket: that its tab is hidden or shown, and that nobody is there."""
    return f"""
        document.addEventListener('visibilitychange', () => {{
            if (window.socket) {{ {tell_last_seen()}; {tell_visibility()}; }}
        }});
        ({tell_idleness()})();
    """


def tell_visibility() -> str:
    """Whether the page is on a screen: a page asks when it is connected, because it may be loaded in a hidden tab."""
    return "emitEvent('visibility', !document.hidden)"


def tell_last_seen() -> str:
    """A page that is hidden says what stood on it until now, by the number of its last row: what is on its way was not
    seen. Rows of a conversation alone have numbers."""
    return """for (const row of [...document.querySelectorAll('[data-seq]')].slice(-1))
                document.hidden && emitEvent('seen', [+row.dataset.seq, 0])"""


def tell_seen(seq: int, version: int) -> str:
    """That what has happened until now, and the offer that stands, have come and are on a screen: the server knows what
    it has sent, not what has arrived. A hidden page says nothing."""
    return f"document.hidden || emitEvent('seen', [{seq}, {version}])"


def tell_idleness() -> str:
    """Two minutes without a hand on mouse, screen or keys, and the first sign of one after that: to the server, and to
    the page itself as the event `idle`. Who has a page read out may press no key; `click` and `input` are theirs."""
    return """() => {
        let last = performance.now(), idle = false;
        const tell = (now) => {
            if (now === idle || !window.socket) return;
            emitEvent('idle', idle = now);
            document.dispatchEvent(new CustomEvent('idle', {detail: idle}));
        };
        const sign = () => { last = performance.now(); tell(false); };
        for (const each of
            ['pointermove', 'pointerdown', 'wheel', 'keydown', 'click', 'input', 'visibilitychange'])
            document.addEventListener(each, sign, {capture: true, passive: true});
        setInterval(() => tell(performance.now() - last >= 120000), 5000);
    }"""
