"""What the browser does with what is typed: it keeps it until it is recorded, brings it back, and sends messages.

Script, as in all of this package: each is a named function with its reason.
"""

import json
from uuid import UUID


def on_every_page() -> str:
    """What every page listens for; the two names are what the other scripts call."""
    return f"""
        const kept = {kept_texts()}, messages = {waiting_messages()};
        new MutationObserver({bring_back()}).observe(document, {{childList: true, subtree: true}});
        document.addEventListener('input', {keep_what_is_typed()}, true);
        ({tell_before_a_press()})();
        document.addEventListener('click', {start_over()});
        document.addEventListener('click', {press_chip()});
        document.addEventListener('change', {mark_chip()});
        for (const event of ['keydown', 'click', 'mousedown']) document.addEventListener(event, {send_message()});
        for (const event of ['input', 'focusout']) document.addEventListener(event, {tell_typing()});
    """


def stand_in_for_storage() -> str:
    """A browser may keep nothing for a page, or no more: not allowed, or full. NiceGUI's page would never become live
    then. The page itself remembers instead, as long as it is there; what the browser has kept already stays known."""
    return """for (const name of ['sessionStorage', 'localStorage']) {
        let real;
        try {
            real = window[name];
            real.setItem('room', 'x'.repeat(999));
            real.removeItem('room');
        } catch {
            const memory = Object.create({
                getItem(key) { return this[key] ?? null; },
                setItem(key, text) { this[key] = `${text}`; },
                removeItem(key) { delete this[key]; real?.removeItem(key); },
            });
            Object.defineProperty(window, name, {value: Object.assign(memory, real)});
        }
    }"""


def kept_texts() -> str:
    """What is typed and not recorded yet stands in the tab's storage, under the key that its field carries
    (`data-kept`: whose it is, and where): it outlives the page and the server, and is nobody else's. What is written
    by script is told to whoever listens to the field, as what is not typed."""
    return """{
        fields: ':is(input, select, textarea):is([data-kept], [data-kept] *)',
        key: (field) => field.closest('[data-kept]').dataset.kept,
        said: (field) => field.type === 'checkbox' ? String(field.checked) : field.value,
        read: (key) => sessionStorage.getItem('typed ' + key),
        store(key, text) {
            try {
                if (text === null) sessionStorage.removeItem('typed ' + key);
                else sessionStorage.setItem('typed ' + key, text);
            } catch {}  // no room, or not allowed: the page goes on without
        },
        filled(key, text) {
            const {field, said} = this.last ?? {};
            if (field?.isConnected && this.key(field) === key) this.write(field, said);
            else this.store(key, text);
        },
        clear(field, length) {
            if (field?.value.length === length) this.write(field, '');
        },
        forget(start) {
            for (const key of Object.keys(sessionStorage))
                if (key.startsWith('typed ' + start)) sessionStorage.removeItem(key);
        },
        write(field, text) {
            if (field.type === 'checkbox') field.checked = text === 'true';
            else {
                if (field.type === 'datetime-local') field.type = 'text';  // which takes what is no date, too
                field.value = text;
            }
            for (const event of ['input', 'change'])
                field.dispatchEvent(new CustomEvent(event, {bubbles: true, detail: 'written'}));
        },
    }"""


def keep_what_is_typed() -> str:
    """Every field with a key keeps what is typed; what it began with needs no keeping. What was typed last since a
    button was pressed is remembered, too."""
    return """(e) => {
        if (!e.target.matches?.(kept.fields)) return;
        const text = kept.said(e.target);
        if (e.detail !== 'written') kept.last = {field: e.target, said: text};
        kept.store(kept.key(e.target), text === e.target.began ? null : text);
    }"""


