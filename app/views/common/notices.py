"""What one should know about who may read what, on top of the screens where one comes every day."""

import flet as ft

from app.services.language import _, counted
from app.services.models import Alert, Notice, Role
from app.views.parts import card, notice, quiet_button, text
from app.views.screen import Screen

_READ = (Alert.MOVED, Alert.RECOVERED, Alert.BEGUN_AGAIN)  # said once, then put away
_ALARM = (Alert.FORKED, Alert.RECOVERED, Alert.DOUBLED)


class Notices(ft.Column):
    """A card for each notice, most urgent first, with the way to what can be done about it."""

    def __init__(self, screen: Screen, without: frozenset[Alert] = frozenset()) -> None:
        super().__init__(spacing=12, horizontal_alignment=ft.CrossAxisAlignment.STRETCH)
        self._screen, self._without, self._shown = screen, without, None
        self.follow()

    def follow(self) -> None:
        """Show what there is to know now; nothing is drawn anew as long as it is the same."""
        notices = [n for n in self._screen.app.trust.notices() if n.alert not in self._without]
        now = (_words_to_read_out(self._screen), notices)
        if now == self._shown:
            return
        self._shown = now
        self.controls = [*_not_yet(now[0]), *(_card(self._screen, n) for n in notices)]
        self.visible = bool(self.controls)

    @property
    def reads_nothing_yet(self) -> bool:
        """Whether this is a coordinator whose words nobody has compared yet, as it was when last followed."""
        return bool(self._shown and self._shown[0])


def _words_to_read_out(screen: Screen) -> tuple[str, ...]:
    """The words of a coordinator's device that nobody has compared yet, none for everyone else."""
    if screen.app.role is not Role.COORDINATOR:
        return ()
    mine = [d for p in screen.app.trust.people() for d in p.devices if d.me]
    return mine[0].words if mine and not mine[0].confirmed else ()


def _not_yet(words: tuple[str, ...]) -> list[ft.Control]:
    if not words:
        return []
    said = _("Je kunt nog niet meelezen. Bel een andere coördinator, en lees deze woorden voor:")
    shown = text(" ".join(words), weight=ft.FontWeight.W_600)
    return [card(notice(said, ft.Icons.RECORD_VOICE_OVER_OUTLINED), shown, accent=True)]


def _card(screen: Screen, n: Notice) -> ft.Control:
    parts: list[ft.Control] = [notice(said(n), ft.Icons.SHIELD_OUTLINED, alarm=n.alert in _ALARM)]
    if n.alert in _READ:
        put_away = screen.safe(lambda e: screen.app.trust.dismiss(n.alert))
        parts.append(quiet_button(_("Gelezen"), put_away, ft.Icons.CHECK))
    elif way := _ways(screen).get(n.alert):
        label, route = way
        parts.append(quiet_button(label, screen.go(route), ft.Icons.ARROW_FORWARD))
    return card(*parts)


def _ways(screen: Screen) -> dict[Alert, tuple[str, str]]:
    new = next((d.id.hex() for p in screen.app.trust.people() for d in p.devices if not d.confirmed), "")
    return {
        Alert.ALONE: (_("Nodig iemand uit"), "/mensen/coordinator"),
        Alert.NO_SHEET: (_("Maak een herstelblad"), "/herstelblad"),
        Alert.UNCONFIRMED: (_("Vergelijk de woorden"), f"/bevestig/{new}"),
        Alert.QUARANTINE: (_("Bekijk het"), "/quarantaine"),
        Alert.MARKS: (_("Bekijk het"), "/geen-contact"),
    }


def said(n: Notice) -> str:
    """A notice in words."""
    name = n.name or _("iemand")
    words = {
        Alert.ALONE: _(
            "Je bent de enige coördinator. Raak je alles kwijt, dan kan niemand je helpen. Vraag een tweede."
        ),
        Alert.NO_SHEET: _("Je hebt nog geen herstelblad. Daarmee kom je er weer in als je al je apparaten kwijt bent."),
        Alert.UNCONFIRMED: _("{name} is nieuw als coördinator, en leest pas mee als jullie woorden vergeleken hebben."),
        Alert.RECOVERED: _(
            "{name} is er weer in met een herstelblad. Klopt dat niet? Meld dat apparaat dan meteen af."
        ),
        Alert.FORKED: _("Er zijn twee ledenlijsten. Notities maken kan gewoon. Bel de andere coördinatoren."),
        Alert.BEGUN_AGAIN: _(
            "De server is teruggezet op een oude kopie. Daarbij ging een stuk van de ledenlijst verloren. Je notities zijn"
            " er nog. Heb je kort daarvoor iemand uitgenodigd of iets aan een team veranderd? Doe dat dan opnieuw."
        ),
    }
    if n.alert is Alert.QUARANTINE:
        return counted(
            "{n} bericht kwam binnen van wie er niet meer bij hoorde, en wacht op een keuze.",
            "{n} berichten kwamen binnen van wie er niet meer bij hoorde, en wachten op een keuze.",
            n.count,
        )
    if n.alert is Alert.MARKS:
        return counted(
            "{n} adres zonder contact: geldt dat nog?", "{n} adressen zonder contact: geldt dat nog?", n.count
        )
    if n.alert is Alert.DOUBLED:
        return counted(
            "{n} apparaat spreekt zichzelf tegen. Vraag de eigenaar ernaar, en meld het af als die het niet kent.",
            "{n} apparaten spreken zichzelf tegen. Vraag de eigenaars ernaar, en meld ze af als zij ze niet kennen.",
            n.count,
        )
    if n.alert is Alert.RESTORED:
        why = _(
            "De server draait op een oude kopie. Je kunt nu niemand uitnodigen of afmelden. Notities gaan gewoon door."
        )
        still = counted(
            "Op {n} apparaat is de app nog niet open geweest. Vraag iedereen om dat even te doen.",
            "Op {n} apparaten is de app nog niet open geweest. Vraag iedereen om dat even te doen.",
            n.count,
        )
        return f"{why} {still}" if n.count else why
    if n.alert is Alert.MOVED:
        return _moved(n)
    return words[n.alert].format(name=name)


def _moved(n: Notice) -> str:
    place = n.name or _("een ander gebied")
    moved = _("Je werkt nu in {place}. Wat je nog niet verstuurd had, komt gewoon aan.").format(place=place)
    gone = _("Wat daar niet bij hoort, is van dit apparaat gehaald.")
    return f"{moved} {gone}" if n.count else moved
