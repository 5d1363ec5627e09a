"""`python -m orchestration` is `pilotage`."""

from orchestration.cli import main

if __name__ == "__main__":
    main()
