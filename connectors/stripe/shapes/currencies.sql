-- How many of the units that Stripe writes make one of a currency, where it is not a hundred. Those
-- of Iceland and Uganda have no smaller unit, and are written in hundredths all the same.
select
    unnest([
        'bif', 'clp', 'djf', 'gnf', 'jpy', 'kmf', 'krw', 'mga', 'pyg', 'rwf', 'vnd', 'vuv', 'xaf',
        'xof', 'xpf'
    ]) as currency,
    1 as units
union all
select unnest(['bhd', 'jod', 'kwd', 'omr', 'tnd']), 1000
