"""What Dagster shows and starts; here, as everywhere, dbt's variables have no say in it."""

from orchestration.system.environment import forget_settings_of_dbt

# before anything imports dbt, which reads some of them then
forget_settings_of_dbt()
