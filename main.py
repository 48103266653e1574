"""Start Traderoom: ``python main.py`` serves it, ``python main.py --help`` lists the rest."""

import sys

try:
    from app.cli import main
except ModuleNotFoundError as missing:
    sys.stderr.write(f"traderoom: {missing}: run `make demo`, or `.venv/bin/python main.py` once it is installed.\n")
    sys.exit(2)

if __name__ == "__main__":
    main()
