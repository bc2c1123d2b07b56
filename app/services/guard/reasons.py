"""What a category is called, and why it had better not stand in a note: one sentence each."""

from app.services.guard.finding import Category
from app.services.language import _


def name_of(category: Category) -> str:
    """The category in a word or two."""
    return {
        Category.HEALTH: _("gezondheid"),
        Category.DIAGNOSIS: _("een diagnose of verslaving"),
        Category.RELIGION: _("geloof"),
        Category.ORIGIN: _("afkomst"),
        Category.OFFENCE: _("politie of straf"),
        Category.SEXUALITY: _("seksualiteit"),
        Category.POLITICS: _("politiek of vakbond"),
        Category.BSN: _("een burgerservicenummer"),
        Category.PHONE: _("een telefoonnummer"),
        Category.MAIL: _("een e-mailadres"),
        Category.IBAN: _("een rekeningnummer"),
        Category.BIRTH: _("een geboortedatum"),
        Category.NAME: _("een naam"),
    }[category]


def why(category: Category) -> str:
    """Why it is pointed out."""
    return {
        Category.HEALTH: _("Hoe gezond iemand is, is privé. Voor een welkom hoef je het niet te bewaren."),
        Category.DIAGNOSIS: _(
            "Dit plakt een etiket op iemand. Het kan ook verkeerd zijn. Schrijf liever wat iemand wil."
        ),
        Category.RELIGION: _("Wat iemand gelooft, is privé. Iedereen krijgt hetzelfde welkom."),
        Category.ORIGIN: _("Waar iemand vandaan komt, is privé. Iedereen krijgt hetzelfde welkom."),
        Category.OFFENCE: _("Over politie of straf mag je niets bewaren. Maak je je zorgen? Tik op ‘Zorgen?’."),
        Category.SEXUALITY: _("Van wie iemand houdt, is privé. Voor een welkom hoef je het niet te bewaren."),
        Category.POLITICS: _("Op welke partij iemand stemt of van welke bond iemand lid is, is privé."),
        Category.BSN: _("Dit nummer mag je niet bewaren. Dat staat in de wet."),
        Category.PHONE: _("Met een telefoonnummer is te vinden wie dit is. Bewaar het niet in een notitie."),
        Category.MAIL: _("Met een e-mailadres is te vinden wie dit is. Bewaar het niet in een notitie."),
        Category.IBAN: _("Een rekeningnummer is privé. Bewaar het niet in een notitie."),
        Category.BIRTH: _("Met een geboortedatum is te vinden wie dit is. Bewaar hem niet in een notitie."),
        Category.NAME: _("Zonder naam blijft het van niemand in het bijzonder. Zo hoort het."),
    }[category]
