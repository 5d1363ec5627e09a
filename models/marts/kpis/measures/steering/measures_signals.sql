-- How many signals wait for a decision at the as-of instant, on its date.
with run as (
    select * from {{ ref("int_run_dated") }}
),

final as (
    select
        run.as_of_date as business_date,
        count(signals.signal_id) as signals_open
    from run
    left join {{ ref("int_signals_raised") }} as signals
        on signals.state in ('open', 'qualified')
    group by 1
)

select * from final
