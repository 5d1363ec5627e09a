{#-
    Share of contacts that find all of `agents` busy when none may wait (Erlang B), for a load in
    erlangs as a double. The recursion B(n) = load · B(n-1) / (n + load · B(n-1)) stays between 0 and 1,
    where load^n / n! would overflow.
-#}
{% macro erlang_blocking(load, agents) -%}
    {{ return(adapter.dispatch("erlang_blocking")(load, agents)) }}
{%- endmacro %}

{#-
    The same recursion on 1 / B: inverse(n) = 1 + n / load · inverse(n-1). The function that reduces
    must not name a column: DuckDB 1.5.6 then takes that of another row.
-#}
{% macro duckdb__erlang_blocking(load, agents) -%}
    1 / list_reduce(
        list_transform(range(1, {{ agents }} + 1), lambda n: n / {{ load }}),
        lambda inverse, ratio: 1 + ratio * inverse,
        cast(1 as double)
    )
{%- endmacro %}

{% macro spark__erlang_blocking(load, agents) -%}
    aggregate(
        case when {{ agents }} > 0 then sequence(1, {{ agents }}) else array() end,
        cast(1 as double),
        (blocked, n) -> {{ load }} * blocked / (n + {{ load }} * blocked)
    )
{%- endmacro %}
