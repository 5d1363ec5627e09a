-- A proportion counts some of the units of its denominator: neither fewer than none nor more than
-- all. Proportions are the KPIs whose interval is Wilson's, save those brought to a year: more
-- people may leave than are there on average. An agent's repeats may come in the month after the
-- contacts that they repeat.
-- A failure means that the numerator counts something that the denominator leaves out. Look first
-- at the conditions of both columns in the family's measures.
select figures.*
from {{ ref("int_kpi_figures") }} as figures
inner join {{ ref("int_kpi_definitions") }} as definitions
    on
        figures.kpi_id = definitions.kpi_id
        and figures.kpi_version = definitions.kpi_version
where
    definitions.interval_method = 'wilson'
    and definitions.unit <> 'ratio (annualised)'
    and not (figures.slice_type = 'agent' and figures.kpi_id = 'repeat_contact_rate')
    and (figures.numerator < 0 or figures.numerator > figures.denominator)
