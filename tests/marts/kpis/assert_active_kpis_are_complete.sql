-- No KPI is published without its question, definitions, formula, owner, interpretation, decision,
-- objective and thresholds. A failure means that readers would get a figure that nobody answers
-- for. Look first at the missing fields named here, in kpi_catalogue.csv, kpi_documentation.csv and
-- kpi_thresholds.csv; a KPI that is not ready stays `draft`.
select
    kpi_id,
    kpi_version,
    missing_fields
from {{ ref("int_kpi_entries_checked") }}
where not is_complete
