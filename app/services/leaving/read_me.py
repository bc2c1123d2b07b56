"""The word that goes with the zip: what is in it, how to read it, what is not in it. In Dutch and in English, as whoever
opens it may not have the app, nor its language.
"""

from collections.abc import Mapping
from datetime import datetime

from app.services.leaving.unopened import Unopened

_DUTCH = """STRAATCONTACT: ALLES VAN DE ORGANISATIE
Gemaakt op {made} (UTC), op een apparaat van een coördinator.

LET OP. Dit bestand is NIET versleuteld. Er staan notities over bewoners in. Bewaar het op een versleutelde schijf, mail
het niet, en gooi het weg als het niet meer nodig is. Wat bewoners later laten wissen, blijft in dit bestand staan: houd
bij waar het is, en wis het dan ook daar.

Wat erin zit
- records/*.jsonl   elke soort gegevens: één regel is één gegeven, als JSON
- tables/*.csv      hetzelfde als tabellen, voor een rekenprogramma (scheiding ; en UTF-8)
- photos/*.jpg      foto's bij verhalen, waar toestemming voor is
- people.json, teams.json   wie meedoet en waar
- activities.ics    alle activiteiten, voor een agenda
- help_lines_hsds.json      de hulplijnen, in HSDS 3.0
- manifest.json     wat erin zit, met een SHA-256 van elk bestand
"""
_DUTCH_NOT = """
Wat er niet in zit
- Van {counts_only} bezoeken staat er alleen de telling: de bewoner wilde de rest niet delen met de coördinator, of de
  bewaartijd van de rest is voorbij.
- Wat iemand heeft weggehaald of laten wissen.
- Van {other_teams} teams heeft dit apparaat geen sleutel.
- {aside} berichten zijn opzij gelegd, {waiting} wachten op iets dat nog niet binnen is, {quarantined} wachten op een
  besluit. Van {withheld} apparaten kwam niet alles binnen.
- Sleutels. De codes en velden staan uitgelegd in docs/records.md en docs/export.md van Straatcontact.
"""
_ENGLISH = """
------------------------------------------------------------------------------------------------------------------------
STRAATCONTACT: EVERYTHING OF THE ORGANISATION
Made at {made} (UTC), on a coordinator's device.

MIND. This file is NOT encrypted, and notes about residents are in it. Keep it on an encrypted disk, do not mail it, and
delete it when it is no longer needed. What residents have erased later stays in this file: know where it is.

records/*.jsonl: one record a line. `fields` are named "group.field" as in docs/records.md; bytes (ids) are hex; days are ISO
dates; `teams` are those it was made in; `made` and `changed` are UTC. `versions` stands where two people changed one field
without knowing of each other, and nobody has chosen yet. tables/*.csv: the same as tables; a cell that begins like a formula
has ' in front. manifest.json: counts, and a SHA-256 of every file.

Not in it: all but the count of {counts_only} visits; what was removed or erased; {other_teams} teams without a key here;
{aside} messages kept aside, {waiting} that wait, {quarantined} in quarantine; gaps of {withheld} devices; keys.
"""


def read_me(made: datetime, by: str, kinds: Mapping[str, int], left_out: Unopened) -> str:
    """The whole text."""
    told = {
        "made": f"{made:%Y-%m-%d %H:%M}",
        "counts_only": left_out.counts_only,
        "other_teams": left_out.other_teams,
        "aside": sum(n for _, n in left_out.aside),
        "waiting": left_out.waiting,
        "quarantined": left_out.quarantined,
        "withheld": left_out.withheld,
    }
    listed = "".join(f"  {n:>7} {kind}\n" for kind, n in sorted(kinds.items()))
    text = _DUTCH.format(**told) + listed + _DUTCH_NOT.format(**told) + _ENGLISH.format(**told) + listed
    return text.replace("\n", "\r\n")  # so that every program shows the lines