def tell_before_a_press() -> str:
    """A field tells what is in it after a pause, or when it is left. A press by a key, a program or a finger can come
    before that, and leave the focus where it is: it waits until all fields have told what was typed just now."""
    return """() => {
        const untold = new Set();
        document.addEventListener('input', (e) => untold.add(e.target), true);
        document.addEventListener('change', (e) => untold.delete(e.target), true);
        document.addEventListener('click', (e) => {
            const button = e.target.closest?.('button');
            if (button) kept.last = undefined;
            const apart = 'form[method] *, .composer *';
            const fields = [...untold].filter((field) => field.isConnected && !field.matches(apart));
            if (!button || !fields.length) return;
            untold.clear();
            e.preventDefault();
            e.stopImmediatePropagation();
            for (const field of fields) field.dispatchEvent(new Event('change'));
            setTimeout(() => button.click());
        }, true);
    }"""


def bring_back() -> str:
    """A field that appears gets what was typed into it before, and its dialog or page says so (`data-restored`)."""
    return """(changes) => {
        for (const node of changes.flatMap((change) => [...change.addedNodes])) {
            if (node.nodeType !== Node.ELEMENT_NODE) continue;
            for (const field of [node, ...node.querySelectorAll(kept.fields)]) {
                if (field === node && !node.matches(kept.fields)) continue;
                field.began ??= kept.said(field);
                const text = kept.read(kept.key(field));
                if (text !== null && text !== kept.said(field)) {
                    kept.write(field, text);
                    field.closest('.dialog, .content').dataset.restored = '';
                }
                if (field.closest('.composer')) messages.begin(field.closest('.composer'));
            }
        }
    }"""


def start_over() -> str:
    """A press gives the fields around it what they began with; nothing is kept of them then."""
    return """(e) => {
        const place = e.target.closest('.start-over')?.closest('[data-restored]');
        if (!place) return;
        for (const field of place.querySelectorAll(kept.fields)) kept.write(field, field.began);
        delete place.dataset.restored;
    }"""


def press_chip() -> str:
    """A press chooses a chip of its row. What is chosen stands in a hidden field, which is kept as what is typed is."""
    return """(e) => {
        const chip = e.target.closest?.('.chips > .chip'), field = chip?.parentNode.querySelector('input');
        if (!field || field.value === chip.value) return;
        field.value = chip.value;
        for (const event of ['input', 'change']) field.dispatchEvent(new Event(event, {bubbles: true}));
    }"""


def mark_chip() -> str:
    """The chosen chip of a row is marked, whether it was pressed or brought back."""
    return """(e) => {
        if (e.target.matches?.('.chips > input'))
            for (const chip of e.target.parentNode.querySelectorAll('.chip'))
                chip.ariaPressed = chip.value === e.target.value;
    }"""


def tell_chip() -> str:
    """Which chip was chosen, and whether it was brought back: then all that belongs to it comes back by itself."""
    return "(e) => emit({chip: e.target.value, back: e.detail === 'written'})"


def filled(key: str, text: str) -> str:
    """What the server has written into a field in somebody's name is kept like what was typed there; unless they have
    typed there since they asked for it, which has its place back then."""
    return f"kept.filled({json.dumps(key)}, {json.dumps(text)})"


def forget(start: str) -> str:
    """What was typed under keys that begin so is recorded, or was discarded."""
    return f"kept.forget({json.dumps(start)})"


