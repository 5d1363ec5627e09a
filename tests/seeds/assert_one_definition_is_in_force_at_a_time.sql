-- Each period of a KPI is computed by one version of its definition.
-- A failure means that two versions would both give a value. Look first at valid_from and valid_to
-- of the two rows in kpi_catalogue.csv.
select
    earlier.kpi_id,
    earlier.kpi_version,
    later.kpi_version as other_kpi_version
from {{ ref("int_kpi_definitions") }} as earlier
inner join {{ ref("int_kpi_definitions") }} as later
    on
        earlier.kpi_id = later.kpi_id
        and earlier.kpi_version < later.kpi_version
        and earlier.valid_from < later.valid_before
        and later.valid_from < earlier.valid_before
