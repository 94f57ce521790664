"""Run the benchmarks named on the command line, or all: ``python -m benchmarks [NAME ...]``."""

import importlib
import sys
from pathlib import Path

NOT_CLAIMS = {"__init__", "__main__", "harness"}


def main() -> None:
    """Run each claim's ``main`` in turn."""
    known = sorted({path.stem for path in Path(__file__).parent.glob("*.py")} - NOT_CLAIMS)
    wanted = sys.argv[1:] or known
    unknown = [name for name in wanted if name not in known]
    if unknown:
        sys.exit(f"no benchmark called {', '.join(unknown)}; there are: {', '.join(known)}")
    for name in wanted:
        importlib.import_module(f"benchmarks.{name}").main()


if __name__ == "__main__":
    main()
