"""Everything that runs in the browser: each script is a named function with its reason.

What becomes of what is typed stands in `typed.py`, all else here. No other module of the project contains script;
`tests/ui/test_browser.py` sees to it. What NiceGUI's own elements do in the browser is theirs.
"""

import json

from app.domain.countdown import SOON, URGENT
from app.ui import typed


def say_that_scripts_run() -> str:
    """Before anything of a page is shown: that scripts run, and whether they may be modules. What the page says to
    other browsers is hidden then (`theme.css`)."""
    return """document.documentElement.classList.add('scripted',
        ...('noModule' in HTMLScriptElement.prototype ? ['modules'] : []));"""


def on_every_page(zone_cookie: str) -> str:
    """What every page runs as soon as it is read; a file of its own, which browsers keep and nothing waits for.

    It leaves the browser's time zone in a cookie for the next page, which needs no question and no answer then; takes
    the placeholder away when the page is there; and tells the page when its tab is hidden or shown, so that hidden
    clocks are not ticked, and when nobody is there. What screen readers are to say at once is added to a live region,
    which has them say it once.
    """
    return f"""
        document.cookie = '{zone_cookie}=' + Intl.DateTimeFormat().resolvedOptions().timeZone
            + '; path=/; max-age=31536000; samesite=lax';
        document.addEventListener('DOMContentLoaded',
            () => document.querySelector('#placeholder:has(~ #app > *)')?.remove());
        document.addEventListener('visibilitychange', () => window.socket && {tell_visibility()});
        ({tell_idleness()})();
        document.addEventListener('input', {cut_to_one_frame()}, true);
        document.addEventListener('keydown', {leave_enter_to_input_methods()}, true);
        {typed.on_every_page()}
        window.announce = (words, live) => {{
            const region = document.querySelector(`.announcements [aria-live=${{live}}]`);
            region?.append(Object.assign(document.createElement('p'), {{textContent: words}}));
            if (region?.childElementCount > 3) region.firstChild.remove();
        }};
        ({open_socket()})(({watch_connection()})({run_clock()}));
        document.addEventListener('click', {show_password()});
        document.addEventListener('click', {go_to_newest()});
        ({offer_to_copy_messages()})();
        for (const kind of ['click', 'keydown']) document.addEventListener(kind, {open_and_close()});
        {measure_height()}
        document.addEventListener('click', (e) => e.target.closest('.print-now') && print());
        if (navigator.share) document.documentElement.classList.add('can-share');
    """


def tell_visibility() -> str:
    """Whether the page is on a screen: a page asks when it is connected, because it may be loaded in a hidden tab."""
    return "emitEvent('visibility', !document.hidden)"


def tell_idleness() -> str:
    """Two minutes without a hand on mouse, screen or keys, and the first sign of one after that."""
    return """() => {
        let last = performance.now(), idle = false;
        const tell = (now) => { if (now !== idle && window.socket) emitEvent('idle', idle = now); };
        const sign = () => { last = performance.now(); tell(false); };
        for (const each of ['pointermove', 'pointerdown', 'wheel', 'keydown', 'visibilitychange'])
            document.addEventListener(each, sign, {capture: true, passive: true});
        setInterval(() => tell(performance.now() - last >= 120000), 5000);
    }"""


def watch_connection() -> str:
    """Whether the page is connected, looked at five times a second. What is not is said; clocks run on and are marked;
    buttons are paused, and say so when they are pressed: but for links, real forms, and messages, which wait.

    A sign is any packet. Where a clock runs one is due each second; elsewhere Socket.IO's own ping tells. A computer
    whose two clocks move apart has slept.
    """
    return """(runClock) => {
        let socket, live, undone, seen = 0, ahead = Date.now() - performance.now();
        const now = () => performance.now(), all = (selector) => [...document.querySelectorAll(selector)];
        const acts = 'button:not(form[method] *, .composer *, [popovertarget]:not([popovertargetaction]))';
        const look = () => {
            const moved = Date.now() - now() - ahead;
            ahead += moved;
            if (Math.abs(moved) > 2000) seen = Math.min(seen, now() - 2000);
            else if (document.hidden && socket?.connected) seen = now();
            const silence = now() - seen, runs = all('.clock').filter((clock) => runClock(clock, live, silence > 2000));
            const isLost = silence > (!socket?.connected ? 2000 : runs.length ? 3000 : Infinity);
            document.body?.classList.toggle('unconnected', isLost);
            for (const button of all(isLost ? `${acts}:not([aria-disabled=true])` : '[data-paused]'))
                for (const mark of ['aria-disabled', 'data-paused'])
                    isLost ? button.setAttribute(mark, true) : button.removeAttribute(mark);
            undone = isLost && undone;
            const words = !isLost ? '' : (live ? 'Not connected. Trying again… ' : 'Connecting… ')
                + (undone ? `“${undone}” was not done.` : live ? 'What you typed is kept.' : '');
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
            socket.on('disconnect', () => seen = Math.max(seen, now() - 1000));
            socket.io.on('open', () => socket.io.engine.on('packet', () => seen = now()));
        };
    }"""


