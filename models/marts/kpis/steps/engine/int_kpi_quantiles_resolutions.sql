{{
    kpi_quantiles(
        "resolutions",
        "int_tickets_resolved",
        ["full_resolution_elapsed_seconds"],
    )
}}
