"""What the browser does while the server is not heard: clocks run on, what acts is paused, and another way is tried.

Script, as in all of this package: each is a named function with its reason.
"""

import json

from app.domain.countdown import SOON, URGENT


def on_every_page() -> str:
    """What screen readers are to say stands in a live region for a moment: they say it once, and do not find it later.
    The socket is opened by the function of ours, and watched."""
    return f"""
        const make = (tag, marks) => Object.assign(document.createElement(tag), marks);
        const region = (live) => make('div', {{ariaLive: live}});
        const regions = {{polite: region('polite'), assertive: region('assertive')}};
        const announcements = make('div', {{className: 'announcements for-readers'}});
        announcements.append(...Object.values(regions));
        document.body.append(announcements);
        window.announce = (words, live) => {{
            const sentence = make('p', {{textContent: words}});
            regions[live].append(sentence);
            setTimeout(() => sentence.remove(), 5000);
        }};
        ({open_socket()})(({watch_connection()})({run_clock()}));
    """


def watch_connection() -> str:
    """Whether the page is connected, looked at five times a second. What is not is said; clocks run on and are marked;
    buttons are paused, and say so when they are pressed: but for those of real forms, of messages, which wait, and
    those that only the browser hears. That what was typed is kept is said where it is: a search or an address for mails
    goes with its page. After 15 s both ways to the server were tried: a page still connects no more.
    Where no socket has come through `open_socket` there is nothing to look at: NiceGUI's own words stay then.

    A sign is any packet. Where a clock runs one is due each second, and it still is where that clock has ended since;
    elsewhere Socket.IO's own ping tells, and a moment is left to come back unseen. A computer whose two clocks move
    apart has slept.
    """
    return """(runClock) => {
        let socket, live, undone, seen = 0, ahead = Date.now() - performance.now();
        const now = () => performance.now(), all = (selector) => [...document.querySelectorAll(selector)];
        const keeps = () => document.querySelector('[data-kept]');
        const acts = 'button:not(form[method] *, .composer *, .strip, .menu-button, .newest, .copy-text)';
        const look = () => {
            if (!socket) return;
            const moved = Date.now() - now() - ahead;
            ahead += moved;
            if (Math.abs(moved) > 2000) seen = Math.min(seen, now() - 2100);
            else if (document.hidden && socket.connected) seen = now();
            const silence = now() - seen, runs = all('.clock').filter((clock) => runClock(clock, live, silence > 2000));
            const isDue = runs.length || document.body?.matches('.unconnected');
            const isLost = silence > (!socket.connected ? 2000 : isDue ? 3000 : Infinity);
            document.body?.classList.toggle('unconnected', isLost);
            for (const button of all(isLost ? `${acts}:not([aria-disabled=true])` : '[data-paused]'))
                for (const mark of ['aria-disabled', 'data-paused'])
                    isLost ? button.setAttribute(mark, true) : button.removeAttribute(mark);
            undone = isLost && undone;
            const words = !isLost ? '' : (live || silence > 15000 ? 'Not connected. Trying again… ' : 'Connecting… ')
                + (undone ? `“${undone}” was not done.` : live && keeps() ? 'What you typed is kept.' : '');
            for (const line of all('p.connection')) if (line.textContent !== words) line.textContent = words;
        };
        const refuse = (e) => {
            const pressed = document.body.matches('.unconnected')
                && e.target.closest(e.type === 'click' ? '[data-paused]' : 'input:not(form[method] *)');
            if (!pressed || (e.key ?? 'Enter') !== 'Enter') return;
            e.preventDefault();
            e.stopImmediatePropagation();
            undone = e.key || pressed.ariaLabel || pressed.innerText.trim();
            look();
        };
        for (const event of ['click', 'keydown']) document.addEventListener(event, refuse, true);
        document.addEventListener('visibilitychange', () => { if (socket?.connected) seen = now(); });
        setInterval(look, 200);
        return (opened) => {
            socket = opened.on('connect', () => live = true);
            document.body.classList.add('watched');
            socket.on('disconnect', () => {
                if (!document.body.matches('.unconnected')) seen = Math.max(seen, now() - 1000);
            });
            socket.io.on('open', () => socket.io.engine.on('packet', () => seen = now()));
        };
    }"""


