"""A care worker as a way in: the page that their link opens, at every stage, and the coordinator's side of it."""

import flet as ft

from app.services import ideas
from app.services.carer import Made
from app.services.language import _
from app.services.models import Role, Stage
from app.services.wording import field_text, sentence
from app.views.coordinate.people import qr_picture
from app.views.parts import (
    card,
    copyable,
    field,
    main_button,
    notice,
    page_body,
    quiet_button,
    side_button,
    stack,
    text,
    title,
)
from app.views.screen import Screen
from sync.core.carer import Link
from sync.core.errors import BadInput, StraatError


class CarerScreen(Screen):
    """What a link behind `#/aanvraag/` opens: one field and a tick for a care worker; for a coordinator an address."""

    filled_in = shuts_out_updates = True

    def __init__(self, shell, secret: str) -> None:
        super().__init__(shell)
        self._secret = secret

    @property
    def back(self) -> str:
        return "/" if self.shell.inside else ""

    def build(self) -> ft.Control:
        try:
            what = self.app.carers.read(self._secret)
        except StraatError:
            return page_body(
                title(_("Deze link werkt niet")),
                notice(
                    _("Kijk of je hem helemaal hebt overgenomen, of vraag een nieuwe."), ft.Icons.WARNING_AMBER, True
                ),
                *self.foot(),
            )
        return self._ask(what) if isinstance(what, Link) else self._answer()

    # -- the care worker -------------------------------------------------------------------------------------

    def _ask(self, link: Link) -> ft.Control:
        if not self.shell.inside:
            self.shell.asked_for = self.shell.route
        self._link, self._wished = link, self.shell.typed.get("wished") == "yes"
        self.address = field(
            _("Adres: straat en nummer"),
            self.shell.typed.get("asked for", ""),
            on_change=self.safe(self._typed),
            helper=_("Alleen het adres. Geen naam, geen reden."),
        )
        self.wish = ft.Checkbox(
            label=_("Mijn cliënt wil dit zelf"),
            value=self._wished,
            label_style=ft.TextStyle(size=18),
            on_change=self.safe(self._ticked),
        )
        self.wish_error = ft.Text("", color=ft.Colors.ERROR, size=15, visible=False)
        self.made = stack(spacing=16)
        return page_body(
            title(_("Een welkomst aanvragen")),
            text(_("Begeleid je iemand die net verhuisd is? Een buur komt graag langs met een plantje of een taart.")),
            text(_("Elk nieuw adres krijgt dezelfde welkomst. Niemand hoeft te weten dat jij het vroeg, of waarom.")),
            self.address,
            self.wish,
            self.wish_error,
            main_button(_("Maak de aanvraag"), self.safe(self._make), ft.Icons.LOCK_OUTLINE),
            self.made,
            text(
                _("Het adres wordt hier versleuteld. Alleen de coördinator kan het lezen. Deze pagina bewaart niets."),
                soft=True,
            ),
            *self.foot(),
        )

    def _typed(self, e) -> None:
        self.shell.typed["asked for"] = self.address.value or ""
        self.address.error = None
        self.made.controls = []

    def _ticked(self, e) -> None:
        self._wished = bool(self.wish.value)
        self.shell.typed["wished"] = "yes" if self._wished else ""
        self.wish_error.visible = False
        self.made.controls = []

    async def _make(self, e) -> None:
        try:
            request = await self.app.carers.ask(self._link, self.address.value or "", self._wished)
        except BadInput as error:
            if error.field == "wished":
                self.wish_error.value, self.wish_error.visible = field_text(error), True
            else:
                self.address.error = field_text(error)
            return
        self.made.controls = [card(*self._way_back(request), accent=True)]

    def _way_back(self, request: Made) -> list[ft.Control]:
        words = _("Een aanvraag voor een welkomst. Coördinator, open deze link in Straatcontact:")
        body = f"{words}\n\n{request.url}"

        async def mail(e) -> None:
            await ft.UrlLauncher().launch_url(ideas.mailto("", _("Aanvraag voor een welkomst"), body))

        async def copy(e) -> None:
            await ft.Clipboard().set(body)
            self.say(_("Gekopieerd."))

        return [
            title(_("De aanvraag is klaar"), 2),
            text(_("Stuur hem naar de coördinator, of laat de code scannen.")),
            main_button(_("Mail de aanvraag"), self.safe(mail), ft.Icons.MAIL_OUTLINE),
            side_button(_("Kopieer de aanvraag"), self.safe(copy), ft.Icons.COPY),
            ft.Row([qr_picture(request.qr, _("QR-code van de aanvraag"))], alignment=ft.MainAxisAlignment.CENTER),
        ]

    # -- the coordinator -------------------------------------------------------------------------------------

    def _answer(self) -> ft.Control:
        self.shell.asked_for = ""
        if self.app.stage is not Stage.OPEN or self.app.role is not Role.COORDINATOR:
            return page_body(
                title(_("Een aanvraag voor een welkomst")),
                notice(
                    _("Alleen een coördinator kan deze aanvraag lezen. Ontgrendel eerst de app."), ft.Icons.LOCK_OUTLINE
                ),
                *([] if self.app.stage is Stage.OPEN else [main_button(_("Naar de app"), self.go("/"))]),
            )
        self.found = stack(spacing=16)
        return page_body(title(_("Een aanvraag voor een welkomst")), self.found)

    async def opened(self) -> None:
        if hasattr(self, "found"):
            await show_request(self, self._secret, self.found)
            self.page.update()


