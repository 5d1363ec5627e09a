-- What is odd about the data, in one place, for whoever can mend it. Each part says what it is,
-- where it stands, how many rows it touches and since when; its words stand here, once.
{%- set kinds = {
    "source_stopped": [
        "error", "The source has not sent what it promised.",
        "Restart the export, or promise less in seeds/sources.csv.",
        "La source n’a pas envoyé ce qu’elle promet.",
        "Relancer l’export, ou promettre moins dans seeds/sources.csv.",
    ],
    "source_never_came": [
        "notice", "The source is promised and never came.",
        "Land it, or empty its promise in seeds/sources.csv.",
        "La source est promise et n’est jamais venue.",
        "La déposer, ou vider sa promesse dans seeds/sources.csv.",
    ],
    "rows_in_quarantine": [
        "warning", "Rows do not fit the landing contract and count nowhere.",
        "Read their reasons in landing/quarantine, correct the export and drop it again.",
        "Des lignes ne suivent pas le contrat d’arrivée et ne comptent nulle part.",
        "Lire leurs motifs dans landing/quarantine, corriger l’export et le redéposer.",
    ],
    "too_much_in_quarantine": [
        "error", "So much is in quarantine that the KPIs of this source are withheld.",
        "Correct the export and drop it again; limits stand in seeds/sources.csv.",
        "Tant de lignes sont en quarantaine que les indicateurs de cette source sont retenus.",
        "Corriger l’export et le redéposer ; les limites sont dans seeds/sources.csv.",
    ],
    "much_in_quarantine": [
        "warning", "More rows than usual faults explain are in quarantine.",
        "Correct the export and drop it again; limits stand in seeds/sources.csv.",
        "Plus de lignes sont en quarantaine que les erreurs ordinaires n’en expliquent.",
        "Corriger l’export et le redéposer ; les limites sont dans seeds/sources.csv.",
    ],
    "too_few_rows_came": [
        "error", "So much less came than in a usual week that the KPIs of this source are withheld.",
        "Land what is missing; limits stand in seeds/sources.csv.",
        "Il est venu tellement moins qu’en une semaine ordinaire que les indicateurs de cette source sont retenus.",
        "Déposer ce qui manque ; les limites sont dans seeds/sources.csv.",
    ],
    "fewer_rows_came": [
        "warning", "Less came than in a usual week.",
        "Ask the source whether it sent everything; limits stand in seeds/sources.csv.",
        "Il est venu moins qu’en une semaine ordinaire.",
        "Demander à la source si elle a tout envoyé ; les limites sont dans seeds/sources.csv.",
    ],
    "strange_batch_withheld": [
        "error", "What came is so unlike what usually comes that the KPIs of this source are withheld.",
        "Correct the export and drop it again, or accept it as true: pilotage accept-batch.",
        "Ce qui est venu ressemble si peu à l’ordinaire que les indicateurs de cette source sont retenus.",
        "Corriger l’export et le redéposer, ou le tenir pour vrai : pilotage accept-batch.",
    ],
    "strange_batch": [
        "warning", "The newest batch is unlike what usually comes.",
        "Read arrival.html beside the edition; correct the export where it is wrong.",
        "Le dernier lot ne ressemble pas à ce qui vient d’ordinaire.",
        "Lire arrival.html à côté de l’édition ; corriger l’export là où il a tort.",
    ],
    "columns_not_read": [
        "notice", "Nothing reads this column of the newest files.",
        "Map it to a column of the contract, or list it under ignore in mappings/.",
        "Rien ne lit cette colonne des derniers fichiers.",
        "La relier à une colonne du contrat, ou l’inscrire sous ignore dans mappings/.",
    ],
    "references_name_nobody": [
        "notice", "References are withheld, placeholders or unreadable: their rows are anonymous.",
        "Correct the capture at the source; placeholders stand in seeds/placeholders.csv.",
        "Des références sont masquées, fictives ou illisibles : leurs lignes sont anonymes.",
        "Corriger la saisie à la source ; les valeurs fictives sont dans seeds/placeholders.csv.",
    ],
    "unknown_codes": [
        "warning", "No seed knows these codes, or no rate converts the currency.",
        "Add the code to the seed of its name (kpis.unknown_codes lists them), or land the rate.",
        "Aucune table de référence ne connaît ces codes, ou aucun cours ne convertit la devise.",
        "Ajouter le code à la table de ce nom (kpis.unknown_codes en donne la liste), ou déposer le cours.",
    ],
    "amounts_without_rate": [
        "warning", "No rate was quoted for the date: amounts are missing from every figure in euros.",
        "Land the missing dates of billing/exchange_rates.",
        "Aucun cours n’est coté à cette date : des montants manquent à tous les chiffres en euros.",
        "Déposer les dates manquantes de billing/exchange_rates.",
    ],
    "events_without_ticket": [
        "warning", "Events name a ticket that never landed and count nowhere.",
        "Land the tickets; the events count as soon as they are there.",
        "Des événements nomment un ticket jamais arrivé et ne comptent nulle part.",
        "Déposer les tickets ; les événements comptent dès qu’ils sont là.",
    ],
    "events_before_their_ticket": [
        "warning", "Events lie before the creation of their ticket: two clocks disagree.",
        "Check the time zone of ticket_events and tickets in their source.",
        "Des événements précèdent la création de leur ticket : deux horloges se contredisent.",
        "Vérifier le fuseau horaire de ticket_events et de tickets à la source.",
    ],
    "legs_without_contact": [
        "warning", "Legs name a contact that never landed and count nowhere.",
        "Land the contacts; the legs count as soon as they are there.",
        "Des séquences nomment un contact jamais arrivé et ne comptent nulle part.",
        "Déposer les contacts ; les séquences comptent dès qu’ils sont là.",
    ],
    "tickets_merged_into_nothing": [
        "warning", "Tickets are merged in a circle, or into one that never landed: nobody counts them.",
        "Land the tickets that they were merged into, or correct merged_into_ticket_id.",
        "Des tickets sont fusionnés en rond, ou dans un ticket jamais arrivé : personne ne les compte.",
        "Déposer les tickets dans lesquels ils ont été fusionnés, ou corriger merged_into_ticket_id.",
    ],
    "channels_without_handle_time": [
        "notice", "No contact has a handle time: the channel bears none of the costs that name no channel.",
        "Land its contact_legs, or name the channel in billing/service_costs.",
        "Aucun contact n’a de durée de traitement : le canal ne porte aucun des coûts sans canal.",
        "Déposer ses contact_legs, ou nommer le canal dans billing/service_costs.",
    ],
    "headcounts_that_do_not_add_up": [
        "warning", "Hires and departures of these months do not lead from one headcount to the next.",
        "Check hired_on and left_on: somebody left twice in one month, or stays overlap.",
        "Entrées et départs de ces mois ne mènent pas d’un effectif au suivant.",
        "Vérifier hired_on et left_on : quelqu’un part deux fois dans le mois, ou des séjours se recouvrent.",
    ],
    "contacts_outside_the_calendar": [
        "warning", "Contacts came on days that no business calendar knows: they have no open hours.",
        "Extend seeds/business_calendars.csv and its holidays.",
        "Des contacts sont venus des jours qu’aucun calendrier ne connaît : ils n’ont pas d’heures ouvertes.",
        "Prolonger seeds/business_calendars.csv et ses jours fériés.",
    ],
    "kpi_due_for_review": [
        "notice", "The definition has not been reviewed when it should have been.",
        "Review it with its owner; write the next date into seeds/kpi_documentation.csv.",
        "La définition n’a pas été revue quand elle devait l’être.",
        "La revoir avec son pilote ; inscrire la prochaine date dans seeds/kpi_documentation.csv.",
    ],
} %}
with batches as (
    select * from {{ ref("stg_pilotage__batches") }}
),

