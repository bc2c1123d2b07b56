"""Every error in words for the person holding the phone: what happened, what was kept, what to do next."""

from app.services.language import _, counted
from sync.core.errors import BadInput, NotFound, StraatError, TrySlower


def _texts() -> dict[str, str]:
    return {
        "internal": _("Er ging iets mis. Wat je had opgeslagen, is er nog. Probeer het opnieuw."),
        "bad_format": _("Dit kunnen we niet lezen. Er is niets veranderd. Controleer of je alles hebt overgenomen."),
        "too_large": _("Dit is te groot. Er is niets weg. Maak het korter en probeer het opnieuw."),
        "newer_version": _(
            "Dit is gemaakt met een nieuwere versie. Het blijft bewaard. Werk de app bij om het te lezen."
        ),
        "not_for_this_key": _("Dit is niet voor dit apparaat bedoeld. Het blijft bewaard."),
        "bad_signature": _("De afzender klopt niet. We hebben het apart gezet en niet overgenomen."),
        "broken_chain": _("Er ontbreekt iets dat hiervoor hoort. Wat er wel is, blijft bewaard."),
        "stale_epoch": _("Dit is met een oude sleutel gemaakt. We hebben het apart gezet."),
        "roll_refused": _("Dit mag niet volgens de ledenlijst. Er is niets veranderd. Vraag je coördinator."),
        "roll_moved": _("De ledenlijst is net veranderd. Er is niets weg. Probeer het nog een keer."),
        "roll_unconfirmed": _(
            "De server draait op een oude kopie. Notities gaan gewoon door. Je kunt pas weer iemand uitnodigen of afmelden"
            " als op alle telefoons de app open is geweest, of na een dag."
        ),
        "roll_forked": _("Er zijn twee ledenlijsten. Notities maken kan gewoon. Waarschuw je coördinator."),
        "unknown_head": _("De ledenlijst is hier nog niet compleet. Alles blijft bewaard; het gaat vanzelf verder."),
        "invitation_used": _("Deze uitnodiging is al gebruikt of ingetrokken. Vraag je coördinator om een nieuwe."),
        "invitation_expired": _("Deze uitnodiging is verlopen. Vraag je coördinator om een nieuwe."),
        "invitation_unknown": _("Deze uitnodiging kennen we niet. Kijk of de link compleet is, of vraag een nieuwe."),
        "forbidden": _("Dit mag je niet veranderen. Er is niets veranderd."),
        "foreign_record": _("Dit hoort bij iemand anders. We hebben het apart gezet."),
        "not_authorized": _("De app meldt zich opnieuw aan. Er is niets weg."),
        "unknown_device": _(
            "Dit apparaat staat niet op de ledenlijst. Je notities blijven hier. Vraag je coördinator."
        ),
        "unknown_organisation": _(
            "De server kent deze organisatie niet. Je notities blijven hier. Vraag het je coördinator of de beheerder."
        ),
        "not_found": _("Dit is er niet (meer)."),
        "wrong_method": _("Dit kan hier niet. Er is niets veranderd."),
        "update_needed": _(
            "Werk de app bij om weer te versturen. Alles blijft op dit apparaat staan; noteren kan gewoon."
        ),
        "server_behind": _(
            "De server is ouder dan deze app. Alles blijft op dit apparaat staan tot de server is bijgewerkt."
        ),
        "slow_down": _("Het gaat even te snel. Er is niets weg. Wacht een minuut."),
        "quota_full": _(
            "De ruimte op de server is op. Je notities blijven op dit apparaat staan en gaan mee zodra er ruimte is."
            " Vraag het je coördinator of de beheerder."
        ),
        "busy": _("De server kan nu niets bewaren. Alles staat op dit apparaat; het gaat vanzelf verder."),
        "unreachable": _("Geen verbinding met de server. Alles staat op dit apparaat. Probeer het later opnieuw."),
        "disk_full": _("Dit apparaat is vol. Wat al was opgeslagen, is er nog. Maak ruimte en sla opnieuw op."),
        "log_damaged": _("De opgeslagen notities zijn niet te lezen. Het bestand blijft bewaard. Vraag hulp."),
        "storage_gone": _("De browser heeft de gegevens van deze app gewist."),
        "wrong_secret": _("Dat klopt niet. Probeer het rustig opnieuw."),
        "try_slower": _("Wacht even voor je het opnieuw probeert. Je notities zijn veilig."),
        "locked": _("De app is vergrendeld. Ontgrendel hem eerst."),
        "quarantined": _(
            "Dit komt van een apparaat dat er niet meer bij hoort. Het staat apart tot een coördinator kiest."
        ),
        "revoked": _("Dit apparaat hoort er niet meer bij. Wat nog niet verstuurd was, levert het eerst in."),
        "bad_input": _("Kijk het formulier nog even na. Er is niets weg."),
    }


