"""Free texts with planted identifiers, and plain ones without any: all invented here.

Values are drawn from a fixed seed. Names are common and unusual ones of several languages, written
as people write them; nothing here is taken from the patterns that look for them.
"""

import random
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

EACH = 12  # texts of each way of saying it


class Planted(NamedTuple):
    """A text and what must not be left of it: each of `secrets` alone."""

    kind: str
    text: str
    secrets: tuple[str, ...]


FIRST = [
    "Sophie",
    "Julien",
    "Fatou",
    "Mehdi",
    "Anaïs",
    "Jean-Luc",
    "Oumar",
    "Zoé",
    "Loïc",
    "Ingrid",
    "Emily",
    "Oliver",
    "Priya",
    "Wei",
    "Siobhan",
    "Marcus",
    "Aïssatou",
    "Gaël",
    "Thaïs",
    "Kowalska",
    "Noor",
    "Dmitri",
]
LAST = [
    "Martin",
    "Dupont",
    "Lefèvre",
    "Nguyen",
    "Diallo",
    "O'Brien",
    "Kowalski",
    "Benali",
    "Fernandez",
    "Le-Goff",
    "Traoré",
    "Smith",
    "Johnson",
    "Patel",
    "Whitfield",
    "Vandenberghe",
    "Roux",
    "Garnier",
    "Ozturk",
    "Delacroix",
]
DOMAINS = ["example.org", "exemple.fr", "mail.example.com", "orange-demo.fr", "poste.example.net"]


def digits(draw: random.Random, number: int) -> str:
    return "".join(str(draw.randrange(10)) for _ in range(number))


def in_groups(text: str, sizes: tuple[int, ...], separator: str) -> str:
    parts, start = [], 0
    for size in sizes:
        parts.append(text[start : start + size])
        start += size
    return separator.join(part for part in parts if part)


def email(draw: random.Random) -> str:
    first, last = draw.choice(FIRST).lower(), draw.choice(LAST).lower().replace("'", "")
    local = draw.choice(
        [
            f"{first}.{last}",
            f"{first[0]}{last}{draw.randrange(99)}",
            f"{last}_{first}",
            f"{first}+achats",
        ]
    )
    at = draw.choice(["@"] * 6 + [" @ ", " (at) ", "[at]", " arobase "])
    whole = f"{local}{at}{draw.choice(DOMAINS)}"
    return whole.upper() if draw.random() < 0.1 else whole


def phone(draw: random.Random) -> str:
    french = "0" + str(draw.choice([1, 2, 3, 4, 5, 6, 7, 9])) + digits(draw, 8)
    separator = draw.choice([" ", ".", "-", "", "/"])
    national = in_groups(french, (2, 2, 2, 2, 2), separator)
    abroad = draw.choice(["+33 ", "+33", "0033 ", "+33 (0)", "0033"]) + in_groups(
        french[1:], (1, 2, 2, 2, 2), draw.choice([" ", ".", ""])
    )
    british = draw.choice(
        [
            f"07{digits(draw, 3)} {digits(draw, 6)}",
            f"020 7{digits(draw, 3)} {digits(draw, 4)}",
            f"+44 20 7{digits(draw, 3)} {digits(draw, 4)}",
        ]
    )
    american = draw.choice(
        [
            f"({draw.randrange(201, 989)}) 555-{digits(draw, 4)}",
            f"{draw.randrange(201, 989)}-555-{digits(draw, 4)}",
            f"+1 {draw.randrange(201, 989)} 555 {digits(draw, 4)}",
        ]
    )
    german = f"+49 {draw.randrange(151, 179)} {digits(draw, 8)}"
    return draw.choice([national, national, national, abroad, abroad, british, american, german])


def iban(draw: random.Random) -> str:
    made = draw.choice(
        [
            "FR76" + digits(draw, 23),
            "DE89" + digits(draw, 18),
            "GB29NWBK" + digits(draw, 14),
            "BE68" + digits(draw, 12),
            "FR14" + digits(draw, 10) + "0050M02606",
        ]
    )
    separator = draw.choice(["", " ", "-"])
    whole = separator.join(made[i : i + 4] for i in range(0, len(made), 4))
    return (
        whole.lower()
        if draw.random() < 0.2 and whole[4:].replace(separator or " ", "").isdigit()
        else whole
    )


def card(draw: random.Random) -> str:
    if draw.random() < 0.2:
        return in_groups("37" + digits(draw, 13), (4, 6, 5), draw.choice([" ", "-", ""]))
    return in_groups("4" + digits(draw, 15), (4, 4, 4, 4), draw.choice([" ", "-", ""]))


