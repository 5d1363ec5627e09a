"""Sentences that customers and agents write, by kind, scope and language.

A scope is a reason, a family of reasons or `any`; a text applies to every reason in its scope.
Slots in braces are filled from the row's own draws. A few carry fictional addresses and numbers,
so that their redaction can be tested.
"""

import duckdb

from orchestration.demo.engine import run, set_variables

VARIANTS = 24
FAMILIES = {
    "billing": "billing_question invoice_dispute payment_failure payment_plan refund_status",
    "delivery": "delivery_delay delivery_tracking delivery_damaged return_refund order_change",
    "technical": "technical_outage technical_setup technical_quality",
    "account": "password_reset address_change account_details contract_change data_privacy",
    "sales": "product_information order_placement order_change gift_card_balance",
    "leaving": "cancellation_request cancellation_follow_up",
    "complaining": "complaint complaint_follow_up",
}

NEGATIVE_FR = {
    "billing_question": [
        "Facture incompréhensible, {amount} € de plus que prévu et personne ne sait me dire pourquoi.",
        "On m'a donné deux explications différentes en {days} jours pour la même facture.",
    ],
    "invoice_dispute": [
        "Je conteste {amount} € depuis {days} jours, toujours aucune réponse claire. Inadmissible.",
        "Facturé deux fois pour le même mois, et c'est à moi de le prouver. Très déçu.",
    ],
    "payment_failure": [
        "Paiement refusé sans raison alors que ma carte est valide, j'ai perdu {hours} heures.",
        "Relance agressive pour un prélèvement qui a échoué par votre faute.",
    ],
    "refund_status": [
        "Remboursement de {amount} € promis sous 5 jours, j'attends depuis {days} jours.",
    ],
    "delivery_delay": [
        "Colis {order} annoncé il y a {days} jours, toujours rien. Le robot ne comprend pas, on me transfère, je répète tout.",
        "Retard de {days} jours et aucune nouvelle, c'est nul.",
        "Trois appels pour savoir où est ma commande {order}. Trop d'attente, trop de transferts.",
    ],
    "delivery_tracking": ["Le suivi n'a pas bougé depuis {days} jours, l'information est fausse."],
    "delivery_damaged": [
        "Carton écrasé, appareil cassé, et on me demande encore une photo. Insupportable.",
    ],
    "return_refund": ["Retour envoyé il y a {days} jours, aucun accusé de réception, aucun remboursement."],
    "technical_outage": [
        "Plus de connexion à {city} depuis {hours} heures, aucune explication, aucun délai.",
        "Encore une panne ! C'est la troisième ce mois-ci, service lamentable.",
        "En panne depuis {days} jours, le conseiller m'a fait redémarrer la box quatre fois pour rien.",
    ],
    "technical_setup": [
        "Installation ratée, notice illisible, j'ai passé {hours} heures avec trois conseillers différents.",
    ],
    "technical_quality": ["Débit catastrophique tous les soirs à {city}, et on me répond que tout va bien."],
    "password_reset": ["Le lien de réinitialisation n'arrive jamais, je suis bloqué depuis {days} jours."],
    "contract_change": ["J'ai demandé l'offre à {amount} €, on m'en a vendu une autre. Malhonnête."],
    "address_change": ["Adresse changée deux fois, le courrier part toujours à l'ancienne. Pénible."],
    "leaving": [
        "Trop compliqué de résilier, on m'a passé de service en service.",
        "Je pars : {days} jours sans solution, et une offre seulement quand je m'en vais.",
    ],
    "complaining": [
        "Ma réclamation est ignorée depuis {days} jours. Je veux parler à un responsable.",
        "Accueil désagréable, aucune excuse. Rappelez-moi au {phone}.",
    ],
    "any": [
        "Beaucoup trop d'attente pour une réponse inutile.",
        "Il a fallu tout réexpliquer à chaque interlocuteur, épuisant.",
        "Problème toujours pas réglé, merci de me recontacter à {email}.",
        "Conseiller pressé, pas à l'écoute, je suis mécontent.",
    ],
}

NEGATIVE_EN = {
    "billing": ["Charged {amount} too much again, and nobody could explain the bill.",
                "Still waiting for my refund after {days} days. Very disappointed."],
    "delivery_delay": ["My parcel {order} is {days} days late; the bot failed, then I was transferred twice."],
    "delivery": ["No news of my order for {days} days, terrible follow-up."],
    "technical": ["No service for {hours} hours and no explanation. Awful.",
                  "Restarted everything four times, still broken. Useless advice."],
    "account": ["Locked out of my account for {days} days, frustrating."],
    "leaving": ["Cancelling took far too long, I was passed around."],
    "complaining": ["My complaint has been ignored for {days} days, unacceptable."],
    "any": ["Waited forever and had to repeat everything.",
            "Not solved at all, please write to {email}."],
}

NEUTRAL_FR = {
    "any": [
        "Réponse correcte, mais un peu longue à venir.",
        "Ni bien ni mal, j'ai eu l'information.",
        "Demande prise en compte, j'attends de voir.",
        "Conseiller correct, outil en ligne à revoir.",
    ],
    "delivery": ["Livraison confirmée pour bientôt, à suivre."],
    "technical": ["Ça remarche pour le moment, on verra demain."],
}
NEUTRAL_EN = {"any": ["It was fine, a bit slow.", "Got the information I asked for, nothing more."]}