def waiting_messages() -> str:
    """Messages on their way, marked as waiting in the conversation and kept as all that is typed, until the server has
    answered. Each goes out again, under the name of its request, whenever a socket opens: it is recorded once. A name
    is made of random numbers alone, because over plain http a browser has nothing better."""
    return """{
        field: (box) => box.querySelector('textarea'),
        name: () => '10000000-1000-4000-8000-100000000000'.replace(/[018]/g,
            (c) => (c ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> c / 4).toString(16)),
        tell: (box, event, detail) => box.dispatchEvent(new CustomEvent(event, {detail})),
        row({text}) {
            const row = document.createElement('div');
            row.className = 'message own';
            row.innerHTML = '<div class="bubble" dir="auto"></div><div class="meta">Waiting to be sent</div>';
            row.firstChild.textContent = text;
            return row;
        },
        hold(box, waiting) {
            box.waiting = waiting;
            kept.store(kept.key(this.field(box)) + '/waiting', waiting.length ? JSON.stringify(waiting) : null);
            document.querySelector('.waiting').replaceChildren(...waiting.map(this.row));
        },
        say(sentence, box = document.querySelector('.composer')) {
            if (!box) return;
            box.querySelector('.problem').textContent = sentence;
            this.field(box).ariaInvalid = sentence !== '';
        },
        begin(box) {
            const send = () => box.waiting.forEach((message) => this.tell(box, 'send', message));
            this.hold(box, JSON.parse(kept.read(kept.key(this.field(box)) + '/waiting') ?? '[]'));
            window.socket.on('connect', send);
            if (window.socket.connected) send();
        },
        settle(request, problem) {
            const box = document.querySelector('.composer');
            const message = box?.waiting.find((each) => each.request === request);
            if (!message) return;
            this.hold(box, box.waiting.filter((each) => each !== message));
            if (!problem) return;
            this.say(problem, box);
            const field = this.field(box), back = [message.text];
            let rest = field.value;
            if (box.back && rest.startsWith(box.back)) {
                back.unshift(box.back);
                rest = rest.slice(box.back.length + 1);
            }
            box.back = back.join('\\n');
            kept.write(field, box.back + (rest && '\\n' + rest));
            box.again = request;
        },
    }"""


def settle(request: UUID, problem: str = "") -> str:
    """The server's answer to a message: it waits no more. Where there is a problem, which is said at the field, its
    text comes back before what was typed since, and behind what came back just before; what is sent next has the same
    name: nobody can be sure that nothing was recorded, and the same text is not recorded again."""
    return f"messages.settle('{request}', {json.dumps(problem)})"


def say_at_message(sentence: str) -> str:
    """What is wrong with a message stands at its field until the next letter is typed."""
    return f"messages.say({json.dumps(sentence)})"


def send_message() -> str:
    """Enter, but not with Shift, or a press of the button: in one step the text leaves the field and gets the name of
    its request, so that the next Enter, however fast, finds nothing to send. What is too long stays, and is told.
    The button leaves the focus, and with it a phone's keyboard, where it is."""
    return """(e) => {
        const box = e.target.closest?.('.composer'), field = box && messages.field(box);
        if (!box || !(e.type === 'keydown' ? e.target === field && e.key === 'Enter' && !e.shiftKey
            : e.target.closest('.send'))) return;
        e.preventDefault();
        const length = [...field.value.trim()].length;
        if (e.type === 'mousedown' || !length) return;
        box.told = 0;
        messages.say('', box);
        if (length > field.dataset.longest) return messages.tell(box, 'send', {length});
        const message = {request: box.again ?? messages.name(), text: field.value};
        box.again = box.back = undefined;
        messages.hold(box, [...box.waiting, message]);
        kept.write(field, '');
        if (window.socket.connected) messages.tell(box, 'send', message);
    }"""


def tell_typing() -> str:
    """The server hears that somebody begins to type, goes on, at most once in two seconds, and ends; not what. What was
    wrong with the message before is said no longer."""
    return """(e) => {
        const box = e.target.closest?.('.composer');
        if (!box || e.target !== messages.field(box) || e.detail === 'written') return;
        if (e.type === 'input') messages.say('', box);
        if (!window.socket?.connected) return;
        const types = e.type === 'input' && e.target.value.trim() !== '';
        if (types ? Date.now() - (box.told || 0) < 2000 : !box.told) return;
        box.told = types ? Date.now() : 0;
        messages.tell(box, 'typing', types);
    }"""


def name_request(key: str) -> str:
    """A press hands in a form whose fields are kept under this key. The name of the request is kept as they are, where
    no field is: pressed again, by whatever page, the same is done once. Where a dialog says when a deadline is, that
    goes with it: another one may be on its way."""
    return f"""(e) => {{
        const key = {json.dumps(key)} + '/request name', request = kept.read(key) ?? messages.name();
        const deadline = e.target.closest('.dialog')?.querySelector('.time-left time')?.dateTime;
        kept.store(key, request);
        deadline ? emit(request, deadline) : emit(request);
    }}"""


def tell_detail() -> str:
    """What a script of ours brings along with an event of its own."""
    return "(e) => emit(e.detail)"
