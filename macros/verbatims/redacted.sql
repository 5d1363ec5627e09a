{#-
    A free text without what names somebody, or leads to them: each part is replaced by its kind in
    brackets, in the order of `redactions`.
-#}
{% macro redacted(text) -%}
    {%- set ns = namespace(found=text) -%}
    {%- for pattern, replacement in redactions() -%}
        {%- set ns.found = replaced_in_text(ns.found, pattern, replacement) -%}
    {%- endfor -%}
    {{ return(ns.found) }}
{%- endmacro %}

{#-
    What is redacted, as (regular expression, replacement), French, English and international.

    Every kind of space is one first: numbers are written with spaces that do not break, too. Files
    are accepted by the same list (orchestration/landing/redaction.py), so that it must leave what
    it has redacted. The last lines leave nothing that the publication gate takes for an identifier
    (orchestration/landing/plain.py): its telephone numbers without the borders it asks for, and
    every at sign. Names are found by what stands before them, by their initials, and by the given
    names that most people have: an unusual one alone in a sentence stays.
-#}
{% macro redactions() -%}
    {%- set name = "\\p{Lu}[\\pL'’-]*\\pL" -%}
    {%- set names = "(?:(?:\\p{Lu}\\.[ -]?){1,2}|" ~ name ~ " )?" ~ name ~ "(?: (?:de |du |van |von |le |la )?" ~ name ~ ")?" -%}
    {%- set word = "[\\pL][\\pL'’-]+" -%}
    {%- set given = (
        "Adrien|Alain|Alexandre|Alexandra|Alice|Amandine|Amélie|André|Andrea|Anne|Antoine|Arnaud"
        ~ "|Aurélie|Benjamin|Benoît|Bernard|Brigitte|Camille|Caroline|Catherine|Cécile|Céline|Charles"
        ~ "|Chloé|Christelle|Christian|Christine|Christophe|Claire|Claude|Clément|Corinne|Damien|Daniel"
        ~ "|David|Denis|Didier|Dominique|Élodie|Elodie|Émilie|Emilie|Emma|Emmanuel|Éric|Eric|Fabien|Fabrice|Fatima"
        ~ "|Florence|Florian|François|Françoise|Frédéric|Gabriel|Georges|Gérard|Guillaume|Hélène|Henri"
        ~ "|Hugo|Inès|Isabelle|Jacqueline|Jacques|Jean|Jeanne|Jérôme|Joël|Joseph|Julie|Julien|Karim|Karine"
        ~ "|Kevin|Laura|Laurence|Laurent|Léa|Louis|Louise|Luc|Lucas|Lucie|Ludovic|Manon|Marc|Marie"
        ~ "|Marine|Martine|Mathieu|Matthieu|Maxime|Mélanie|Michel|Michèle|Mohamed|Monique|Mickaël|Nadia|Nathalie"
        ~ "|Nicolas|Nicole|Olivier|Pascal|Patrice|Patricia|Patrick|Paul|Pauline|Philippe|Pierre|Quentin"
        ~ "|Raphaël|Rachid|Rémi|Robert|Romain|Samuel|Sandra|Sandrine|Sarah|Sébastien|Serge|Sophie|Stéphane"
        ~ "|Stéphanie|Sylvie|Thierry|Thomas|Valérie|Vanessa|Véronique|Vincent|Virginie|Xavier|Yann|Yves"
        ~ "|Adam|Alex|Amy|Andrew|Anna|Anthony|Ashley|Barbara|Brian|Christopher|Daniel|Deborah|Donald|Edward"
        ~ "|Elizabeth|Emily|Emma|George|Hannah|Helen|Jack|James|Jane|Jennifer|Jessica|John|Jonathan|Joshua"
        ~ "|Karen|Kate|Kenneth|Kimberly|Linda|Lisa|Margaret|Mary|Matthew|Megan|Melissa|Michael|Michelle|Nancy"
        ~ "|Olivia|Patricia|Peter|Rebecca|Richard|Ryan|Sandra|Sharon|Steven|Susan|Timothy|Tom|William"
    ) -%}
    {%- set closing = (
        "cordialement|bien à vous|bien cordialement|salutations(?: distinguées)?|cdl?t|(?:best |kind )?regards|sincerely"
        ~ "|yours(?: faithfully| sincerely| truly)?|signé|signed"
    ) -%}
    {%- set reference = (
        "commandes?|cmd|dossier|contrat|ticket|facture|r[ée]f[ée]rence|r[ée]f|client|compte|réservation|colis|suivi|demande|abonnement"
        ~ "|order|case|contract|invoice|reference|ref|account|booking|parcel|tracking|customer|subscription|request|policy|membership"
    ) -%}
    {%- set numbered = "n ?[°ºo]|num[ée]ros?|num|nr|no\\.?|number|nbr|id|#" -%}
    {{ return([
        ("[ \\t\\x{00A0}\\x{2000}-\\x{200B}\\x{202F}\\x{3000}]+", " "),
        ("(?i)(?:https?://|www\\.)[^\\s<>\"]+", "[link]"),
        ("[\\pL\\pN._%+'-]+ ?@ ?[\\pL\\pN-]+(?:\\.[\\pL\\pN-]+)+", "[email]"),
        ("(?i)[\\pL\\pN._%+-]+ ?(?:[(\\[]at[)\\]]| arobase | at ) ?[\\pL\\pN-]+(?: ?(?:[(\\[]dot[)\\]]|\\.| dot | point ) ?(?:com|fr|org|net|eu|io|co|uk|be|ch|example|info)\\b)+", "[email]"),
        ("[\\pL\\pN._%+'-]+@[\\pL\\pN._-]*[\\pL\\pN_]", "[email]"),
        ("@[\\pL\\pN_.-]*[\\pL\\pN_]", "[handle]"),
        ("\\b[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]{4}){2,7}(?:[ -]?[A-Z0-9]{1,4})?\\b", "[iban]"),
        ("(?i)\\b[a-z]{2} ?[0-9]{2}(?:[ -]?[0-9]{4}){3,7}(?:[ -]?[a-z0-9]{1,4})?\\b", "[iban]"),
        ("\\b[0-9]{4}([ -]?)[0-9]{4}[ -]?[0-9]{4}[ -]?[0-9]{1,7}\\b|\\b[0-9]{4}[ -][0-9]{6}[ -][0-9]{5}\\b", "[card]"),
        ("(?:\\+|00)[1-9](?:[ .()/-]{0,3}[0-9]){7,13}", "[phone]"),
        ("\\b0[1-9](?:[ ./,–-]?[0-9]{2}){4}\\b", "[phone]"),
        ("\\b0[1-9] ?[0-9]{3} ?[0-9]{2,3} ?[0-9]{2,3}\\b", "[phone]"),
        ("\\(?\\b0?[2-9][0-9]{2}\\)?[ .-][0-9]{3}[ .-][0-9]{4}\\b", "[phone]"),
        ("\\b0[0-9]{2,4}[ .-][0-9]{3,4}[ .-]?[0-9]{3,4}\\b", "[phone]"),
        ("\\b[12] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{3} ?[0-9]{3}(?: ?[0-9]{2})?\\b", "[number]"),
        ("(?i)\\b(" ~ reference ~ ")(?: ?\\b(?:est|is|:))? ?:? ?(?:le |the |un |mon |my )?(?:" ~ numbered ~ ") ?:? ?(?:est |is )?[a-z0-9]*[0-9][a-z0-9]*(?:[/_.-][a-z0-9]+)*", "\\1 [reference]"),
        ("(?i)\\b(?:" ~ numbered ~ ") ?(?:de |d'|of )?(?:" ~ reference ~ ") ?:? ?(?:est |is )?[a-z0-9]*[0-9][a-z0-9]*(?:[/_.-][a-z0-9]+)*", "[reference]"),
        ("(?i)\\b(" ~ reference ~ ") ?(?:: ?|est |is )?(?:[a-z]{1,5}[-_/]?[0-9]{3,}[a-z0-9_/-]*|[0-9]{5,}|[0-9]+[-/_][0-9]{3,}[0-9/_-]*)", "\\1 [reference]"),
        ("(?i)(?:\\bn ?[°º]|\\bnum[ée]ro|\\bnumber|#) ?:? ?[a-z0-9]*[0-9]{3}[a-z0-9]*(?:[/_-][a-z0-9]+)*", "[reference]"),
        ("\\b[A-Z]{1,5}(?:[-_/]?[A-Z0-9]{1,6}){0,3}[-_/]?[0-9]{4,}[A-Z0-9]*(?:[-_/][A-Z0-9]+)*\\b", "[reference]"),
        ("(?i)\\b(?:[a-z]+[0-9]+|[0-9]+[a-z]+)[a-z]*[0-9]{3,}[a-z0-9]*\\b|(?i)\\b[a-z]{2,5}-?[0-9]{5,}\\b", "[reference]"),
        ("\\b[0-9]{6,}\\b", "[number]"),
        ("(?i)\\b[0-9]{1,4}(?: ?(?:bis|ter))?,? (?:rue|avenue|av\\.|boulevard|bd|chemin|impasse|allée|place|route|quai|square)(?: (?:de la|de l'|de|du|des|d'|la|le|les))? ?[\\pL'’-]+(?: \\p{Lu}[\\pL'’-]+)*", "[address]"),
        ("\\b[0-9]{1,5} (?:\\p{Lu}[\\pL'’-]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Close|Court|Way)\\b", "[address]"),
        ("(?i)(je m['’ ]appelle|mon nom est|mon nom c['’]est|my name is|my name['’]s|nom ?:|name ?:|prénom ?:|au nom de|in the name of|on behalf of) +" ~ word ~ "(?:[ ,]+" ~ word ~ ")?(?-i:(?: " ~ name ~ ")*)", "\\1 [name]"),
        ("\\b((?i:je suis|ici|c['’]est|i am|i['’]m|this is|it['’]s)) +(?:" ~ name ~ " " ~ name ~ "(?: " ~ name ~ ")?|" ~ name ~ "\\b[,;]? (?:de la|du|from|client))", "\\1 [name]"),
        ("\\b((?i:monsieur|madame|mademoiselle|mlles?|mmes?|mr|mrs|miss|dr|docteur|doctor|maître|maitre|mister)|Ms|ms|M)(\\.?) ?\\b" ~ names, "\\1\\2 [name]"),
        ("(?i)\\b(mme|mlle|mrs|mr)\\.? " ~ word ~ "(?-i:(?: " ~ name ~ ")?)", "\\1 [name]"),
        ("(?i)\\b(monsieur|madame|mademoiselle) [\\pL'’-]{4,}", "\\1 [name]"),
        ("(?i)(^|[^0-9.] )(m\\.) ?" ~ word ~ "(?: " ~ word ~ ")?", "\\1\\2 [name]"),
        ("\\b((?i:bonjour|bonsoir|salut|coucou|hello|hi|hey|dear|chère?s?|merci(?: à| beaucoup)?|thanks(?: to)?|thank you|bravo(?: à)?|good morning)),? (?:cher |chère )?" ~ names ~ "\\b", "\\1 [name]"),
        ("\\b((?i:conseill[eè]re?s?|agente?|technicien(?:ne)?|advisor|adviser|vendeu(?:r|se)|interlocut(?:eur|rice)|employée?|opérat(?:eur|rice)|livreur|driver|technician|colleague|collègue|manager|responsable|representative|rep|prénommée?|nommée?|named|called|appelée?)) +" ~ names ~ "\\b", "\\1 [name]"),
        ("\\b((?i:votre|mon|ma|notre|your|my|our|with|avec|par|by|à|de|from|que|spoke to|talked to|parlé à|eu)) +(?:" ~ given ~ ")\\b(?: " ~ name ~ ")?", "\\1 [name]"),
        ("(?i)\\b(" ~ closing ~ ")[\\s,.:;!–-]+(?:" ~ word ~ "|[a-z]\\.)(?:[ .-]+(?:" ~ word ~ "|[a-z]\\.)){0,3}[\\s.!]*$", "\\1, [name]"),
        ("(?i:(merci|merci d['’]avance|thanks|thank you|thx|cheers))[\\s,.:;!–-]+" ~ names ~ "[\\s.!]*$", "\\1, [name]"),
        ("[\\n–—-]\\s*" ~ names ~ "\\s*$", " [name]"),
        ("\\b\\p{Lu}\\. ?(?:\\p{Lu}\\. ?)?" ~ name ~ "\\b", "[name]"),
        ("\\b(?:" ~ given ~ ")(?:[ -]" ~ name ~ "){0,2}\\b", "[name]"),
        ("(?i)\\b(bonjour|bonsoir|salut|hello|hi|dear|merci(?: à)?|thanks to|conseill[eè]re?|agente?|avec|with) (?:" ~ given ~ ")\\b", "\\1 [name]"),
        ("(\\p{Ll}[,:]? )" ~ name ~ "[ -]" ~ name ~ "\\b", "\\1[name]"),
        ("(?:\\+|00)[1-9](?:[ .()-]{0,2}[0-9]){7,13}|0[1-9](?:(?: [0-9]{2}){4}|(?:\\.[0-9]{2}){4}|(?:-[0-9]{2}){4}|[0-9]{8})", "[phone]"),
        ("@", "[at]"),
    ]) }}
{%- endmacro %}

{#- A redacted text without the marks of what was taken out. -#}
{% macro without_redactions(text) -%}
    {{ return(replaced_in_text(
        text, "\\[(?:address|at|card|email|forgotten|handle|iban|link|name|number|phone|reference)\\]", " "
    )) }}
{%- endmacro %}