def _fields() -> dict[tuple[str, str], str]:
    return {
        ("shared", "missing"): _("Kies eerst of de coördinator mag meelezen."),
        ("address", "missing"): _("Vul het adres in."),
        ("address", "too_long"): _("Het adres is te lang."),
        ("address", "known"): _("Dit adres staat al op de lijst."),
        ("address", "no_contact"): _("Hier wil men geen contact. Er is niets opgeslagen; je tekst staat er nog."),
        ("list", "too_long"): _("Deze lijst is te lang. Neem er een deel van. Er is niets weg."),
        ("list", "too_many"): _("Hooguit 2.000 adressen in een keer. Neem een deel van de lijst."),
        ("note", "no_consent"): _("Er mag niets genoteerd worden. Verander eerst de toestemming."),
        ("wishes", "too_long"): _("Deze wens is te lang: hooguit 40 tekens."),
        ("day", "missing"): _("Kies de dag van het bezoek."),
        ("day", "future"): _("Deze dag moet nog komen."),
        ("day", "part"): _("Dit deel van de dag moet nog komen. Kies een ander deel, of een andere dag."),
        ("day", "before_round"): _("Deze dag ligt voor het begin van de ronde."),
        ("outcome", "missing"): _("Kies hoe het ging."),
        ("note", "too_long"): _("De notitie is te lang: hooguit 10.000 tekens. Niets is weg, maak hem korter."),
        ("come_back", "before_visit"): _("Deze dag ligt voor het bezoek."),
        ("code", "too_many"): _("Dit zijn te veel gebieden. Maak er twee teams van."),
        ("name", "missing"): _("Vul een naam in."),
        ("name", "too_long"): _("Deze naam is te lang."),
        ("days", "unknown"): _("Kies hoe lang de uitnodiging geldt."),
        ("code", "year"): _("Vul het jaar in van de indeling van het CBS, zoals 2026."),
        ("code", "unknown"): _("Deze code kennen we niet. Kijk hem nog eens na."),
        ("words", "unknown"): _("Kijk nog eens naar woord {what}. Dat kennen we niet."),
        ("words", "count"): _("Er staan 30 woorden op het blad. Dit zijn er {what}."),
        ("words", "check"): _("Alle woorden bestaan, maar ze horen niet zo bij elkaar. Kijk ze nog eens na."),
        ("scan", "refused"): _(
            "De camera mag niet gebruikt worden. Sta dat toe bij de instellingen van je browser, of plak de link."
        ),
        ("scan", "no_camera"): _("Er is hier geen camera. Plak de link, of typ hem over."),
        ("scan", "failed"): _("De camera werkt nu niet. Plak de link, of typ hem over."),
        ("codes", "refused"): _(
            "De camera mag niet gebruikt worden. Sta dat toe bij de instellingen van je browser. Of laat de ander scannen."
        ),
        ("codes", "no_camera"): _("Er is hier geen camera. De ander kan wel scannen wat jij laat zien."),
        ("codes", "failed"): _("De camera werkt nu niet. De ander kan wel scannen wat jij laat zien."),
        ("exchange", "other_round"): _("De ander laat een andere ronde zien. Kies allebei dezelfde ronde."),
        ("secret", "too_short"): _("Kies minstens 6 cijfers of tekens."),
        ("secret", "too_simple"): _("Dit is te makkelijk te raden."),
        ("secret", "weak_coordinator"): _("Kies een zin van minstens 10 tekens, niet alleen cijfers."),
        ("secret", "different"): _("De twee keer zijn niet gelijk."),
        ("passkey", "cancelled"): _(
            "De passkey is niet gebruikt. Probeer het nog eens, of neem je pincode of wachtzin."
        ),
        ("passkey", "unsupported"): _(
            "Dit apparaat kan dit niet met een passkey. Je pincode of wachtzin werkt gewoon."
        ),
        ("kind", "missing"): _("Kies wat jullie doen."),
        ("day", "when"): _("Kies de dag."),
        ("day", "far"): _("Deze dag ligt te ver weg. Kies een andere."),
        ("time", "unknown"): _("Schrijf de tijd als 14:30."),
        ("minutes", "unknown"): _("Kies hoe lang het duurt."),
        ("place", "too_long"): _("Dit is te lang. Schrijf kort waar het is."),
        ("until", "before_day"): _("Deze dag ligt voor de eerste keer."),
        ("heads", "future"): _("Dit vragen we pas als het geweest is."),
        ("heads", "unknown"): _("Schrijf een getal, zoals 12."),
        ("helpers", "unknown"): _("Schrijf een getal, zoals 3."),
        ("wishes", "too_many"): _("Dit zijn er te veel. Kies de belangrijkste."),
        ("how", "too_long"): _("Dit is te lang: hooguit 10.000 tekens. Niets is weg, maak het korter."),
        ("consent", "missing"): _("Vraag eerst of het verteld mag worden."),
        ("title", "missing"): _("Geef het verhaal een titel."),
        ("title", "too_long"): _("De titel is te lang: hooguit 120 tekens."),
        ("text", "missing"): _("Schrijf het verhaal op voor je het aanbiedt."),
        ("text", "too_long"): _("Het verhaal is te lang: hooguit 5.000 tekens. Niets is weg, maak het korter."),
        ("withdraw_on", "past"): _("Kies een dag na vandaag, of haal de dag weg."),
        ("photo", "consent"): _("Vraag eerst of de foto gebruikt mag worden."),
        ("photo", "too_large"): _("Deze foto is te groot. Kies een foto van hooguit 30 MB."),
        ("photo", "not_image"): _("Dit is geen foto. Kies een foto."),
        ("photo", "unreadable"): _("Deze foto kunnen we niet lezen. Kies een andere foto."),
        ("reply", "missing"): _("Schrijf je vraag erbij."),
        ("law_why", "missing"): _("Schrijf op waarom."),
        ("law_why", "too_long"): _("Houd het bij één zin: hooguit 500 tekens."),
        ("law_how", "missing"): _("Schrijf op wat je geantwoord hebt."),
        ("law_how", "too_long"): _("Houd het kort: hooguit 1.000 tekens."),
        ("found", "missing"): _("Vink eerst aan wat weg moet."),
        ("terms", "out_of_bounds"): _("Zo lang of zo kort mag niet. Kies een van de termijnen."),
        ("reply", "too_long"): _("Dit is te lang: hooguit 2.000 tekens."),
        ("reply", "why"): _("Schrijf erbij wat er nog moet gebeuren."),
        ("answer", "missing"): _("Schrijf je antwoord op."),
        ("answer", "too_long"): _("Dit is te lang: hooguit 2.000 tekens. Niets is weg, maak het korter."),
        ("what", "missing"): _("Schrijf op wat je vraagt."),
        ("what", "too_long"): _("Dit is te lang: hooguit 500 tekens. Niets is weg, maak het korter."),
        ("due", "missing"): _("Kies voor welke dag."),
        ("due", "past"): _("Deze dag is al voorbij. Kies vandaag of later."),
        ("due", "far"): _("Deze dag is te ver weg: hooguit een half jaar."),
        ("member", "missing"): _("Kies wie dit oppakt."),
        ("member", "left"): _("Deze persoon hoort er niet meer bij. Kies iemand anders."),
        ("member", "unshared"): _("Dit adres mag alleen de contactpersoon zelf weten. Kies die."),
        ("word", "too_long"): _("Dit is te lang: hooguit 2.000 tekens. Niets is weg, maak het korter."),
        ("idea", "missing"): _("Schrijf eerst je idee op."),
        ("idea", "too_long"): _("Dit is te lang: hooguit 2.000 tekens. Niets is weg."),
        ("card_name", "too_long"): _("Deze kaart is te vol: hooguit 30 tekens voor je naam."),
        ("card_place", "too_long"): _("Deze kaart is te vol: hooguit 70 tekens."),
        ("wished", "missing"): _("Zet eerst het vinkje: het is de wens van je cliënt zelf."),
        ("request", "link"): _(
            "Dit is de link voor begeleiders, niet een aanvraag. Plak wat de begeleider je stuurde."
        ),
        ("carer_address", "missing"): _("Hier hoort een adres met een huisnummer."),
        ("carer_address", "no_number"): _("Hier hoort een adres met een huisnummer."),
        ("carer_address", "too_long"): _("Het adres is te lang."),
        ("round", "missing"): _("Geef de ronde een naam."),
        ("round", "too_long"): _("De naam van de ronde is te lang: hooguit 80 tekens."),
        ("round", "closed"): _(
            "Deze ronde is gesloten; hier komt niets meer bij. Een adres zonder contact of een nieuw adres is wel bewaard."
        ),
        ("period", "order"): _("Kijk de dagen na: de laatste dag komt na de eerste, hooguit een jaar later."),
        ("period", "past"): _("Deze dagen zijn al lang voorbij. Kies een laatste dag van de afgelopen tijd of later."),
        ("members", "too_many"): _("Hooguit 64 mensen op een ronde. Maak er twee rondes van."),
        ("members", "teams"): _("Kies mensen van één team: een ronde is van één team."),
        ("streets", "missing"): _("Kies minstens één straat."),
        ("streets", "empty"): _("In deze straten staan nog geen deuren."),
        ("streets", "too_many"): _("Hooguit 20.000 deuren in een ronde. Kies minder straten."),
        ("doors_a_walk", "size"): _("Kies 5 tot 250 deuren per loopje."),
        ("times", "size"): _("Kies 1 tot 6 keer."),
        ("doors", "missing"): _("Vul in welke nummers erbij komen."),
        ("doors", "unreadable"): _("Dit lezen we niet als huisnummers. Schrijf ze zo: 12A, 14-2, of 2-8 even."),
        ("register", "empty"): _("In dit bestand staat niets."),
        ("register", "too_large"): _(
            "Dit bestand is te groot. Een lijst (CSV) mag 64 MB zijn, JSON 16 MB, een GeoPackage 200 MB. Neem alleen"
            " jullie eigen gemeente of wijk."
        ),
        ("register", "zip"): _("Dit is een ingepakt bestand of een Excel-bestand. Pak het uit, of bewaar het als CSV."),
        ("register", "excel"): _("Dit is een Excel-bestand. Bewaar het in Excel als CSV, en kies dat."),
        ("register", "unknown"): _("Dit is geen lijst met adressen. We lezen CSV, GeoPackage (BAG) en JSON (PDOK)."),
        ("register", "damaged"): _("Dit bestand is niet heel. Haal het opnieuw op, en kies het nog eens."),
        ("register", "columns"): _(
            "Hier zien we geen adressen in. We zoeken kolommen als straat, huisnummer, toevoeging, postcode en woonplaats."
        ),
        ("register", "no_table"): _("In dit GeoPackage staat geen tabel met adressen, zoals verblijfsobject."),
        ("register", "no_docs"): _("In dit bestand staan geen adressen van PDOK (response, docs)."),
        ("file", "too_large"): _(
            "Dit bestand is te groot. Een lijst (CSV) mag 64 MB zijn, JSON 16 MB, een GeoPackage 200 MB. Neem alleen"
            " jullie eigen gemeente of wijk."
        ),
        ("file", "unreadable"): _("Dit bestand kunnen we niet lezen. Kies het nog eens."),
        ("by_hand", "missing"): _("Schrijf eerst een straat met nummers."),
        ("by_hand", "too_long"): _("Dit is te lang: hooguit 20.000 tekens. Lees liever een lijst in."),
        ("carer_address", "more"): _("Schrijf alleen het adres op: straat, nummer en plaats."),
        ("name", "too_many"): _("De lijst is vol: hooguit 500 hulplijnen."),
        ("about", "too_long"): _("Dit is te lang: hooguit 400 tekens."),
        ("audience", "too_long"): _("Dit is te lang: hooguit 200 tekens."),
        ("source", "too_long"): _("Dit is te lang: hooguit 400 tekens."),
        ("conflict", "too_long"): _("Dit is te lang: hooguit 400 tekens."),
        ("alert", "too_long"): _("Dit is te lang: hooguit 300 tekens."),
        ("source", "missing"): _("Schrijf op waar je het hebt nagekeken, zoals: gebeld, of de naam van de website."),
        ("checked", "future"): _("Deze dag moet nog komen."),
        ("phone", "missing"): _("Vul een nummer in, of een e-mailadres of website."),
        ("phone", "unknown"): _("‘{what}’ is geen telefoonnummer. Schrijf alleen cijfers, zoals 073-612 34 56."),
        ("phone", "fixed"): _(
            "112, 113, 0800-1205 en Veilig Thuis staan vast bovenaan. Ze horen niet bij een andere hulplijn."
        ),
        ("phone", "twice"): _("‘{what}’ staat er twee keer."),
        ("phone", "too_long"): _("Wat bij het nummer staat, is te lang."),
        ("phone", "too_many"): _("Hooguit 6 nummers bij een hulplijn."),
        ("email", "unknown"): _("Dit is geen e-mailadres. Kijk het nog eens na."),
        ("website", "unknown"): _("Schrijf het adres van de website als https://www.voorbeeld.nl."),
        ("hours", "unknown"): _("Deze tijden kunnen we niet lezen. Schrijf ze zo: ma-vr 9:00-17:00; za 10:00-12:00."),
        ("languages", "unknown"): _("Schrijf talen als codes van twee letters, zoals nl, en, tr."),
        ("areas", "unknown"): _("‘{what}’ kennen we niet. Zet op elke regel een code van het CBS, zoals GM0796."),
        ("areas", "too_many"): _("Hooguit 50 gebieden bij een hulplijn."),
        ("lines", "contested"): _("Kies eerst bij elke hulplijn die ook een ander veranderde, welke tekst blijft."),
        ("lines", "too_large"): _("De lijst is te groot om uit te geven. Maak teksten korter of haal hulplijnen weg."),
        ("looked", "missing"): _("Zet eerst een vinkje bij alles wat je hebt nagekeken."),
        ("looked", "versions"): _("Er staan twee teksten. Stuur het terug: de schrijver kiest er een."),
        ("help_file", "unknown"): _("Dit bestand kunnen we niet lezen. We lezen hulplijnen als HSDS (JSON)."),
        ("help_file", "empty"): _("In dit bestand staan geen hulplijnen."),
        ("help_file", "too_large"): _("Dit bestand is te groot: hooguit 4 MB."),
        ("help_file", "unreadable"): _("Dit bestand kunnen we niet lezen. Kies het nog eens."),
        ("help_file", "too_many"): _("Dan worden het er te veel: hooguit 500 hulplijnen. Er is niets veranderd."),
        ("area_streets", "too_long"): _("De naam van een straat is hooguit 100 tekens."),
        ("area_streets", "too_many"): _("Hooguit 1.000 straten in een gebied."),
        ("area_streets", "number"): _("‘{what}’ lijkt een adres. Schrijf alleen namen van straten op, zonder nummers."),
        ("offer_wish", "missing"): _("Kies welke wens dit beantwoordt."),
        ("offer_name", "missing"): _("Vul in wat er te doen is."),
        ("offer_name", "too_long"): _("Dit is te lang: hooguit {what} tekens."),
        ("offer_place", "too_long"): _("Dit is te lang: hooguit {what} tekens."),
        ("offer_when", "too_long"): _("Dit is te lang: hooguit {what} tekens."),
        ("offer_ask", "too_long"): _("Dit is te lang: hooguit {what} tekens."),
        ("offer_until", "past"): _("Deze dag is al voorbij. Kies een dag vanaf vandaag, of haal de dag weg."),
        ("offer_until", "far"): _("Deze dag ligt te ver weg. Kies een andere."),
        ("report_period", "order"): _("Kies eerst de eerste dag, dan de laatste."),
        ("report_period", "open"): _("Deze periode is nog niet voorbij."),
        ("report_period", "published"): _("Dit is al gepubliceerd. Wat gepubliceerd is, verandert niet meer."),
        ("report_period", "year_published"): _(
            "Het hele jaar is al gepubliceerd. Een kwartaal daaruit kan dan niet meer: het verschil zou iets verraden."
        ),
        ("report_area", "year"): _(
            "Dit gebied heeft grenzen van een ander jaar. Kies een gebied in de grenzen van dat jaar."
        ),
        ("report_period", "waiting"): _("Er wacht al een publicatie hiervan. Kijk straks nog eens."),
        ("report_period", "too_old"): _("Dit is te lang geleden om nog te publiceren."),
        ("report_period", "gives_away"): _(
            "Dit kan niet: samen met wat al gepubliceerd is, zou een klein aantal te herleiden zijn."
        ),
        ("report_period", "damaged"): _(
            "Er is een publicatie die we niet kunnen lezen. Tot dat is opgelost, publiceren we niets."
        ),
        ("report_area", "unknown"): _("Dit gebied kennen we niet (meer). Kies een ander."),
        ("report_area", "kind"): _(
            "Van dit soort gebied kunnen we niets publiceren. Kies een gemeente, wijk of buurt."
        ),
        ("threshold", "lower"): _("Het kan alleen hoger, niet lager."),
        ("threshold", "too_high"): _("Dit is te hoog: hooguit {what}."),
    }


