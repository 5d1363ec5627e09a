-- Where is my queue drifting, whom do I help? Each team beside the whole service, each KPI in its
-- newest final month, and what was decided on it.
with final as (
    {{ decided_lines("manager") | indent(4) }}
)

select * from final
order by position, slice_type desc, slice_value
