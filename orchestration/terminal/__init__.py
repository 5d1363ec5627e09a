"""What people type and read: the commands, what they say at their end, Dagster's interface."""