newest_batches as (
    select *
    from batches
    qualify row_number() over (partition by source, table_name order by batch desc) = 1
),

refused as (
    select
        batches.source,
        batches.table_name,
        batches.accepted_at,
        unnest(batches.refused_identifiers) as refused
    from batches
),

-- a subscription counts once, however many months and requests to cancel lack its rate
amounts as (
    select
        'documents' as table_name,
        currency,
        document_id as amount_id,
        issued_on as amount_date
    from {{ ref("documents") }}
    where
        signed_amount is not null
        and signed_amount_eur is null
    union all
    select
        'orders',
        currency,
        order_id,
        ordered_date
    from {{ ref("orders") }}
    where
        net_amount is not null
        and net_amount_eur is null
    union all
    select
        'subscription_events',
        currency,
        subscription_id,
        snapshot_date
    from {{ ref("int_subscription_snapshots") }}
    where
        is_paying
        and mrr_eur is null
        -- subscriptions began long before anything else was observed
        and snapshot_date >= (select min(dates.calendar_date) from {{ ref("dates") }} as dates)
    union all
    select
        'subscription_events',
        followed.currency_before,
        episodes.subscription_id,
        followed.requested_date
    from {{ ref("cancel_episodes") }} as episodes
    inner join {{ ref("int_cancel_episodes_followed") }} as followed
        on episodes.cancel_episode_id = followed.cancel_episode_id
    where
        episodes.mrr_before_eur is null
        and episodes.state_before <> 'unknown'
),