def open_socket() -> str:
    """NiceGUI waits 20 s for a socket that does not open (a proxy holds the upgrade, or closes it), tries polling, and
    loads the page again should that take as long. Here the other way is tried after 3 s, then 6, then 10, and what
    works is remembered for the tab; from polling Socket.IO goes on to a socket by itself where it can."""
    return """(watch) => {
        let io, socket, polls, tried, patience = 3000;
        const begin = () => tried = performance.now();
        const order = (polling) => {
            polls = polling;
            polls ? sessionStorage.polling = 1 : sessionStorage.removeItem('polling');
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


def announce(words: str, *, at_once: bool = False) -> str:
    """Screen readers say what has just happened, in words of their own: `at_once`, or when they have finished."""
    return f"announce({json.dumps(words)}, '{'assertive' if at_once else 'polite'}')"


def open_and_close() -> str:
    """On a phone a room's sheet (`.strip`) and the menu (`.menu-button`) open without asking the server: the theme
    shows them by their button's `aria-expanded`. Escape and a press beside them close them, the former brings the focus
    back; within the menu, whose two parts stand apart in the page, Tab and the arrows go round."""
    return """(e) => {
        const open = document.querySelector(':is(.strip, .menu-button)[aria-expanded=true]');
        const isMenu = open?.matches('.menu-button');
        const expand = (button, is) => button.setAttribute('aria-expanded', is);
        const items = () => ['.decision .button', '.menu :is(a, button)'].flatMap(
            (of) => [...document.querySelectorAll(of)]).filter((item) => item.checkVisibility());
        if (document.querySelector('.q-dialog') || e.type === 'keydown' && !open) return;
        if (e.type === 'click') {
            const pressed = e.target.closest('.strip, .menu-button');
            if (open && open !== pressed && (isMenu || e.target.isConnected && !e.target.closest('.left')))
                expand(open, false);
            if (!pressed) return;
            expand(pressed, pressed !== open);
            if (pressed !== open && pressed.matches('.menu-button'))
                (document.querySelector('.rest .button') ?? items()[0]).focus();
        } else if (e.key === 'Escape') {
            expand(open, false);
            open.focus();
        } else if (isMenu && ['Tab', 'ArrowDown', 'ArrowUp'].includes(e.key)) {
            const all = items(), step = e.shiftKey || e.key === 'ArrowUp' ? all.length - 1 : 1;
            e.preventDefault();
            all[(Math.max(all.indexOf(document.activeElement), 0) + step) % all.length]?.focus();
        }
    }"""


def measure_height() -> str:
    """How much of the window can be seen: a keyboard on the screen leaves little of a phone (class `low`), and in some
    browsers lies over the page instead of making it smaller (`--covered`)."""
    return """(() => {
        const seen = window.visualViewport, {classList, style} = document.documentElement;
        const measure = () => {
            const height = seen.height * seen.scale;
            classList.toggle('low', height < 481 || height < 561 && innerWidth < 720);
            style.setProperty('--covered', Math.max(0, Math.round(innerHeight - height)) + 'px');
        };
        seen?.addEventListener('resize', measure);
        if (seen) measure();
    })();"""


def cut_to_one_frame() -> str:
    """A text is never longer than one frame of the socket (64 kB, written as JSON in JSON), whatever was pasted: a
    longer one would cost the socket, and nobody would hear that it is too long for its field."""
    return """(e) => {
        const size = () => new Blob([JSON.stringify(JSON.stringify(e.target.value))]).size;
        while (e.target.value?.length > 5000 && size() > 60000)
            e.target.value = e.target.value.slice(0, e.target.value.length * 59000 / size())
                .replace(/[\\ud800-\\udbff]$/, '');
    }"""


def tell_pressed_button() -> str:
    """A press in a block of HTML: which of its buttons it was, by what stands on it."""
    return "(e) => { const button = e.target.closest('button'); if (button) emit(button.textContent); }"


def leave_enter_to_input_methods() -> str:
    """While an input method composes, Enter is its own: no field of ours hears of it. Some browsers tell it the old way
    (229)."""
    return """(e) => {
        if (e.key === 'Enter' && (e.isComposing || e.keyCode === 229)) e.stopImmediatePropagation();
    }"""


def tell_choice() -> str:
    """What somebody has chosen in a browser's own list, or whether its own box is ticked."""
    return "(e) => emit(e.target.type === 'checkbox' ? e.target.checked : e.target.value)"


def copy_link() -> str:
    """A press puts the link that its button carries on the clipboard, and tells whether it is there; or it opens the
    browser's own sheet for sharing. That is done right here, because some browsers let nothing but the press itself do
    it; over plain http no page may."""
    return """async (e) => {
        if (e.target.closest('.share-sheet')) {
            const url = e.currentTarget.querySelector('[data-link]').dataset.link;
            return navigator.share({url}).catch(() => {});
        }
        const button = e.target.closest('[data-link]');
        if (!button) return;
        let copied = true;
        try { await navigator.clipboard.writeText(button.dataset.link); } catch { copied = false; }
        emit(copied);
    }"""


