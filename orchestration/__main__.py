"""`python -m orchestration` is `pilotage`."""

from orchestration.terminal.cli import main

if __name__ == "__main__":
    main()