found as (
    select
        case when newest_event_at is null then 'source_never_came' else 'source_stopped' end
            as finding,
        source,
        table_name,
        cast(null as varchar) as detail,
        cast(null as bigint) as row_count,
        newest_event_at as since
    from {{ ref("source_freshness") }}
    where not is_fresh
    union all
    select
        'rows_in_quarantine',
        source,
        table_name,
        null,
        quarantined_rows,
        quarantined_since
    from {{ ref("source_completeness") }}
    where quarantined_rows > 0
    union all
    select
        case
            when quarantine_outcome = 'warn' then 'much_in_quarantine'
            else 'too_much_in_quarantine'
        end,
        source,
        table_name,
        null,
        quarantined_rows,
        quarantined_since
    from {{ ref("source_completeness") }}
    where quarantine_outcome <> 'ok'
    union all
    select
        case when missing_outcome = 'warn' then 'fewer_rows_came' else 'too_few_rows_came' end,
        source,
        table_name,
        null,
        round(usual_week_rows - week_rows),
        {{ local_midnight("week_from", parameter("business_time_zone", "varchar")) }}
    from {{ ref("source_completeness") }}
    where missing_outcome <> 'ok'
    union all
    select
        'strange_batch_withheld',
        source,
        table_name,
        null,
        strange_rows,
        {{ local_midnight("strange_since", parameter("business_time_zone", "varchar")) }}
    from {{ ref("source_completeness") }}
    where strange_outcome <> 'ok'
    union all
    select
        'strange_batch',
        source,
        table_name,
        concat_ws(' ', told['check'], nullif(told['column'], '')),
        told['rows'],
        {{ local_midnight("told['since']", parameter("business_time_zone", "varchar")) }}
    from (
        select
            source,
            table_name,
            unnest(strange) as told
        from newest_batches
    ) as newest
    where
        told['severity'] = 'warn'
        and not told['is_accepted']
        and told['rows'] is not null
    union all
    select
        'columns_not_read',
        source,
        table_name,
        unnest(unknown_columns),
        null,
        accepted_at
    from newest_batches
    union all
    select
        'references_name_nobody',
        source,
        table_name,
        refused['column'],
        sum(refused['rows']),
        min(accepted_at)
    from refused
    group by 2, 3, 4
    union all
    select
        'unknown_codes',
        source,
        table_name,
        column_name,
        sum(row_count),
        null
    from {{ ref("unknown_codes") }}
    group by 2, 3, 4
    union all
    select
        'amounts_without_rate',
        'billing',
        table_name,
        currency,
        count(distinct amount_id),
        {{ local_midnight("min(amount_date)", parameter("business_time_zone", "varchar")) }}
    from amounts
    group by 3, 4
    {%- for finding, table_name, wholes, key, instant in [
        ("events_without_ticket", "ticket_events", "tickets", "ticket_id", "event_at"),
        ("legs_without_contact", "contact_legs", "contacts", "contact_id", "started_at"),
    ] %}
    union all
    select
        '{{ finding }}',
        'interactions',
        '{{ table_name }}',
        null,
        count(*),
        min(parts.{{ instant }})
    from {{ ref("stg_interactions__" ~ table_name) }} as parts
    left join {{ ref("stg_interactions__" ~ wholes) }} as wholes
        on parts.{{ key }} = wholes.{{ key }}
    where wholes.{{ key }} is null
    having count(*) > 0
    {%- endfor %}
    union all
    select
        'events_before_their_ticket',
        'interactions',
        'ticket_events',
        null,
        count(*),
        min(events.event_at)
    from {{ ref("stg_interactions__ticket_events") }} as events
    inner join {{ ref("stg_interactions__tickets") }} as tickets
        on events.ticket_id = tickets.ticket_id
    where not ({{ follows("events.event_at", "tickets.created_at") }})
    having count(*) > 0
    union all
    select
        'tickets_merged_into_nothing',
        'interactions',
        'tickets',
        null,
        count(*),
        min(merged.created_at)
    from {{ ref("tickets") }} as merged
    left join {{ ref("int_ticket_survivors_resolved") }} as survivors
        on merged.ticket_id = survivors.ticket_id
    left join {{ ref("tickets") }} as ends
        on survivors.surviving_ticket_id = ends.ticket_id
    where
        merged.is_merged
        and (survivors.ticket_id is null or ends.is_merged)
    having count(*) > 0
    union all
    select
        'channels_without_handle_time',
        'interactions',
        'contacts',
        channel,
        count(*),
        min(queue_entered_at)
    from {{ ref("contacts") }}
    where
        is_handled
        and exists (
            select 1
            from {{ ref("stg_billing__service_costs") }} as costs
            where costs.channel is null
        )
    group by 4
    having count(handle_seconds) = 0
    union all
    select
        'headcounts_that_do_not_add_up',
        'workforce',
        'agents',
        null,
        null,
        {{ local_midnight("min(period_start)", parameter("business_time_zone", "varchar")) }}
    from (
        select period_start
        from {{ ref("measures_agents") }}
        where period_grain = 'month'
        group by 1
        having
            sum(headcount_at_opening) + sum(hires) - sum(leavers) <> sum(headcount_at_closing)
    ) as months
    having count(*) > 0
    union all
    select
        'contacts_outside_the_calendar',
        'interactions',
        'contacts',
        null,
        count(*),
        min(contacts.queue_entered_at)
    from {{ ref("contacts") }} as contacts
    inner join {{ ref("int_business_dates_ruled") }} as ruled
        on contacts.business_date = ruled.calendar_date
    where
        contacts.is_in_scope
        and ruled.hours_key = '*'
        and not ruled.is_known
    having count(*) > 0
    union all
    select
        'kpi_due_for_review',
        'registry',
        'kpi_documentation',
        kpi_id,
        null,
        {{ local_midnight("next_review_on", parameter("business_time_zone", "varchar")) }}
    from {{ ref("published_kpi_catalogue") }}
    where is_review_due
),

