"""The fiat currencies, and v1's list of them.

The order, names and symbols are the server's own (recorded: `plancontent_currency_list`).
"""

from __future__ import annotations

from dataclasses import dataclass

from catalogsync.openmeter.releases import Behaviour
from catalogsync.sandbox.domain.contract import World

_TABLE = """\
USD|2|$|United States Dollar
EUR|2|€|Euro
GBP|2|£|British Pound
AUD|2|$|Australian Dollar
CAD|2|$|Canadian Dollar
JPY|0|¥|Japanese Yen
AED|2|د.إ|United Arab Emirates Dirham
AFN|2|؋|Afghan Afghani
ALL|2|L|Albanian Lek
AMD|2|դր.|Armenian Dram
ANG|2|ƒ|Netherlands Antillean Gulden
AOA|2|Kz|Angolan Kwanza
ARS|2|$|Argentine Peso
AWG|2|ƒ|Aruban Florin
AZN|2|₼|Azerbaijani Manat
BAM|2|КМ|Bosnia and Herzegovina Convertible Mark
BBD|2|$|Barbadian Dollar
BDT|2|৳|Bangladeshi Taka
BGN|2|лв.|Bulgarian Lev
BHD|3|د.ب|Bahraini Dinar
BIF|0|Fr|Burundian Franc
BMD|2|$|Bermudian Dollar
BND|2|$|Brunei Dollar
BOB|2|Bs.|Bolivian Boliviano
BRL|2|R$|Brazilian Real
BSD|2|$|Bahamian Dollar
BTN|2|Nu.|Bhutanese Ngultrum
BWP|2|P|Botswana Pula
BYN|2|Br|Belarusian Ruble
BYR|0|Br|Belarusian Ruble
BZD|2|$|Belize Dollar
CDF|2|Fr|Congolese Franc
CHF|2|CHF|Swiss Franc
CLF|4|UF|Unidad de Fomento
CLP|0|$|Chilean Peso
CNY|2|¥|Chinese Renminbi Yuan
COP|2|$|Colombian Peso
CRC|2|₡|Costa Rican Colón
CUC|2|$|Cuban Convertible Peso
CUP|2|$|Cuban Peso
CVE|2|$|Cape Verdean Escudo
CZK|2|Kč|Czech Koruna
DJF|0|Fdj|Djiboutian Franc
DKK|2|kr.|Danish Krone
DOP|2|$|Dominican Peso
DZD|2|د.ج|Algerian Dinar
EGP|2|ج.م|Egyptian Pound
ERN|2|Nfk|Eritrean Nakfa
ETB|2|Br|Ethiopian Birr
FJD|2|$|Fijian Dollar
FKP|2|£|Falkland Pound
GEL|2|₾|Georgian Lari
GHS|2|₵|Ghanaian Cedi
GIP|2|£|Gibraltar Pound
GMD|2|D|Gambian Dalasi
GNF|0|Fr|Guinean Franc
GTQ|2|Q|Guatemalan Quetzal
GYD|2|$|Guyanese Dollar
HKD|2|$|Hong Kong Dollar
HNL|2|L|Honduran Lempira
HTG|2|G|Haitian Gourde
HUF|0|Ft|Hungarian Forint
IDR|2|Rp|Indonesian Rupiah
ILS|2|₪|Israeli New Sheqel
INR|2|₹|Indian Rupee
IQD|3|ع.د|Iraqi Dinar
IRR|2|﷼|Iranian Rial
ISK|0|kr.|Icelandic Króna
JMD|2|$|Jamaican Dollar
JOD|3|د.ا|Jordanian Dinar
KES|2|KSh|Kenyan Shilling
KGS|2|som|Kyrgyzstani Som
KHR|2|៛|Cambodian Riel
KMF|0|Fr|Comorian Franc
KPW|2|₩|North Korean Won
KRW|0|₩|South Korean Won
KWD|3|د.ك|Kuwaiti Dinar
KYD|2|$|Cayman Islands Dollar
KZT|2|₸|Kazakhstani Tenge
LAK|2|₭|Lao Kip
LBP|2|ل.ل|Lebanese Pound
LKR|2|₨|Sri Lankan Rupee
LRD|2|$|Liberian Dollar
LSL|2|L|Lesotho Loti
LYD|3|ل.د|Libyan Dinar
MAD|2|د.م.|Moroccan Dirham
MDL|2|L|Moldovan Leu
MGA|5|Ar|Malagasy Ariary
MKD|2|ден|Macedonian Denar
MMK|2|K|Myanmar Kyat
MNT|2|₮|Mongolian Tögrög
MOP|2|P|Macanese Pataca
MRU|5|UM|Mauritanian Ouguiya
MUR|2|₨|Mauritian Rupee
MVR|2|MVR|Maldivian Rufiyaa
MWK|2|MK|Malawian Kwacha
MXN|2|$|Mexican Peso
MYR|2|RM|Malaysian Ringgit
MZN|2|MTn|Mozambican Metical
NAD|2|$|Namibian Dollar
NGN|2|₦|Nigerian Naira
NIO|2|C$|Nicaraguan Córdoba
NOK|2|kr|Norwegian Krone
NPR|2|Rs.|Nepalese Rupee
NZD|2|$|New Zealand Dollar
OMR|3|ر.ع.|Omani Rial
PAB|2|B/.|Panamanian Balboa
PEN|2|S/|Peruvian Sol
PGK|2|K|Papua New Guinean Kina
PHP|2|₱|Philippine Peso
PKR|2|₨|Pakistani Rupee
PLN|2|zł|Polish Złoty
PYG|0|₲|Paraguayan Guaraní
QAR|2|ر.ق|Qatari Riyal
RON|2|Lei|Romanian Leu
RSD|2|РСД|Serbian Dinar
RUB|2|₽|Russian Ruble
RWF|0|FRw|Rwandan Franc
SAR|2|ر.س|Saudi Riyal
SBD|2|$|Solomon Islands Dollar
SCR|2|₨|Seychellois Rupee
SDG|2|£|Sudanese Pound
SEK|2|kr|Swedish Krona
SGD|2|$|Singapore Dollar
SHP|2|£|Saint Helenian Pound
SKK|2|Sk|Slovak Koruna
SLE|2|Le|New Leone
SLL|2|Le|Sierra Leonean Leone
SOS|2|Sh|Somali Shilling
SRD|2|$|Surinamese Dollar
SSP|2|£|South Sudanese Pound
STD|2|Db|São Tomé and Príncipe Dobra
STN|2|Db|São Tomé and Príncipe Second Dobra
SVC|2|₡|Salvadoran Colón
SYP|2|£S|Syrian Pound
SZL|2|E|Swazi Lilangeni
THB|2|฿|Thai Baht
TJS|2|ЅМ|Tajikistani Somoni
TMT|2|T|Turkmenistani Manat
TND|3|د.ت|Tunisian Dinar
TOP|2|T$|Tongan Paʻanga
TRY|2|₺|Turkish Lira
TTD|2|$|Trinidad and Tobago Dollar
TWD|2|$|New Taiwan Dollar
TZS|2|Sh|Tanzanian Shilling
UAH|2|₴|Ukrainian Hryvnia
UGX|0|USh|Ugandan Shilling
UYU|2|$U|Uruguayan Peso
UZS|2|so'm|Uzbekistan Som
VES|2|Bs|Venezuelan Bolívar Soberano
VND|0|₫|Vietnamese Đồng
VUV|0|Vt|Vanuatu Vatu
WST|2|T|Samoan Tala
XAF|0|CFA|Central African Cfa Franc
XAG|0|oz t|Silver (Troy Ounce)
XAU|0|oz t|Gold (Troy Ounce)
XBA|0||European Composite Unit
XBB|0||European Monetary Unit
XBC|0||European Unit of Account 9
XBD|0||European Unit of Account 17
XCD|2|$|East Caribbean Dollar
XDR|0|SDR|Special Drawing Rights
XOF|0|Fr|West African Cfa Franc
XPD|0|oz t|Palladium
XPF|0|Fr|Cfp Franc
XPT|0|oz t|Platinum
XTS|0||Codes specifically reserved for testing purposes
YER|2|﷼|Yemeni Rial
ZAR|2|R|South African Rand
ZMK|2|ZK|Zambian Kwacha
ZMW|2|K|Zambian Kwacha
"""


