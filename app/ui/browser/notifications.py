"""How a page that nobody looks at calls somebody: the count in its title, notifications and a tone, as chosen there.

Script, as in all of this package: each is a named function with its reason.
"""

import json


def tell_news(unseen: int, told: str = "", figures: str = "") -> str:
    """To a page that nobody looks at: how much is new, and what cannot wait, without and with the figures."""
    return f"tellNews({', '.join(map(json.dumps, (unseen, told, figures)))})"


def hear_news() -> str:
    """A page that is hidden, or that nobody has touched for two minutes, counts in its title, notifies and sounds, as
    was chosen in this browser; any other does nothing of it. The menu `notifications` asks for the right, which no page
    may ask for by itself, and says where it cannot be had: over plain http no setting gives it. The choices stay in the
    browser, which is what they are about; where it keeps none, nothing is on."""
    return """() => {
        const read = () => { try { return JSON.parse(localStorage.notifications || '{}'); } catch { return {}; } };
        const choose = (name, on) => { try {
            localStorage.notifications = JSON.stringify({...read(), [name]: on});
        } catch {} };
        let count = '', idle = false;
        const title = () => document.title.startsWith(count) ? document.title.slice(count.length) : document.title;
        const tellCount = (unseen) => {
            const plain = title();
            count = unseen ? `(${unseen > 99 ? '99+' : unseen}) ` : '';
            document.title = count + plain;
        };
        const isOn = () => read().shown && window.Notification?.permission === 'granted';
        const notify = (body) => { try {
            const shown = new Notification(title(), {body, tag: location.pathname, renotify: true});
            shown.onclick = () => { window.focus(); shown.close(); };
            return true;
        } catch { return false; } };
        let audio;
        const sound = () => {
            if (!window.AudioContext || navigator.userActivation?.hasBeenActive === false) return;
            audio ??= new AudioContext();
            audio.resume();
            const tone = audio.createOscillator(), loud = audio.createGain(), now = audio.currentTime;
            loud.gain.setValueAtTime(0.1, now);
            loud.gain.exponentialRampToValueAtTime(0.001, now + 0.4);
            tone.connect(loud).connect(audio.destination);
            tone.start(now);
            tone.stop(now + 0.4);
        };
        window.tellNews = (unseen, told, figures) => {
            if (!document.hidden && !idle) return;
            tellCount(unseen);
            if (told && read().sound) sound();
            if (told && isOn()) notify(read().figures && figures || told);
        };
        let able = true;
        const show = () => {
            const menu = document.getElementById('notifications');
            menu.querySelector('button').textContent = `Turn ${isOn() ? 'off' : 'on'} notifications`;
            menu.querySelector('[role=status]').textContent = !able || !window.Notification || !isSecureContext ?
                'This browser shows no notifications here.' : Notification.permission === 'denied' ?
                'This browser forbids notifications here. Its settings for this site can allow them.' :
                isOn() ? 'Notifications are on.' : 'Notifications are off.';
            for (const box of menu.querySelectorAll('input')) box.checked = Boolean(read()[box.name]);
        };
        const inMenu = (e) => e.target.closest?.('#notifications');
        document.addEventListener('toggle', (e) => inMenu(e) && show(), true);
        document.addEventListener('change', (e) => {
            if (!inMenu(e)) return;
            choose(e.target.name, e.target.checked);
            if (e.target.name === 'sound' && e.target.checked) sound();
        });
        document.addEventListener('click', async (e) => {
            if (!inMenu(e) || !e.target.closest('button')) return;
            const on = !isOn() && await window.Notification?.requestPermission() === 'granted';
            if (on) able = notify('Notifications are on.');
            choose('shown', on && able);
            show();
        });
        document.addEventListener('visibilitychange', () => document.hidden || tellCount(0));
        document.addEventListener('idle', (e) => (idle = e.detail) || tellCount(0));
    }"""
