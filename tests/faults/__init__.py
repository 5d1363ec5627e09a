"""What the world does to a warehouse: attempts to get round it, and what else may be added."""
