"""What other tools take in of an edition: a dashboard for Superset, and contracts of its tables."""