async def show_request(screen: Screen, text_or_link: str, into: ft.Column) -> None:
    """Open a request and put its address there, with the way to plan the welcome."""
    app = screen.app
    try:
        address = await app.carers.open(text_or_link)
    except StraatError as error:
        into.controls = [notice(sentence(error), ft.Icons.WARNING_AMBER, alarm=True)]
        return

    async def plan(e) -> None:
        await app.carers.welcome(address, app.today())
        into.controls = [
            notice(_("Gepland. Het staat bij Vandaag, tussen alle andere nieuwe adressen."), ft.Icons.CHECK)
        ]
        screen.page.update()

    def away(e) -> None:
        into.controls = []
        screen.page.update()

    into.controls = [
        card(
            copyable(address, size=20, weight=ft.FontWeight.W_600),
            text(_("Klopt dit adres? Iedereen met de link kan een aanvraag maken, dus kijk er even naar."), soft=True),
            main_button(_("Plan een welkomst"), screen.safe(plan), ft.Icons.LOCAL_FLORIST_OUTLINED),
            quiet_button(_("Toch niet"), screen.safe(away)),
            accent=True,
        )
    ]


class CarersScreen(Screen):
    """`/begeleider`: for a coordinator the link to hand out, and what comes back; for others how it works."""

    back = "/meer"
    filled_in = shuts_out_updates = True

    def build(self) -> ft.Control:
        how = [
            title(_("Begeleiders")),
            text(
                _(
                    "Een begeleider kan een welkomst aanvragen voor een cliënt die dat zelf wil. Alleen het adres is nodig."
                )
            ),
            text(_("De bewoner krijgt dezelfde welkomst als iedereen. Niemand ziet dat het van een begeleider kwam.")),
        ]
        if self.app.role is not Role.COORDINATOR:
            return page_body(*how, notice(_("Vraagt een begeleider ernaar? Die belt je coördinator.")))
        self.link, self.found = stack(spacing=16), stack(spacing=16)
        self.pasted = field(_("Plak de aanvraag"), on_change=self.safe(self._read), multiline=True, max_lines=4)
        scan = [side_button(_("Lees een QR-code"), self.safe(self._scan), ft.Icons.QR_CODE_SCANNER)]
        return page_body(
            *how,
            title(_("Een aanvraag is binnen"), 2),
            self.pasted,
            *(scan if self.app.surroundings.can_scan else []),
            self.found,
            title(_("De link voor begeleiders"), 2),
            text(_("Mail deze link aan begeleiders in je buurt, of laat de code scannen. Er staat niets geheims in.")),
            main_button(_("Toon de link"), self.safe(self._show), ft.Icons.LINK),
            self.link,
        )

    def _show(self, e) -> None:
        link = self.app.carers.link()

        async def copy(e) -> None:
            await ft.Clipboard().set(link.url)
            self.say(_("Gekopieerd."))

        self.link.controls = [
            ft.Row([qr_picture(link.qr, _("QR-code voor begeleiders"))], alignment=ft.MainAxisAlignment.CENTER),
            side_button(_("Kopieer de link"), self.safe(copy), ft.Icons.COPY),
        ]

    async def _read(self, e) -> None:
        words = (self.pasted.value or "").strip()
        if words:
            await show_request(self, words, self.found)
        else:
            self.found.controls = []

    async def _scan(self, e) -> None:
        words = await self.app.scan(_("Houd de camera voor de QR-code."), _("Sluit"))
        if words:
            await show_request(self, words, self.found)
            self.page.update()