_MARKS = {
    code: marks
    for marks, codes in (
        (",.", "ANG ARS BRL CLF CLP COP CRC DKK EUR IDR ISK MZN NOK PEN RON RUB TRY UYU VES VND"),
        (", ", "BYN BYR CZK HUF PLN SEK ZAR"),
        (".'", "CHF"),
    )
    for code in codes.split()
}
"""The decimal mark and the thousands separator where they are not the usual ones (v3 shows them; tried on the real server)."""


@dataclass(frozen=True, slots=True)
class Fiat:
    """A fiat currency: its code, how many digits its smallest unit has, its symbol, its name, its decimal mark and thousands separator."""

    code: str
    subunits: int
    symbol: str
    name: str
    decimal_mark: str
    thousand_separator: str


def _read(line: str) -> Fiat:
    code, subunits, symbol, name = line.split("|")
    return Fiat(code, int(subunits), symbol, name, *_MARKS.get(code, ".,"))


FIAT = {currency.code: currency for currency in map(_read, _TABLE.splitlines())}

_ONCE_TAKEN = frozenset("BCH BTC CNH GBX GGP IMP JEP XFU".split())
"""Codes that older releases took for a fiat currency (recorded: `plancontent_currency_good` of v1.0.0-beta.227; the others were asked of
servers of 225, 227 and 228, which take exactly these).
"""


def is_fiat(world: World, code: str) -> bool:
    """Whether the emulated release takes a code for a fiat currency."""
    return code in FIAT or (code in _ONCE_TAKEN and not world.does(Behaviour.CURRENCIES_CHECKED))


def was_fiat(code: str) -> bool:
    """Whether some release took a code for a fiat currency: after an upgrade every one still shows what was written in it."""
    return code in FIAT or code in _ONCE_TAKEN
