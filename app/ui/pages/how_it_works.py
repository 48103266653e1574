"""``/how-it-works``: the rules, for the people who bargain by them; readable before one has an account."""

from fastapi import Request
from fastapi.responses import Response
from nicegui import ui

from app.ui.components.html import Html
from app.ui.components.html_block import Block
from app.ui.pages.layout import HOW_IT_WORKS, PAGE, frame
from app.ui.pages.static_page import static_page_instead
from app.ui.site import Site

_RULES = """
<h1>How it works</h1>
<p class="lead">One seller, one buyer, one room. You make offers until one of you accepts, or until the time is up.
These are all the rules.</p>
<section class="card rules"><h2>The two of you</h2><ul>
<li><b>Whoever opens the seller’s link first, and signs in, is the buyer.</b> If the seller named somebody, it can only
be them.</li>
<li><b>The seller can renew the link</b>; the old one stops working at once. <b>Until the buyer has answered, the seller
can also release their seat</b>, for somebody else.</li>
</ul></section>
<section class="card rules"><h2>Offers</h2><ul>
<li><b>Either of you may put an offer on the table.</b> The seller makes the first one. It has a price for each unit, a
quantity and a description.</li>
<li><b>The newest offer replaces every earlier one.</b> Whoever answers an offer with another one has turned it down.
The earlier ones can still be read, but no longer be accepted.</li>
<li><b>Only the other side can accept an offer, and only exactly the version on their screen.</b> If a new one arrives
meanwhile, nothing is accepted, and they see what is different.</li>
<li><b>Accepting is final</b> for both of you.</li>
</ul></section>
<section class="card rules"><h2>Taking back and turning down</h2><ul>
<li><b>An offer can be taken back until it is accepted.</b> Whoever made it may withdraw it.</li>
<li><b>Whoever received it may reject it.</b></li>
<li><b>Either of these ends the trade.</b> If you only want other terms, make another offer, or ask for them.</li>
</ul></section>
<section class="card rules"><h2>Asking and talking</h2><ul>
<li><b>A request is not an offer.</b> The buyer can ask for other terms in words. The offer on the table stays as it is
and can still be accepted. The request stays in sight until the next offer answers it.</li>
<li><b>Messages change nothing</b> on the table, and they do not move the deadline.</li>
</ul></section>
<section class="card rules"><h2>The clock</h2><ul>
<li><b>The deadline ends an offer; it does not hold it open.</b> Before it, the offer can still be withdrawn or
replaced. From then on nothing can be accepted, and the trade expires by itself.</li>
<li><b>Every new offer leaves the other side at least two minutes to answer.</b> Where less is left, the deadline moves
for both of you.</li>
<li><b>The seller can extend the deadline.</b> Nobody can shorten it.</li>
<li><b>Our server's clock decides</b>, not the one of your device.</li>
</ul></section>
<section class="card rules"><h2>What is kept, and what it proves</h2><ul>
<li><b>Every offer, every message and every act is kept</b> with its time, for both of you to read. Nobody can change it
afterwards.</li>
<li><b>Once the trade is closed, each of you can download the receipt</b> of what was agreed, or the record of what was
not: a PDF to read, and a signed file (JSON). With <a href="/receipt-key">our public key</a> anybody can check, without
asking us, that this server recorded exactly these acts in this order and that nothing was changed since.</li>
<li><b>It does not prove who sat at the keyboard</b> of an account.</li>
<li><b>How far you have seen a trade is kept</b>, and when you were last there. The other party sees whether you are
here, away or when you were last seen, and that you have had their offer on your screen; never whether you have read a
message.</li>
<li><b>If you delete your account, your name goes.</b> What you did in a trade stays, without your name, because it is
the other party's too; how far you have seen is deleted. A trade that nobody ever joined is deleted a month after its
end.</li>
{}</ul></section>
"""
_MAILS = """<li><b>An e-mail address is yours to give.</b> The other side never sees it. Mails say who did what in
which trade, with no price and no message. One click in any of them ends them; the address goes when you remove it or
delete your account.</li>
"""
_SIGNED_OUT = '<main class="page form-page">{}<a class="button" href="/">Sign in or create an account</a></main>'


def register(site: Site) -> None:
    """Serve the page."""
    rules = _RULES.format(_MAILS if site.post is not None else "")

    @ui.page(HOW_IT_WORKS, **PAGE)
    def how_it_works(request: Request) -> Response | None:
        if request.state.viewer is None:
            return static_page_instead("How it works", Html(_SIGNED_OUT.format(rules)))
        with frame(site, request, "How it works", classes="page form-page"):
            Block(rules).classes("as-children")
        return None