POSITIVE_FR = {
    "any": [
        "Très bon accueil, réponse rapide et claire, merci !",
        "Conseillère à l'écoute, problème résolu du premier coup.",
        "Parfait, efficace et aimable.",
        "Réglé en quelques minutes, je suis ravi.",
        "Merci pour votre patience et votre professionnalisme.",
        "Service impeccable, rien à redire.",
    ],
    "billing": ["Facture expliquée ligne par ligne, geste commercial de {amount} €, merci."],
    "delivery": ["Colis {order} retrouvé et livré le lendemain, bravo."],
    "technical": ["Panne réparée à distance en un quart d'heure, super technicien."],
    "account": ["Mot de passe et adresse mis à jour tout de suite, très simple."],
    "sales": ["Bons conseils, j'ai trouvé l'offre qu'il me fallait."],
    "leaving": ["Démarche claire et respectueuse, merci de ne pas avoir insisté."],
}
POSITIVE_EN = {
    "any": ["Great service, quick and friendly, thank you!", "Solved at the first call, excellent.",
            "Very helpful agent, clear answers.", "Easy and fast, very happy."],
    "technical": ["Fixed remotely in fifteen minutes, brilliant."],
}

REQUEST_FR = {
    "billing": ["Bonjour, ma facture affiche {amount} € au lieu du montant habituel. Pouvez-vous vérifier ?",
                "Bonjour, je souhaite un échéancier pour {amount} €. Mon numéro : {phone}."],
    "delivery": ["Bonjour, où en est la commande {order} ? Elle devait arriver il y a {days} jours.",
                 "Bonjour, je dois changer la livraison de {order} vers {city}. Cordialement, {name}."],
    "technical": ["Bonjour, plus de service depuis {hours} heures à {city}. Merci d'intervenir.",
                  "Bonjour, l'installation échoue à la dernière étape, code affiché 4{days}."],
    "account": ["Bonjour, merci de mettre à jour mon adresse : je vis maintenant à {city}.",
                "Bonjour, je ne reçois pas le lien de connexion sur {email}."],
    "sales": ["Bonjour, l'offre à {amount} € est-elle disponible à {city} ?"],
    "leaving": ["Bonjour, je souhaite résilier mon abonnement. Merci de confirmer la date de fin."],
    "complaining": ["Réclamation : {days} jours sans réponse, je demande un dédommagement de {amount} €."],
}
REQUEST_EN = {"any": ["Hello, could you please look into my case? It has been {days} days. Thanks, {name}."]}
REMINDER_FR = {"any": ["Merci, mais cela ne répond pas à ma question.", "Avez-vous du nouveau ?",
                       "Je vous joins la pièce demandée."]}
REMINDER_EN = {"any": ["Any news on this?", "Please find the document attached."]}
REPLY_FR = {"any": [
    "Bonjour, nous avons corrigé la situation. Vous n'avez rien d'autre à faire.",
    "Bonjour, votre demande est traitée, vous recevrez une confirmation sous {days} jours.",
    "Bonjour, merci de nous transmettre une photo ou une copie pour avancer.",
    "Bonjour, toutes nos excuses. Un avoir de {amount} € figurera sur votre prochaine facture.",
]}
REPLY_EN = {"any": ["Hello, this is now fixed. Nothing more is needed from you.",
                    "Hello, your request is being handled; expect a confirmation in {days} days."]}
NOTE = {"any": ["Client rappelé, vérifié avec la facturation.", "Transmis à l'équipe experte, attente retour.",
                "Geste commercial validé par le responsable."]}

TEXTS: dict[tuple[str, str], dict[str, list[str]]] = {
    ("negative", "fr"): NEGATIVE_FR,
    ("negative", "en"): NEGATIVE_EN,
    ("neutral", "fr"): NEUTRAL_FR,
    ("neutral", "en"): NEUTRAL_EN,
    ("positive", "fr"): POSITIVE_FR,
    ("positive", "en"): POSITIVE_EN,
    ("request", "fr"): REQUEST_FR,
    ("request", "en"): REQUEST_EN,
    ("reminder", "fr"): REMINDER_FR,
    ("reminder", "en"): REMINDER_EN,
    ("reply", "fr"): REPLY_FR,
    ("reply", "en"): REPLY_EN,
    ("note", "fr"): NOTE,
    ("note", "en"): NOTE,
}


def texts_for(scopes: dict[str, list[str]], reason: str) -> list[str]:
    """Return the texts whose scope covers a reason: its own, its families', and the general."""
    families = [name for name, members in FAMILIES.items() if reason in members.split()]
    return [text for scope in (reason, *families, "any") for text in scopes.get(scope, [])]


def load_verbatims(connection: duckdb.DuckDBPyConnection) -> None:
    """Create verbatims (text_no, text) and verbatim_counts (kind, reason, language to texts).

    Every text stands VARIANTS times, its slots filled each time anew; the texts of one kind,
    reason and language are numbered from `first_text`, `places` in all.
    """
    reasons = [row[0] for row in connection.execute("from reasons select reason").fetchall()]
    rows = [
        (kind, reason, language, place, text)
        for (kind, language), scopes in TEXTS.items()
        for reason in sorted(reasons)
        for place, text in enumerate(texts_for(scopes, reason))
    ]
    columns = [list(column) for column in zip(*rows, strict=True)]
    connection.execute(
        "create temp table templates as select unnest($1) as kind, unnest($2) as reason, "
        "unnest($3) as language, unnest($4) as place, unnest($5) as text",
        columns,
    )
    set_variables(connection, text_variants=VARIANTS)
    run(connection, "07_verbatims")
