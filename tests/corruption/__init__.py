"""How many corrupt batches arrival checks find, and how many clean ones they complain of."""
