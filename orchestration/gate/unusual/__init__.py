"""What is unusual about rows that came: `judge` asks `volume`, `shares`, `clock` and `units`."""
