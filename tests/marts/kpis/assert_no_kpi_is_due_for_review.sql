{{ config(severity = "warn") }}
-- Every KPI in force was reviewed when it said it would be.
-- A failure means that its definition, thresholds and use have not been looked at again. Review it
-- with its owner, then write the next date into next_review_on of kpi_documentation.csv.
select
    kpi_id,
    kpi_version,
    owner_role,
    next_review_on
from {{ ref("published_kpi_catalogue") }}
where is_review_due
