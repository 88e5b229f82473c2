"""Which clock hangs on the wall at an address.

Names and extents are those of the public tz database. A state with two clocks has the one most of its people use:
a promise counts in days, so an hour more or less does not change it. An address we do not know has the clock of its
longitude, and without coordinates UTC.
"""

from orderflow.address import Address

_US_BY_ZONE = {
    "America/New_York": "CT DC DE FL GA IN KY MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV",
    "America/Chicago": "AL AR IA IL KS LA MN MO MS ND NE OK SD TN TX WI",
    "America/Denver": "CO ID MT NM UT WY",
    "America/Phoenix": "AZ",
    "America/Los_Angeles": "CA NV OR WA",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
    "America/Puerto_Rico": "PR VI",
    "Pacific/Guam": "GU MP",
    "Pacific/Pago_Pago": "AS",
}
_CANADA_BY_ZONE = {
    "America/St_Johns": "NL",
    "America/Halifax": "NB NS PE",
    "America/Toronto": "NU ON QC",
    "America/Winnipeg": "MB",
    "America/Regina": "SK",
    "America/Edmonton": "AB NT",
    "America/Vancouver": "BC",
    "America/Whitehorse": "YT",
}
_AUSTRALIA_BY_ZONE = {
    "Australia/Sydney": "ACT NSW",
    "Australia/Melbourne": "VIC",
    "Australia/Brisbane": "QLD",
    "Australia/Hobart": "TAS",
    "Australia/Adelaide": "SA",
    "Australia/Darwin": "NT",
    "Australia/Perth": "WA",
}
_BRAZIL_BY_ZONE = {
    "America/Sao_Paulo": "DF ES GO MG PR RJ RS SC SP",
    "America/Bahia": "BA",
    "America/Fortaleza": "CE MA PB PI RN",
    "America/Recife": "PE",
    "America/Maceio": "AL SE",
    "America/Belem": "AP PA",
    "America/Araguaina": "TO",
    "America/Campo_Grande": "MS",
    "America/Cuiaba": "MT",
    "America/Manaus": "AM",
    "America/Porto_Velho": "RO",
    "America/Boa_Vista": "RR",
    "America/Rio_Branco": "AC",
}

_BY_REGION = {
    (country, region): zone
    for country, zones in (
        ("US", _US_BY_ZONE),
        ("CA", _CANADA_BY_ZONE),
        ("AU", _AUSTRALIA_BY_ZONE),
        ("BR", _BRAZIL_BY_ZONE),
    )
    for zone, regions in zones.items()
    for region in regions.split()
}

# The zone of the largest city, for countries of one clock and as the fallback for those of several.
_BY_COUNTRY = {
    "US": "America/New_York",
    "CA": "America/Toronto",
    "MX": "America/Mexico_City",
    "BR": "America/Sao_Paulo",
    "AR": "America/Argentina/Buenos_Aires",
    "CL": "America/Santiago",
    "CO": "America/Bogota",
    "PE": "America/Lima",
    "GB": "Europe/London",
    "IE": "Europe/Dublin",
    "PT": "Europe/Lisbon",
    "ES": "Europe/Madrid",
    "FR": "Europe/Paris",
    "BE": "Europe/Brussels",
    "NL": "Europe/Amsterdam",
    "LU": "Europe/Luxembourg",
    "DE": "Europe/Berlin",
    "CH": "Europe/Zurich",
    "AT": "Europe/Vienna",
    "IT": "Europe/Rome",
    "DK": "Europe/Copenhagen",
    "NO": "Europe/Oslo",
    "SE": "Europe/Stockholm",
    "FI": "Europe/Helsinki",
    "EE": "Europe/Tallinn",
    "LV": "Europe/Riga",
    "LT": "Europe/Vilnius",
    "PL": "Europe/Warsaw",
    "CZ": "Europe/Prague",
    "SK": "Europe/Bratislava",
    "HU": "Europe/Budapest",
    "SI": "Europe/Ljubljana",
    "HR": "Europe/Zagreb",
    "RO": "Europe/Bucharest",
    "BG": "Europe/Sofia",
    "GR": "Europe/Athens",
    "TR": "Europe/Istanbul",
    "UA": "Europe/Kyiv",
    "IL": "Asia/Jerusalem",
    "AE": "Asia/Dubai",
    "SA": "Asia/Riyadh",
    "ZA": "Africa/Johannesburg",
    "EG": "Africa/Cairo",
    "NG": "Africa/Lagos",
    "KE": "Africa/Nairobi",
    "IN": "Asia/Kolkata",
    "CN": "Asia/Shanghai",
    "HK": "Asia/Hong_Kong",
    "TW": "Asia/Taipei",
    "JP": "Asia/Tokyo",
    "KR": "Asia/Seoul",
    "SG": "Asia/Singapore",
    "MY": "Asia/Kuala_Lumpur",
    "TH": "Asia/Bangkok",
    "VN": "Asia/Ho_Chi_Minh",
    "PH": "Asia/Manila",
    "ID": "Asia/Jakarta",
    "AU": "Australia/Sydney",
    "NZ": "Pacific/Auckland",
}


def zone_at(address: Address) -> str:
    """The tz database name of the clock at this address, as far as country, region and longitude tell."""
    known = _BY_REGION.get((address.country, address.region)) or _BY_COUNTRY.get(address.country)
    return known or _zone_of_longitude(address.longitude)


def _zone_of_longitude(longitude: float | None) -> str:
    hours = round((longitude or 0) / 15)
    # The tz database counts these westwards: Etc/GMT+5 is five hours behind Greenwich.
    return "UTC" if hours == 0 else f"Etc/GMT{-hours:+d}"
