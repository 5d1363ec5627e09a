"""The pages of an edition: a scorecard for each role, and the stewards' portal beside them."""
