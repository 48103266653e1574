"""What the browser does with times when the day changes.

Script, as in all of this package: each is a named function with its reason.
"""


def on_every_page() -> str:
    """A page looks each second whether its day is over, also where its computer has slept meanwhile."""
    return f"setInterval(({write_times_anew()})(), 1000);"


def write_times_anew() -> str:
    """Times of today are written without their date, and days are called today and yesterday (`wording.clock_time`,
    `wording.day`). On a page that stays open over midnight that would be said of another day: from then on the browser
    writes them, by its own clock and in its own zone, and again what the server may still send as it was written the
    day before. What stands below a line with its day has no date; pages that are not live tell dates in full."""
    return """() => {
        const opened = new Date().toDateString();
        const format = (month) => new Intl.DateTimeFormat('en-US', {month, day: 'numeric'});
        const [short, long] = [format('short'), format('long')];
        const write = (place, words) => { if (place.textContent !== words) place.textContent = words; };
        return () => {
            const now = new Date(), today = now.toDateString();
            if (today === opened) return;
            const year = (at, comma) => at.getFullYear() === now.getFullYear() ? '' : `${comma} ${at.getFullYear()}`;
            const times = 'body:not(.static) time:not(.meta *, .offer-head *, .event > *)';
            for (const time of document.querySelectorAll(times)) {
                const at = new Date(time.dateTime), clock = at.toTimeString().slice(0, 5);
                write(time, at.toDateString() === today ? clock : `${short.format(at)}${year(at, '')}, ${clock}`);
            }
            for (const line of document.querySelectorAll('.flow .day')) {
                const at = new Date(line.nextElementSibling.querySelector('time').dateTime);
                const ago = Math.round((new Date(today) - new Date(at.toDateString())) / 86400000);
                write(line.firstChild, `${['Today, ', 'Yesterday, '][ago] ?? ''}${long.format(at)}${year(at, ',')}`);
            }
        };
    }"""
