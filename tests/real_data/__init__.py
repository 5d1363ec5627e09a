"""Real data that nobody in the project wrote, run through the real pipeline."""
