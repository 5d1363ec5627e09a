{#-
    Share of contacts that find all of `agents` busy when none may wait (Erlang B), for a load in
    erlangs as a double. The recursion B(n) = load · B(n-1) / (n + load · B(n-1)) stays between 0 and 1,
    where load^n / n! would overflow.
-#}
{% macro erlang_blocking(load, agents) -%}
    {{ return(adapter.dispatch("erlang_blocking")(load, agents)) }}
{%- endmacro %}

{% macro duckdb__erlang_blocking(load, agents) -%}
    list_reduce(
        cast(range(1, {{ agents }} + 1) as double []),
        lambda blocked, n: {{ load }} * blocked / (n + {{ load }} * blocked),
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