def order(draw: random.Random) -> str:
    return draw.choice(
        [
            f"CMD{digits(draw, 6)}",
            f"CMD-{digits(draw, 5)}",
            f"FR-{draw.randrange(2022, 2027)}-{digits(draw, 5)}",
            f"{digits(draw, 8)}",
            f"{digits(draw, 3)}-{digits(draw, 7)}-{digits(draw, 7)}",
            f"W{digits(draw, 9)}",
            f"#{digits(draw, 5)}",
            f"AB{digits(draw, 6)}X",
        ]
    )


def handle(draw: random.Random) -> str:
    first, last = draw.choice(FIRST).lower(), draw.choice(LAST).lower().replace("'", "")
    return draw.choice([f"@{first}{draw.randrange(99)}", f"@{first}_{last}", f"@{last}.{first}"])


def link(draw: random.Random) -> str:
    return draw.choice(
        [
            f"https://shop.example.org/orders/{digits(draw, 7)}?token={digits(draw, 5)}a",
            f"www.exemple.fr/suivi/{digits(draw, 9)}",
            f"http://example.net/u/{draw.choice(FIRST).lower()}",
        ]
    )


def name(draw: random.Random) -> str:
    return f"{draw.choice(FIRST)} {draw.choice(LAST)}"


WAYS: dict[str, tuple[Callable[[random.Random], str], tuple[str, ...]]] = {
    "email": (
        email,
        (
            "Problème toujours pas réglé, écrivez-moi à {}.",
            "mon mail {} merci",
            "You can reach me on {}, thanks",
            "Je ne reçois pas le lien sur {}, c'est pénible",
            "({}) still waiting",
        ),
    ),
    "phone": (
        phone,
        (
            "Rappelez-moi au {}.",
            "mon numéro : {} après 18h",
            "Call me back on {} please",
            "tel {} ou par courrier",
            "Personne n'a rappelé le {}, c'est nul !",
            "My number is {}.",
        ),
    ),
    "iban": (
        iban,
        (
            "Mon IBAN est {} pour le remboursement",
            "Refund to {} please",
            "RIB : {}.",
            "vous avez prélevé deux fois sur {} !",
        ),
    ),
    "card": (
        card,
        ("Ma carte {} a été débitée deux fois", "my card {} was refused", "CB {} expire 04/27"),
    ),
    "order": (
        order,
        (
            "Commande {} toujours pas reçue",
            "Où en est ma commande n° {} ?",
            "Order number {} never arrived",
            "dossier {} sans réponse depuis 3 semaines",
            "my case {} was closed without a fix",
            "Réf. {} merci de vérifier",
            "Colis {} perdu, c'est le deuxième.",
            "contract no. {} cancelled by mistake",
            "facture numéro {} incompréhensible",
        ),
    ),
    "handle": (
        handle,
        ("Voyez mon message {} sur le réseau", "I am {} there too", "{} toujours rien ?"),
    ),
    "link": (link, ("Le lien {} ne marche pas", "see {} for the photo", "suivi : {}")),
}
# with a name in full, or one part of it: {f} the first, {l} the last
NAMED = (
    "Bonjour, je m'appelle {f} {l} et j'attends depuis 3 jours.",
    "My name is {f} {l}, I am still waiting.",
    "Monsieur {l} n'a jamais rappelé",
    "Mme {l} a été très aimable",
    "M. {f} {l} m'a promis un geste",
    "Merci à {f} pour sa patience",
    "Bonjour {f}, toujours rien reçu",
    "Great help from Mr {l}, thank you",
    "Hello {f}, my parcel is late",
    "Le conseiller {f} a tout réglé",
    "Toujours en panne. Cordialement, {f} {l}",
    "Still broken. Regards, {f} {l}",
    "Still no refund.\nThanks,\n{f} {l}",
    "Aucune réponse. Bien à vous, {l}",
    "Contrat au nom de {f} {l}, résilié à tort",
    "This is {f} {l}, I called yesterday",
    "Je suis {f} {l}, cliente depuis dix ans",
    "The agent {f} was rude",
    "Mrs {l} from billing never called back",
    "J'ai eu {f} {l} au téléphone, parfait",
)
PLAIN = (
    "Facturé 120 € au lieu de 89,90 € le 12/03/2026, inadmissible.",
    "Charged $1,250.00 twice on 3 March 2026.",
    "J'attends depuis 15 jours, 3 appels, 2 transferts et 45 minutes d'attente.",
    "Still waiting after 21 days and 4 calls between 9:30 and 17:45.",
    "Remboursement de 1 200 euros promis sous 5 jours ouvrés.",
    "Débit tombé à 2,5 Mb/s au lieu de 300 Mb/s tous les soirs.",
    "Panne depuis le 2026-03-12, rien avant le 15 avril.",
    "Ouvert de 8h30 à 19h00 du lundi au samedi ?",
    "Offre à 19,99 € par mois pendant 12 mois puis 34,99 €.",
    "Livraison prévue entre le 3 et le 7 mai, toujours rien le 10.",
    "Très bon accueil, réponse rapide et claire, merci !",
    "Waited 40 minutes, transferred 3 times, 10% discount offered.",
    "Je donne 8 sur 10, il manque une réponse le week-end.",
    "The 5G box restarts 12 times a day since version 4.2.",
    "Trop long : 2 semaines pour changer une adresse.",
    "En 2025 tout allait bien, en 2026 plus rien ne marche.",
    "Prix passé de 25 à 30 euros sans prévenir, soit 20 % de plus.",
    "Merci beaucoup, problème résolu du premier coup.",
    "Easy and fast, very happy.",
    "Le technicien est venu mardi à 14 h, réparé en 20 minutes.",
    "Commande de 3 articles, 2 reçus, 1 manquant.",
    "My order of 2 items came with 1 missing.",
)
# ways of saying it that the patterns were not tried on while they were written
UNSEEN: dict[str, tuple[str, ...]] = {
    "email": ("contact = {} svp", "j'ai deux adresses, {} est la bonne", "{}: no reply since May"),
    "phone": ("{} (soir)", "sms au {} uniquement", "ring {} before noon", "fixe {}, merci"),
    "iban": ("virement vers {} refusé", "account {} was debited"),
    "card": ("carte bleue n° {}", "paid with {}"),
    "order": (
        "ma commande, la {}, est perdue",
        "Suivi {} bloqué depuis lundi",
        "ticket: {} / no news",
        "client n°{} depuis 2015",
        "Delivery of order {} failed",
    ),
    "name": (
        "Signé : {f} {l}",
        "Mme {f} {l} m'avait promis un avoir",
        "Demandez {f} {l}, elle connaît le dossier",
        "Thanks {f}, you saved my day",
        "I spoke with {f} {l} on Monday",
        "Votre collègue {f} m'a raccroché au nez",
        "Dr {l} is a customer since 2010",
        "De la part de {f} {l}",
        "{f} du service client a été parfaite",
        "Kind regards\n{f}",
        "Please tell {f} thank you",
        "La conseillère s'appelle {f}",
    ),
}
UNSEEN_PLAIN = (
    "Je paie 45 € depuis 2019 et 62 € depuis mars, pourquoi ?",
    "Two refunds of 15.50 EUR are missing, 31 EUR in all.",
    "Attendu 1 h 20 au téléphone le 14/02, puis 35 min le 15/02.",
    "Le colis pèse 12 kg et mesure 40 x 30 x 20 cm.",
    "Between 2 and 4 pm, not 24 hours later.",
    "Hausse de 3,5 % au 1er janvier 2026.",
    "The router has 4 ports and 2 antennas.",
    "Note : 3/5, à revoir.",
)


