"""What everything stands on: paths, errors, files, the lock, signals, the terminal as reporter.

Knows nothing of the warehouse; whoever is above may use it.
"""
