"""Forms that are posted: real ones, whose answer is a page.

Script, as in all of this package: each is a named function with its reason.
"""


def send_once() -> str:
    """A form that is posted goes once, however often it is pressed until its answer is there: browsers show the last
    answer, by which the link is over, or the name is taken, that the first press has just used. Its button shows that
    it is under way (`aria-busy`).

    It may go again after ten seconds, when somebody comes back to the page or stops it by Escape, and at once where
    another button is pressed or something else stands in the form: whoever has stopped it meant to mend that."""
    return """(() => {
        const sent = new Map();
        const forget = (form) => {
            sent.get(form)?.button?.removeAttribute('aria-busy');
            sent.delete(form);
        };
        const forgetAll = () => [...sent.keys()].forEach(forget);
        addEventListener('pageshow', forgetAll);
        addEventListener('keydown', (e) => e.key === 'Escape' && forgetAll());
        document.addEventListener('submit', (e) => {
            const form = e.target, button = e.submitter;
            if (e.defaultPrevented || form.method !== 'post') return;
            const what = JSON.stringify([button?.formAction, ...new FormData(form)]);
            if (sent.get(form)?.what === what) return e.preventDefault();
            forget(form);
            const going = {what, button};
            sent.set(form, going);
            button?.setAttribute('aria-busy', 'true');
            setTimeout(() => sent.get(form) === going && forget(form), 10000);
        });
    })();"""


def hear_what_programs_fill_in() -> str:
    """Some programs that fill in fields, password managers among them, tell `change` alone. Our fields follow `input`:
    they get one for what they have not heard of."""
    return """() => {
        const heard = new WeakMap();
        document.addEventListener('input', ({target}) => heard.set(target, target.value), true);
        document.addEventListener('change', (e) => {
            const field = e.target;
            if (!field.matches?.('input:not([type=checkbox], [type=radio], [type=hidden]), textarea')) return;
            if (heard.get(field) !== field.value) field.dispatchEvent(new Event('input', {bubbles: true}));
        }, true);
    }"""


def forget_on_leaving() -> str:
    """Whoever signs out here leaves nothing behind in this tab, as soon as the page to sign in tells that they are out:
    a press without a line leaves them signed in."""
    return """() => {
        const look = () => {
            if (document.querySelector('form[action="/login"]') && kept.read('/leaving')) kept.forget('');
            else kept.store('/leaving', null);
        };
        document.addEventListener('submit',
            (e) => e.target.getAttribute('action')?.startsWith('/logout') && kept.store('/leaving', 1));
        document.addEventListener('DOMContentLoaded', look);
        addEventListener('pageshow', look);
    }"""