def show_password() -> str:
    """The button in a password's field shows what is typed there, and hides it again."""
    return """(e) => {
        const button = e.target.closest?.('.reveal'), field = button?.previousElementSibling;
        if (!field) return;
        const shown = field.type === 'password';
        field.type = shown ? 'text' : 'password';
        button.setAttribute('aria-pressed', shown);
        field.focus();
    }"""


def go_to_newest() -> str:
    """The way back to the newest message; its button goes then, and leaves the focus to the conversation."""
    return """(e) => {
        const flow = e.target.closest?.('.newest')?.parentNode.querySelector('.flow');
        if (!flow) return;
        flow.focus();
        flow.scrollTop = 0;
    }"""


def offer_to_copy_messages() -> str:
    """One button for all messages. It goes to the one under the pointer, or to the one that the arrow keys have gone to
    in the conversation, where Tab reaches it: no message carries a button, and none is a stop on the way. Where a page
    may not copy, the text is selected."""
    return """() => {
        const button = document.createElement('button');
        button.type = 'button';
        button.className = 'copy-text';
        button.innerHTML = '<span class="for-readers" aria-live="polite"></span>';
        const say = (words) => button.title = button.firstChild.textContent = words;
        const offer = (bubble) => {
            if (button.previousSibling === bubble) return;
            say('Copy text');
            bubble.after(button);
        };
        const bubbleAt = (target) => target.closest?.('.flow .message')?.querySelector('.bubble');
        button.onclick = async () => {
            const bubble = button.previousSibling;
            try { await navigator.clipboard.writeText(bubble.textContent); say('Copied'); }
            catch { getSelection().selectAllChildren(bubble); say('Selected: copy it from here'); }
        };
        document.addEventListener('pointerover', (e) => {
            const bubble = bubbleAt(e.target);
            if (bubble) offer(bubble);
            else if (!button.parentNode?.contains(document.activeElement)) button.remove();
        });
        document.addEventListener('keydown', (e) => {
            const step = {ArrowUp: -1, ArrowDown: 1}[e.key], flow = step && e.target.closest?.('.flow');
            if (!flow || e.altKey || e.ctrlKey || e.metaKey || e.shiftKey) return;
            const bubbles = [...flow.querySelectorAll('.bubble')], at = bubbles.indexOf(bubbleAt(e.target));
            const bubble = at < 0 ? bubbles.at(-1) : bubbles[at + step];
            if (!bubble) return;
            e.preventDefault();
            bubble.tabIndex = -1;
            bubble.focus();
            offer(bubble);
        });
    }"""


def select_link(place_id: int) -> str:
    """The link is marked where it stands, for who has to copy it by hand."""
    return f"getSelection().selectAllChildren(getHtmlElement({place_id}).querySelector('.link'))"


def choose_tab() -> str:
    """The browser marks the chosen tab by itself and tells its name; arrow keys, Home and End go from one to the other,
    as ARIA's pattern has it."""
    return """(e) => {
        const tabs = [...e.currentTarget.children], last = tabs.length - 1;
        let tab = e.target.closest('[role=tab]');
        if (e.type === 'keydown') {
            const at = tabs.indexOf(tab);
            tab = tabs[{ArrowLeft: at ? at - 1 : last, ArrowRight: at < last ? at + 1 : 0, Home: 0, End: last}[e.key]];
            if (!tab) return;
            e.preventDefault();
            tab.focus();
        }
        if (!tab) return;
        for (const each of tabs) {
            each.setAttribute('aria-selected', each === tab);
            each.tabIndex = each === tab ? 0 : -1;
        }
        emit(tab.textContent);
    }"""


def tell_reading_position() -> str:
    """The conversation is laid out from the bottom (column-reverse), so the browser itself keeps the newest message in
    view, and the reading position when one has scrolled up. This tells the server only when that changes, and nears
    the top."""
    return """(e) => {
        const flow = e.target, up = flow.scrollTop < -48;
        const top = flow.scrollHeight + flow.scrollTop - flow.clientHeight < 120;
        flow.closest('.room').classList.toggle('reading', up);
        const asks = top && Date.now() - (flow.asked || 0) > 500;
        if (asks) flow.asked = Date.now();
        if (asks || up !== flow.wasUp) emit({up, top: asks});
        flow.wasUp = up;
    }"""


def scroll_to_newest(flow_id: int) -> str:
    """Back to the newest message, which stands where the flow begins."""
    return f"getHtmlElement({flow_id}).scrollTop = 0"


def focus(element_id: int, *, unless_typing: bool = False) -> str:
    """The focus goes where somebody has to answer next, but not away from what somebody is typing where that is asked
    for. Quasar's buttons have no method for it, and that of its fields may be overtaken while a dialog moves."""
    guard = "document.activeElement?.matches('input, textarea') || " if unless_typing else ""
    return f"{guard}getHtmlElement({element_id}).focus()"


def replace_room_address(code: str) -> str:
    """The page goes on under a room's new code; its old address leads nowhere. `code`: letters and digits."""
    return f"history.replaceState(history.state, '', '/room/{code}')"
