"""The currencies that the server knows: the codes and decimals of its `GET /api/v1/info/currencies` (recorded:
`plancontent_currency_list`). The decimals are not always those of ISO 4217: HUF has none here, MGA and MRU have five.
"""

from __future__ import annotations

FIAT: frozenset[str] = frozenset(
    """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BYR BZD
    CAD CDF CHF CLF CLP CNY COP CRC CUC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP
    GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT
    LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD
    OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SKK SLE SLL SOS SRD SSP
    STD STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XAG XAU
    XBA XBB XBC XBD XCD XDR XOF XPD XPF XPT XTS YER ZAR ZMK ZMW
    """.split()
)

_SIGNS = {
    "$": "ARS AUD BBD BMD BND BSD BZD CAD CLP COP DOP FJD GYD HKD JMD KYD LRD MXN NAD NZD SBD SGD SRD TTD TWD USD UYU XCD",
    "US$": "USD", "A$": "AUD", "C$": "CAD", "CA$": "CAD", "HK$": "HKD", "MX$": "MXN", "NZ$": "NZD", "S$": "SGD", "NT$": "TWD", "R$": "BRL",
    "€": "EUR", "£": "EGP FKP GBP GIP LBP SHP SYP", "¥": "CNY JPY", "₹": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "₫": "VND", "₪": "ILS",
    "₴": "UAH", "₦": "NGN", "₱": "PHP", "฿": "THB", "zł": "PLN", "kr": "DKK ISK NOK SEK", "Kč": "CZK", "Ft": "HUF", "Rs": "INR LKR MUR NPR PKR",
}  # fmt: skip
SIGNS: dict[str, frozenset[str]] = {sign: frozenset(codes.split()) for sign, codes in _SIGNS.items()}
"""What people write beside an amount, and the currencies that they can mean by it."""
_USUAL_DIGITS = 2
_DIGITS = {
    0: """
    BIF BYR CLP DJF GNF HUF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XAG XAU XBA XBB XBC XBD XDR XOF XPD XPF XPT XTS
    """,
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF",
    5: "MGA MRU",
}
_DIGITS_OF = {code: digits for digits, codes in _DIGITS.items() for code in codes.split()}


def digits(code: str) -> int:
    """How many decimals an amount in this currency is rounded to. Raises KeyError for a code that the server does not know."""
    if code not in FIAT:
        raise KeyError(code)
    return _DIGITS_OF.get(code, _USUAL_DIGITS)
