"""`python -m ipmo` is the command line."""

from ipmo.cli import main

if __name__ == "__main__":
    main()
