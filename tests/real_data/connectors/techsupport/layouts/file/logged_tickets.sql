-- One row per ticket of the workbook, typed. Stamps are wall-clock times without offset.
select
    "Ticket ID" as ticket_id,
    "Status" as status,
    lower("Priority") as priority,
    lower("Source") as channel,
    -- one topic comes in two spellings ("Pricing and Licensing", "Pricing and licensing")
    upper("Topic"[1]) || lower("Topic"[2:]) as reason,
    "Agent Group" as team,
    -- an agent is a number, never a name: agents are numbered in order of name
    'agent-' || dense_rank() over (order by "Agent Name") as agent_id,
    "Support Level" as support_level,
    cast("Created time" as timestamp) as created_local,
    cast("First response time" as timestamp) as first_reply_local,
    cast("Resolution time" as timestamp) as resolved_local,
    cast("Close time" as timestamp) as closed_local,
    try_cast("Survey results" as integer) as survey_score,

from file.tickets
