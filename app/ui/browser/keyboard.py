"""What the browser does for whoever uses a keyboard or a screen reader, once for all pages.

Script, as in all of this package: each is a named function with its reason.
"""

import json


def on_every_page(keys: str) -> str:
    """What every page listens for. `keys` is the list of shortcuts, as HTML."""
    return f"""
        document.addEventListener('keydown', {save_on_enter()});
        document.addEventListener('keydown', {walk_tabs()});
        let hasGoneOn = false;
        for (const event of ['click', 'input', 'focusin']) document.addEventListener(event, {notice_going_on()}, true);
        ({shortcuts()})({json.dumps(keys)});
        const keepFocus = ({keep_focus()})(), describeFields = {describe_fields()};
        new MutationObserver(() => {{ describeFields(); keepFocus(); }})
            .observe(document, {{childList: true, subtree: true}});
    """


def save_on_enter() -> str:
    """Enter in a field presses the main button of its dialog, section or form; where Enter breaks the line, Ctrl or Cmd
    goes with it. A second Enter at once is not meant for the button that has the focus back from a dialog that the
    first one closed."""
    return """(() => {
        let savedAt = -Infinity;
        return (e) => {
            const field = e.target, isText = field.matches('textarea'), dialog = field.closest('[role=dialog]');
            if (e.key !== 'Enter' || e.shiftKey || e.altKey || e.defaultPrevented || field.form) return;
            if (!dialog && field.matches('button') && e.timeStamp - savedAt < 500) e.preventDefault();
            if (!isText && !field.matches('input') || isText !== (e.ctrlKey || e.metaKey)) return;
            const place = field.closest(':is(.dialog, section, .offer-form):has(button[type=submit])');
            const button = place?.querySelector('button[type=submit]');
            if (!button?.checkVisibility()) return;
            e.preventDefault();
            if (dialog) savedAt = e.timeStamp;
            button.click();
        };
    })()"""


def walk_tabs() -> str:
    """Arrow keys, Home and End go from one tab to another and choose it, as ARIA's pattern has it."""
    return """(e) => {
        const tab = e.target.closest?.('[role=tab]'), tabs = [...tab?.parentNode.children ?? []];
        const at = tabs.indexOf(tab), last = tabs.length - 1;
        const to = {ArrowLeft: at ? at - 1 : last, ArrowRight: at < last ? at + 1 : 0, Home: 0, End: last};
        const next = tabs[to[e.key]];
        if (!next) return;
        e.preventDefault();
        next.focus();
        next.click();
    }"""


def notice_going_on() -> str:
    """Whether somebody has gone to a field, or typed, since a button was pressed: what its answer wants to say at
    another field must not take the letters that are meant for this one."""
    return """(e) => {
        if (e.type === 'click') hasGoneOn &&= !e.target.closest?.('button');
        else hasGoneOn ||= e.target.matches?.('input, textarea, select') && e.detail !== 'written';
    }"""


def shortcuts() -> str:
    """A key presses the button, or goes to the field, that names it in `aria-keyshortcuts`; `?` shows the list. Never
    while somebody types or is in a dialog. The list has the switch for who dictates, or presses keys by mistake (WCAG
    2.1.4); the browser remembers it."""
    return """(list) => {
        const off = () => localStorage.getItem('shortcuts') === 'off';
        const show = () => {
            document.body.insertAdjacentHTML('beforeend', list);
            const dialog = document.body.lastElementChild, box = dialog.querySelector('input');
            box.checked = !off();
            box.onchange = () => localStorage.setItem('shortcuts', box.checked ? 'on' : 'off');
            dialog.onclose = () => dialog.remove();
            dialog.showModal();
        };
        document.addEventListener('click', (e) => e.target.closest('.shortcuts') && show());
        document.addEventListener('keydown', (e) => {
            if (e.ctrlKey || e.metaKey || e.altKey || e.repeat || e.isComposing || e.keyCode === 229 || off()
                || e.defaultPrevented || e.target.closest('input, textarea, select, [contenteditable]')
                || document.querySelector('[role=dialog], dialog')) return;
            const meant = e.key === '?' ? null : document.querySelector(`[aria-keyshortcuts="${CSS.escape(e.key)}"]`);
            if (e.key === '?') show();
            else if (meant?.matches('button')) meant.click();
            else if (meant) meant.focus();
            else return;
            e.preventDefault();
        });
    }"""


def keep_focus() -> str:
    """What has the focus may go: its block was made anew, its dialog closed, its button has nothing to do any more. The
    focus goes to the same thing where it stands now, else to what can be pressed nearest to it; out of a dialog, to
    what had it before."""
    return """() => {
        const held = [];
        const inDialog = (element) => element.closest('[role=dialog]');
        const known = (element) => element.tagName + (element.getAttribute('href') ?? '')
            + (element.ariaLabel ?? element.textContent);
        const usable = (element) =>
            element.isConnected && !element.disabled && element.checkVisibility({visibilityProperty: true});
        const find = (places, fits) => {
            for (const place of places) {
                const all = [place, ...place.querySelectorAll('a[href], button, input, textarea, select, [tabindex]')];
                const found = all.find((each) => each.tabIndex >= 0 && usable(each) && fits(each));
                if (found) return found;
            }
        };
        const keep = () => {
            if (document.activeElement !== document.body || !held.length || usable(held.at(-1).element)) return;
            for (const {element, name, around} of [...held].reverse()) {
                const places = around.filter((each) => each.isConnected);
                const next = usable(element) ? element : find(places, (each) => known(each) === name)
                    ?? find(places, (each) => !each.matches('input, textarea, select'));
                if (next) return next.focus({preventScroll: true});
            }
        };
        document.addEventListener('focusin', ({target}) => {
            const at = held.findIndex(({element, dialog}) => dialog === inDialog(target));
            if (at >= 0) held.length = at;
            const around = [];
            for (let each = target.parentElement; each && each !== document.body; each = each.parentElement)
                around.push(each);
            held.push({element: target, dialog: inDialog(target), name: known(target), around});
        });
        document.addEventListener('focusout', () => setTimeout(keep));
        return keep;
    }"""


def describe_fields() -> str:
    """Quasar shows below a field what is wrong, and its hint, but ties neither to it: a screen reader in the field
    would not hear them."""
    return """() => {
        for (const field of document.getElementsByClassName('q-field')) {
            const box = field.querySelector('input, textarea'), wrong = field.classList.contains('q-field--error');
            const said = [...field.querySelectorAll('.q-field__messages')].at(-1);
            if (!box) continue;
            box.toggleAttribute('aria-invalid', wrong);
            if (wrong) box.setAttribute('aria-invalid', 'true');
            if (said?.textContent) box.setAttribute('aria-describedby', said.id ||= box.id + '-said');
            else box.removeAttribute('aria-describedby');
        }
    }"""
