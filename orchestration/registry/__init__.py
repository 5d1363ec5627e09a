"""Files written from the stewards' seeds: the catalogue's pages, the semantic layer."""