def sentence(error: StraatError) -> str:
    """What to show for an error."""
    if isinstance(error, BadInput):
        return field_text(error)
    if isinstance(error, TrySlower) and error.wait_millis:
        seconds = -(-error.wait_millis // 1000)
        wait = counted("Wacht nog {n} seconde.", "Wacht nog {n} seconden.", seconds)
        return f"{_texts()['try_slower']} {wait}"
    if isinstance(error, NotFound) and error.detail in ("round", "walk"):
        return _("Deze ronde is gesloten, of je loopt er niet meer in mee. Er is niets veranderd.")
    return sentence_of(error.code)


def sentence_of(code: str) -> str:
    """What to show for an error code; an unknown one (of a newer version) gets the general sentence."""
    return _texts().get(code, _texts()["internal"])


def withheld(devices: int) -> str:
    """What to show when something of so many devices has not come in, though what came after it has."""
    return counted(
        "Van {n} apparaat ontbreekt iets. Wat er wel is, blijft bewaard.",
        "Van {n} apparaten ontbreekt iets. Wat er wel is, blijft bewaard.",
        devices,
    )


def field_text(error: BadInput) -> str:
    """What to show at a field."""
    return _fields().get((error.field, error.why), _texts()["bad_input"]).replace("{what}", error.what)


def covered() -> set[str]:
    """The codes that have a sentence of their own."""
    return set(_texts())
