"""assets/directory/holidays.json made anew: `python -m app.web.holidays_nl`.

The library `holidays` is asked here and in a test, never on the phone: what travels is a dozen dates a year, from the
year of the built-in list on. Which days are public holidays is the library's word (Good Friday is among them).
"""

import json

from app.web import ROOT

PATH = ROOT / "assets" / "directory" / "holidays.json"
YEARS = 8


def text(first_year: int) -> str:
    """The file: its years, and the days in order."""
    from holidays import country_holidays

    years = range(first_year, first_year + YEARS)
    days = sorted(day.isoformat() for day in country_holidays("NL", years=years))
    return json.dumps({"years": [years[0], years[-1]], "days": days}, indent=1) + "\n"


if __name__ == "__main__":
    from app.services.directory.built_in import made

    PATH.write_text(text(made().year), encoding="utf-8")