worded (finding, severity, what, what_to_do, what_fr, what_to_do_fr) as (
    values
    {%- for finding, (severity, what, what_to_do, what_fr, what_to_do_fr) in kinds.items() %}
    (
        '{{ finding }}', '{{ severity }}', '{{ what }}', '{{ what_to_do }}',
        '{{ what_fr }}', '{{ what_to_do_fr }}'
    ){{ "," if not loop.last }}
    {%- endfor %}
),

odd as (
    select
        found.finding,
        worded.what,
        found.source,
        found.table_name,
        found.detail,
        cast(found.row_count as bigint) as row_count,
        found.since,
        worded.severity,
        coalesce(sources.owner_role, catalogue.owner_role, 'Data steward') as owner_role,
        worded.what_to_do,
        worded.what_fr,
        worded.what_to_do_fr
    from found
    inner join worded
        on found.finding = worded.finding
    left join {{ ref("sources") }} as sources
        on
            found.source = sources.source
            and found.table_name = sources.table_name
    left join {{ ref("published_kpi_catalogue") }} as catalogue
        on
            found.finding = 'kpi_due_for_review'
            and found.detail = catalogue.kpi_id
            and catalogue.is_review_due
),

-- connectors bring their own words of what is odd about a vendor's files
final as (
    select * from odd
    union all
    select
        notes.finding,
        notes.what,
        notes.source,
        notes.table_name,
        notes.detail,
        notes.row_count,
        notes.since,
        notes.severity,
        coalesce(sources.owner_role, 'Data steward'),
        notes.what_to_do,
        notes.what,
        notes.what_to_do
    from {{ ref("stg_pilotage__connector_notes") }} as notes
    left join {{ ref("sources") }} as sources
        on
            notes.source = sources.source
            and notes.table_name = sources.table_name
)

select * from final
order by
    case severity when 'error' then 1 when 'warning' then 2 else 3 end,
    row_count desc nulls last,
    source,
    table_name,
    detail
