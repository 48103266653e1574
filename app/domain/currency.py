"""Currencies: which a trade can be in, how many decimals each has, and the signs by which a price may name it.

ISO 4217, as legal tender somewhere today, those with at most two decimals: a price is a numeric(15,2). The domain knows
no library, so the table stands here; a test compares it with babel's data (the Unicode CLDR).
"""

from app.domain.refusals import invalid

USD = "USD"
"""What a trade is in that does not say."""
_WITH_CENTS = """
    AED AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY CRC CUP CVE CZK DKK DOP
    DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG ILS INR JMD KES KGS KHR KYD KZT LKR LRD LSL MAD
    MDL MKD MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD
    SCR SDG SEK SGD SHP SLE SRD SSP STN SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG ZAR ZMW ZWG
"""
_WHOLE = """
    AFN ALL BIF CLP COP DJF GNF HUF IDR IQD IRR ISK JPY KMF KPW KRW LAK LBP MGA MMK PYG RWF SOS SYP UGX VND VUV XAF XOF
    XPF YER
"""
DECIMALS = dict.fromkeys(_WITH_CENTS.split(), 2) | dict.fromkeys(_WHOLE.split(), 0)
"""How many digits after the point a price has, by the currency's code."""
WHOLE = tuple(code for code, decimals in DECIMALS.items() if not decimals)
"""The currencies without smaller coins."""
_SIGNS = {
    "AUD": ("A$",),
    "BRL": ("R$",),
    "CAD": ("CA$",),
    "CNY": ("CN\u00a5", "\u00a5"),
    "EUR": ("\u20ac",),
    "GBP": ("\u00a3",),
    "HKD": ("HK$",),
    "ILS": ("\u20aa",),
    "INR": ("\u20b9",),
    "JPY": ("\u00a5",),
    "KRW": ("\u20a9",),
    "MXN": ("MX$",),
    "NZD": ("NZ$",),
    "PHP": ("\u20b1",),
    "TWD": ("NT$",),
    "USD": ("$",),
    "VND": ("\u20ab",),
    "XAF": ("FCFA",),
    "XCD": ("EC$",),
    "XCG": ("Cg.",),
    "XOF": ("F\u202fCFA", "F CFA"),
    "XPF": ("CFPF",),
}
"""As prices are shown with them, and as they are typed; a currency that is not here is shown with its code."""


def check_currency(typed: str) -> str:
    """A currency's code, in capital letters. Raises `Refusal` (INVALID, "currency")."""
    code = typed.strip().upper()
    if code not in DECIMALS:
        raise invalid("currency", "The currency is not one that can be used here. Please write its code, such as EUR.")
    return code


def without_sign(amount: str, currency: str) -> str:
    """The amount without the sign or the code of its own currency in front of it."""
    names = (*_SIGNS.get(currency, ()), currency)
    return amount.removeprefix(next(filter(amount.startswith, names), "")).strip()
