"""Everything that runs in the browser: each script is a named function with its reason.

What becomes of what is typed stands in `typed.py`, all else here. No other module of the project contains script;
`tests/ui/test_browser.py` sees to it. What NiceGUI's own elements do in the browser is theirs.
"""

from app.ui import typed


def on_every_page(zone_cookie: str) -> str:
    """What every page runs before anything of it is shown; a file of its own, which browsers keep.

    First of all it says that scripts run, and whether they may be modules: what the page says to other browsers is
    hidden then (`theme.css`). It leaves the browser's time zone in a cookie for the next page, which needs no question
    and no answer then; and it tells the page when its tab is hidden or shown, so that hidden clocks are not ticked, and
    when nobody is there.
    """
    return f"""
        document.documentElement.classList.add('scripted',
            ...('noModule' in HTMLScriptElement.prototype ? ['modules'] : []));
        document.cookie = '{zone_cookie}=' + Intl.DateTimeFormat().resolvedOptions().timeZone
            + '; path=/; max-age=31536000; samesite=lax';
        document.addEventListener('visibilitychange', () => window.socket && {tell_visibility()});
        ({tell_idleness()})();
        document.addEventListener('input', {cut_to_one_frame()}, true);
        document.addEventListener('keydown', {leave_enter_to_input_methods()}, true);
        {typed.on_every_page()}
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


def finish_typing() -> str:
    """Enter hands in a form whose fields tell what was typed only after a pause: first the field tells the rest."""
    return """async (e) => {
        e.target.dispatchEvent(new Event('change'));
        await new Promise((told) => setTimeout(told));
        emit();
    }"""


def tell_choice() -> str:
    """What somebody has chosen in a browser's own list, or whether its own box is ticked."""
    return "(e) => emit(e.target.type === 'checkbox' ? e.target.checked : e.target.value)"


def copy_link() -> str:
    """A press puts the link that its button carries on the clipboard, and tells whether it is there. That is done right
    here, because some browsers let nothing but the press itself write; over plain http no page may."""
    return """async (e) => {
        const button = e.target.closest('[data-link]');
        if (!button) return;
        let copied = true;
        try { await navigator.clipboard.writeText(button.dataset.link); } catch { copied = false; }
        emit(copied);
    }"""


def select_link(place_id: int) -> str:
    """The link is marked where it stands, for who has to copy it by hand."""
    return f"getSelection().selectAllChildren(getHtmlElement({place_id}).querySelector('.link'))"


def choose_tab() -> str:
    """The browser marks the chosen tab by itself and tells its name; arrow keys go from one to the other, as ARIA's
    pattern has it."""
    return """(e) => {
        const tabs = [...e.currentTarget.children];
        let tab = e.target.closest('[role=tab]');
        if (e.type === 'keydown') {
            if (e.key !== 'ArrowLeft' && e.key !== 'ArrowRight') return;
            tab = tabs[1 - tabs.indexOf(tab)];
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
