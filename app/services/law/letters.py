"""Two texts for after a breach: the notification to the Autoriteit Persoonsgegevens (art. 33 GDPR, within 72 hours) and
the letter to residents (art. 34). Always in Dutch, whatever language is on screen: that is who reads them.

They are filled in as far as this device knows; what stands in [ ] only people know. The parts of the notification follow
art. 33(3): nature, categories and numbers, contact, consequences, measures. A proposal: the FG decides.
"""

from collections.abc import Sequence
from datetime import date

from app.services.law.lost import GONE, Lost

_DUTCH_MONTHS = (
    "januari februari maart april mei juni juli augustus september oktober november december".split()  # noqa: SIM905
)
_KINDS: dict[str, tuple[str, str]] = {
    "visit": ("welkomstbezoek", "welkomstbezoeken"),
    "welcome": ("adres dat op een welkom wacht", "adressen die op een welkom wachten"),
    "mark": ("adres waar niemand aanbelt", "adressen waar niemand aanbelt"),
    "review": ("bericht van een coördinator over een bezoek", "berichten van een coördinator over een bezoek"),
    "followup": ("taak met een adres", "taken met een adres"),
    "task": ("keuze over maatjes", "keuzes over maatjes"),
    "story": ("verhaal", "verhalen"),
    "activity": ("activiteit (zonder namen)", "activiteiten (zonder namen)"),
    "request": ("vraag van een bewoner", "vragen van bewoners"),
    "door": ("loopje met deuren van een ronde", "loopjes met deuren van een ronde"),
    "walk": ("plan van een loopje", "plannen van loopjes"),
    GONE: ("bericht dat intussen verlopen of gewist is", "berichten die intussen verlopen of gewist zijn"),
}


def day(value: date) -> str:
    """A day as a letter has it."""
    return f"{value.day} {_DUTCH_MONTHS[value.month - 1]} {value.year}"


def counted(kind: str, count: int) -> str:
    """So many of a kind, in Dutch."""
    one, many = _KINDS.get(kind, ("notitie", "notities"))
    return f"{count} {one if count == 1 else many}"


def authority(lost: Lost, organisation: str, today: date) -> list[str]:
    """The notification, a paragraph each."""
    return [
        "Melding van een datalek aan de Autoriteit Persoonsgegevens (art. 33 AVG)",
        f"Organisatie: {organisation or '[naam]'}. Contact: [naam, functie, telefoon, e-mail]. "
        "Functionaris gegevensbescherming: [naam, e-mail].",
        f"Ontdekt op: [dag en uur]. Gebeurd op: [dag en uur, of: onbekend]. Deze melding is van {day(today)}. "
        "[Na 72 uur: waarom later.]",
        f"Wat er is gebeurd: een [telefoon / laptop] van een {'coördinator' if lost.coordinator else 'vrijwilliger'} is [kwijt / gestolen]. "
        "Daarop staat de app Straatcontact.",
        "Van wie: bewoners die welkom zijn geheten. Hun namen staan er niet in. "
        f"Aantal adressen: {_addresses(lost)}{_alone(lost)}.",
        f"Welke gegevens het apparaat kon openen: {_listed(lost)}. "
        "Bij een bezoek: adres, dag, hoe het ging, wensen uit een vaste lijst, een korte notitie. "
        "Naar gezondheid, geloof of afkomst wordt niet gevraagd [maar dit stond in een notitie: …].",
        *_dropped(lost),
        "Beveiliging: alles op het apparaat is versleuteld. Zonder [pincode van … cijfers / wachtzin / passkey] is het niet te lezen. "
        "Het apparaat was [op slot / open].",
        "Mogelijke gevolgen: iemand weet op welke adressen onlangs nieuwe bewoners kwamen, en wat zij graag willen. [Aanvullen.]",
        f"Maatregelen: {_measures(lost)}",
        "Zijn de bewoners ingelicht: [ja, op … / nee, omdat het apparaat versleuteld en op slot was / nog niet, dat doen wij op …].",
    ]


def residents(lost: Lost, organisation: str, today: date) -> list[str]:
    """The letter, a paragraph each, in plain Dutch."""
    return [
        f"[Plaats], {day(today)}",
        "Beste bewoner,",
        f"Een vrijwilliger van {organisation or '[organisatie]'} kwam bij u langs om u welkom te heten. "
        "Wat u vertelde, staat kort in een app.",
        "Een [telefoon / laptop] met die app is [kwijt / gestolen], op [dag].",
        "Wat staat er over u? Uw adres, de dag van het bezoek, wat u graag wilt in de buurt, en soms een korte zin. "
        "Uw naam staat er niet in.",
        "Kan iemand dat lezen? Alles staat op slot met [een pincode / een wachtzin]. "
        "De kans is [klein / niet klein], want [reden].",
        "Wat hebben wij gedaan? Wij hebben het apparaat afgemeld. Het krijgt niets nieuws meer te lezen. "
        "[Wij hebben dit gemeld bij de Autoriteit Persoonsgegevens.]",
        "Wat kunt u doen? Komt er iemand aan de deur die zegt dat hij van ons is? Vraag het ons na: [telefoon].",
        "Wilt u weten wat er over u staat, of moet het weg? Bel of mail [naam, telefoon, e-mail]. "
        "Bent u niet tevreden? Dan kunt u klagen bij de Autoriteit Persoonsgegevens (autoriteitpersoonsgegevens.nl).",
        "Het spijt ons.",
        f"[naam], {organisation or '[organisatie]'}",
    ]


def _addresses(lost: Lost) -> str:
    if not lost.unconfirmed:
        return str(lost.addresses)
    one = lost.unconfirmed == 1
    still = "het kan er nog op staan" if one else "ze kunnen er nog op staan"
    return (
        f"hooguit {lost.addresses + lost.unconfirmed} ({lost.unconfirmed} {'is' if one else 'zijn'} bij ons gewist, "
        f"maar dit apparaat heeft dat niet bevestigd: {still})"
    )


def _alone(lost: Lost) -> str:
    if not lost.alone:
        return ""
    one = "één bezoek" if lost.alone == 1 else f"{lost.alone} bezoeken"
    return f", en van hooguit {one} waarvan alleen de vrijwilliger zelf weet wat er staat"


def _listed(lost: Lost) -> str:
    said = [counted(o.kind, o.count) for o in lost.opened]
    return "; ".join(said) or "niets over bewoners"


def _dropped(lost: Lost) -> Sequence[str]:
    gone = sum(o.dropped for o in lost.opened if o.kind != GONE)
    if not gone:
        return ()
    return [f"Daarvan stond waarschijnlijk niet meer op het apparaat, omdat het na 90 dagen vanzelf weggaat: {gone}."]


def _measures(lost: Lost) -> str:
    said = ["alle sleutels zijn vernieuwd; het apparaat is afgemeld en krijgt niets nieuws meer te lezen"]
    if not lost.revoked:
        said = ["[meld het apparaat eerst af: Mensen, Dit apparaat is kwijt]"]
    if lost.brought_in:
        said.append(f"nagekeken is wie via dit apparaat is binnengekomen ({len(lost.brought_in)})")
    return "; ".join(said) + ". [Aanvullen: wachtwoord, aangifte, gesprek met de vrijwilliger.]"