def open_socket() -> str:
    """NiceGUI waits 20 s for a socket that does not open (a proxy holds the upgrade, or closes it), tries polling, and
    loads the page again should that take as long. Here the other way is tried after 3 s, then 6, then 10, and what
    works is remembered for the tab; from polling Socket.IO goes on to a socket by itself where it can.

    What is done before it is open waits in NiceGUI by a timer for each event, and the timers end in any order: a press
    overtook the fields that were filled in before it. Socket.IO keeps the order of what it has to wait with, so it gets
    all at once, where opening alone is the handshake."""
    return """(watch) => {
        let io, socket, polls, tried, patience = 3000;
        const begin = () => tried = performance.now();
        const order = (polling) => {
            polls = polling;
            try { polls ? sessionStorage.polling = 1 : sessionStorage.removeItem('polling'); } catch {}  // it is full
            return polls ? ['polling', 'websocket'] : ['websocket', 'polling'];
        };
        const remember = () => socket.io.opts.transports = order(socket.io.engine.transport.name === 'polling');
        const tryTheOther = () => {
            if (!(performance.now() - tried > patience) || socket.io.engine.readyState === 'open') return;
            begin();
            patience = Math.min(2 * patience, 10000);
            socket.io.opts.transports = order(!polls);
            socket.io.opts.query.next_message_id = window.nextMessageId;
            socket.disconnect().connect();
        };
        Object.defineProperty(window, 'io', {set: (theirs) => io = theirs, get: () => (url, options) => {
            begin();
            socket = io(url, {...options, timeout: false, transports: order('polling' in sessionStorage)});
            if (options.query.implicit_handshake)
                Object.defineProperty(window, 'did_handshake', {get: () => 'socket' in window, set: () => {}});
            socket.io.on('reconnect_attempt', begin);
            socket.io.on('open', () => { remember(); socket.io.engine.on('upgrade', remember); });
            socket.on('connect', () => [tried, patience] = [undefined, 3000]);
            socket.on('connect_error', () => socket.active ? tried = undefined : begin());
            watch(socket);
            setInterval(tryTheOther, 200);
            return socket;
        }});
    }"""


def run_clock() -> str:
    """A clock runs on from what the server has told last: what stands in it where it is not ours, and was right when it
    came, in the page or later. The browser's monotonic clock counts, which nobody can set. Phases are those of
    `domain.countdown`; the room's clock says when less than five minutes are left, and one. Tells whether it runs."""
    return f"""(clock, live, isStale) => {{
        if (clock.textContent !== clock.shown) {{
            clock.told = clock.textContent.split(/ d |:/).reverse()
                .reduce((sum, part, unit) => sum + part * [1, 60, 3600, 86400][unit], 0);
            clock.since = live ? performance.now() : performance.getEntriesByType('navigation')[0].responseStart;
        }}
        const had = clock.left, left = Math.max(0, Math.ceil(clock.told - (performance.now() - clock.since) / 1000));
        const [d, ...units] = [86400, 3600, 60, 1].map((unit, i) => Math.trunc(left / unit) % [1e9, 24, 60, 60][i]);
        const time = units.slice(d || units[0] ? 0 : 1).map((n, i) => `${{n}}`.padStart(i || d ? 2 : 1, 0)).join(':');
        [clock.left, clock.shown] = [left, d ? `${{d}} d ${{time}}` : time];
        if (clock.textContent !== clock.shown) clock.textContent = clock.shown;
        const phase = !left ? 'over' : left <= {URGENT.seconds} ? 'urgent' : left <= {SOON.seconds} ? 'soon' : 'calm';
        if (clock.dataset.phase !== phase) clock.dataset.phase = phase;
        clock.toggleAttribute('data-stale', isStale && left > 0);
        if (clock.matches('[data-testid=countdown]'))
            for (const [most, words, live] of [[300, 'five minutes', 'polite'], [60, 'one minute', 'assertive']])
                if (had > most && left <= most && left) announce(`Less than ${{words}} left.`, live);
        return left > 0;
    }}"""


def announce(words: str) -> str:
    """Screen readers say what has just happened as soon as they have finished what they are saying."""
    return f"announce({json.dumps(words)}, 'polite')"
