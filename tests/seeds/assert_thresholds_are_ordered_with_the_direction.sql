-- The warning comes before the alert: above it where higher is better, below it otherwise. Of a
-- band between values, the floors lie below in the same order; nothing else has floors.
-- A failure means that a value could be an alert before it is a warning. Look first at the row in
-- kpi_thresholds.csv, then at the KPI's direction in kpi_catalogue.csv.
select
    thresholds.*,
    catalogue.direction
from {{ ref("kpi_thresholds") }} as thresholds
inner join {{ ref("kpi_catalogue") }} as catalogue
    on thresholds.kpi_id = catalogue.kpi_id
where
    thresholds.basis <> 'to_be_set'
    and (
        thresholds.warn_threshold is null
        or thresholds.alert_threshold is null
        or (
            catalogue.direction = 'higher'
            and thresholds.warn_threshold < thresholds.alert_threshold
        )
        or (
            catalogue.direction <> 'higher'
            and thresholds.warn_threshold > thresholds.alert_threshold
        )
        or (
            catalogue.direction = 'band'
            and thresholds.basis = 'absolute'
            and not coalesce(
                thresholds.alert_floor <= thresholds.warn_floor
                and thresholds.warn_floor <= thresholds.warn_threshold,
                false
            )
        )
        or (
            (catalogue.direction <> 'band' or thresholds.basis <> 'absolute')
            and coalesce(thresholds.warn_floor, thresholds.alert_floor) is not null
        )
    )
