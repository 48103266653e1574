"""Everything that runs in the browser: each script is a named function with its reason.

`typed.py`: what becomes of what is typed; `connected.py`: what a page does while it hears no server;
`visibility.py`: whether somebody looks at it; `notifications.py`: how it calls somebody where nobody does; `days.py`:
times when the day changes; `keyboard.py`: keys, focus and words for screen readers; `theme.py`: the button of the
theme; `forms.py`: what is posted; all else here. Nothing else in the project contains script, which
`tests/ui/test_browser.py` sees to. What NiceGUI's own elements do is theirs.
"""

from app.ui.browser import connected, forms, notifications, typed, visibility


def say_that_scripts_run() -> str:
    """Before anything of a page is shown: that scripts run, and whether they may be modules. What the page says to
    other browsers is hidden then (`theme.css`)."""
    return """document.documentElement.classList.add('scripted',
        ...('noModule' in HTMLScriptElement.prototype ? ['modules'] : []));"""


def on_every_page(zone_cookie: str, zone_cookie_over_https: str) -> str:
    """What every page runs as soon as it is read; a file of its own, which browsers keep and nothing waits for.

    It leaves the browser's time zone in a cookie for the next page, which needs no question and no answer then; takes
    the placeholder away when the page is there; and tells the page when its tab is hidden or shown, so that hidden
    clocks are not ticked, and when nobody is there.
    """
    return f"""
        {typed.stand_in_for_storage()}
        const isSecure = location.protocol === 'https:';
        document.cookie = (isSecure ? '{zone_cookie_over_https}=' : '{zone_cookie}=')
            + Intl.DateTimeFormat().resolvedOptions().timeZone
            + '; path=/; max-age=31536000; samesite=lax' + (isSecure ? '; secure' : '');
        document.addEventListener('DOMContentLoaded',
            () => document.querySelector('#placeholder:has(~ #app > *)')?.remove());
        {visibility.on_every_page()}
        ({notifications.hear_news()})();
        ({forms.hear_what_programs_fill_in()})();
        document.addEventListener('input', {cut_to_one_frame()}, true);
        document.addEventListener('keydown', {leave_enter_to_input_methods()}, true);
        {typed.on_every_page()}
        {connected.on_every_page()}
        document.addEventListener('click', {show_password()});
        {forms.send_once()}
        ({forms.forget_on_leaving()})();
        document.addEventListener('click', {go_to_newest()});
        ({offer_to_copy_messages()})();
        for (const kind of ['click', 'keydown']) document.addEventListener(kind, {open_and_close()});
        {measure_height()}
        document.addEventListener('click', (e) => e.target.closest('.print-now') && print());
        if (navigator.share) document.documentElement.classList.add('can-share');
    """


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
    """A text is never longer than what the server hears of a field (`patches.socket_guard`), nor than one frame of the
    socket (64 kB, written as JSON in JSON), whatever was pasted: a longer one would not be heard, or cost the socket,
    and a press would act on what the field held before. That it was cut is said there until the text is another."""
    return """(e) => {
        const field = e.target;
        const fits = () => Math.min(31000 / JSON.stringify(field.value).length,
                                    60000 / new Blob([JSON.stringify(JSON.stringify(field.value))]).size);
        field.wasCut?.remove();
        if (!(field.value?.length > 5000) || fits() >= 1) return;
        while (fits() < 1)
            field.value = field.value.slice(0, field.value.length * fits() * 0.98).replace(/[\\ud800-\\udbff]$/, '');
        field.wasCut = document.createElement('p');
        field.wasCut.className = 'was-cut';
        field.wasCut.role = 'alert';
        field.wasCut.textContent = 'That is too long for this field: its end was cut off.';
        (field.closest('.q-field') ?? field.parentNode.lastElementChild).after(field.wasCut);
    }"""


def tell_pressed_button() -> str:
    """A press in a block of HTML: which of its buttons it was, by what stood on it when it was made (`value`). Whoever
    has the page translated by the browser finds other words there."""
    return "(e) => { const button = e.target.closest('button'); if (button) emit(button.value); }"


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
        const button = e.target.closest?.('.reveal'), field = button?.closest('.box, .q-field').querySelector('input');
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


def scroll_to_outcome() -> str:
    """The outcome stands on top of the deal, wherever somebody was in its history."""
    return "document.querySelector('.room .left').scrollTo(0, 0)"


def select_link(place_id: int) -> str:
    """The link is marked where it stands, for who has to copy it by hand."""
    return f"getSelection().selectAllChildren(getHtmlElement({place_id}).querySelector('.link'))"


def choose_tab() -> str:
    """The browser marks the chosen tab by itself and tells its name. Keys go from one to the next by
    `keyboard.walk_tabs`."""
    return """(e) => {
        const tab = e.target.closest('[role=tab]');
        if (!tab) return;
        for (const each of e.currentTarget.children) {
            each.ariaSelected = each === tab;
            each.tabIndex = each === tab ? 0 : -1;
        }
        emit(tab.value);
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
    for. Quasar's buttons have no method for it, and that of its fields may be overtaken while a dialog moves. The
    element may be gone already."""
    guard = "document.activeElement?.matches('input, textarea') || " if unless_typing else ""
    return f"{guard}getHtmlElement({element_id})?.focus()"


def clear_what_was_sent(element_id: int, length: int) -> str:
    """What was handed in leaves its field, but not what was typed there since and is not told yet: that is longer, or
    shorter. How long it was tells nobody a password."""
    return f"kept.clear(getHtmlElement({element_id}), {length})"


def focus_what_is_wrong(element_id: int) -> str:
    """After a press the focus goes to the field that was wrong, unless somebody has gone on meanwhile."""
    return f"hasGoneOn || {focus(element_id)}"


def replace_room_address(code: str) -> str:
    """The page goes on under a room's new code; its old address leads nowhere. `code`: letters and digits."""
    return f"history.replaceState(history.state, '', '/room/{code}')"
