-- Are we creating value, is the balance kept? The headline KPIs, each in its newest final month,
-- and what was decided on it.
with final as (
    {{ decided_lines("direction") | indent(4) }}
)

select * from final
order by position
