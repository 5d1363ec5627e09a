-- Each version of a KPI is described, and each description is of a version that exists. A failure
-- means that a row was added to one of the two seeds only. Look first at the kpi_id and the
-- kpi_version of the row named here in kpi_catalogue.csv and kpi_documentation.csv.
select
    coalesce(catalogue.kpi_id, documentation.kpi_id) as kpi_id,
    coalesce(catalogue.kpi_version, documentation.kpi_version) as kpi_version,
    catalogue.kpi_id is not null as is_in_catalogue,
    documentation.kpi_id is not null as is_in_documentation
from {{ ref("kpi_catalogue") }} as catalogue
full join {{ ref("kpi_documentation") }} as documentation
    on
        catalogue.kpi_id = documentation.kpi_id
        and catalogue.kpi_version = documentation.kpi_version
where
    catalogue.kpi_id is null
    or documentation.kpi_id is null
