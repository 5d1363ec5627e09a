"""Pilotage's own Python: what lands, gates, publishes and schedules around the dbt project."""