def planted() -> Iterator[Planted]:
    """Yield the texts with identifiers, always the same."""
    draw = random.Random(20260312)
    for kind, (make, ways) in WAYS.items():
        for way in ways:
            for _ in range(EACH):
                value = make(draw)
                yield Planted(kind, way.format(value), (value,))
    for way in NAMED:
        for _ in range(EACH):
            first, last = name(draw).split(" ")
            secrets = tuple(part for slot, part in (("{f}", first), ("{l}", last)) if slot in way)
            yield Planted("name", way.format(f=first, l=last), secrets)
    for way in NAMED:
        for _ in range(EACH // 2):
            first, last = name(draw).lower().split(" ")
            secrets = tuple(part for slot, part in (("{f}", first), ("{l}", last)) if slot in way)
            yield Planted("name in lower case", way.format(f=first, l=last).lower(), secrets)


def unseen() -> Iterator[Planted]:
    """Yield texts with identifiers in ways that the patterns were not tried on."""
    draw = random.Random(20260704)
    for kind, ways in UNSEEN.items():
        for way in ways:
            for _ in range(EACH):
                if kind == "name":
                    first, last = name(draw).split(" ")
                    secrets = tuple(
                        part for slot, part in (("{f}", first), ("{l}", last)) if slot in way
                    )
                    yield Planted(kind, way.format(f=first, l=last), secrets)
                else:
                    value = WAYS[kind][0](draw)
                    yield Planted(kind, way.format(value), (value,))


def is_left(planted_text: Planted, secret: str, redacted: str) -> bool:
    """Return whether a secret, or enough of its digits to look it up, is still in the text."""
    if planted_text.kind.startswith("name"):
        return secret in redacted
    its_digits, left = (re.sub(r"\D", "", text) for text in (secret, redacted))
    return (
        secret in redacted
        or any(run in redacted for run in re.findall(r"\d{5,}", secret))
        or (len(its_digits) >= 6 and its_digits[-6:] in left)
    )
