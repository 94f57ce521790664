"""The other Python: loads a learner's file, calls the function on each case and writes down what came of it.

``python -m vitreous.study.problems.own_child FOLDER FILE FUNCTION CASE...`` reads ``arguments<n>`` in the folder and
writes ``outcome<n>``: a tuple of what happened ("returned" or a trouble's name), the result or words, the seconds it
took and what was printed. ``outcome`` without a number is written where the file itself cannot be loaded.
"""

import contextlib
import importlib.util
import io
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from vitreous.study.problems.boundary import BoundaryError, load, save

__all__ = ["main"]

_MEMORY = 4 * 1024**3
_PRINTED = 2000


def main(words: list[str]) -> None:
    """Run the cases.

    Parameters
    ----------
    words
        The folder, the learner's file, the function's name, and the numbers of the cases.
    """
    folder, file, name, cases = Path(words[0]), Path(words[1]), words[2], words[3:]
    _limit_memory()
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        function, trouble = _loaded(file, name)
    if function is None:
        save(folder, "outcome", (*trouble, 0.0, printed.getvalue()[:_PRINTED]))
        return
    for case in cases:
        _run(folder, case, function, file)


def _limit_memory() -> None:
    """Bound what is allocated where the platform can; elsewhere the learner's own machine is the limit."""
    if sys.platform == "win32":
        return
    import resource

    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    allowed = _MEMORY if most == resource.RLIM_INFINITY else min(_MEMORY, most)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_DATA, (allowed, most))


def _loaded(file: Path, name: str) -> tuple[Callable[..., Any] | None, tuple[str, str]]:
    """The learner's function, or None and what stands in the way: anything may be raised by their lines."""
    sys.path.append(str(file.parent))
    spec = importlib.util.spec_from_file_location("learner", file)
    if spec is None or spec.loader is None:
        return None, ("file", f"{file.name} does not end in .py")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        return None, ("syntax", f"line {error.lineno}: {error.msg}")
    except (Exception, SystemExit) as error:
        return None, ("raised", _told(error, file))
    function = getattr(module, name, None)
    if callable(function):
        return function, ("", "")
    others = [key for key, value in vars(module).items() if callable(value) and not key.startswith("_")]
    return None, ("missing", ", ".join(others))


def _run(folder: Path, case: str, function: Callable[..., Any], file: Path) -> None:
    arguments = load(folder, f"arguments{case}")
    printed = io.StringIO()
    start = time.perf_counter()
    try:
        with contextlib.redirect_stdout(printed):
            result = function(*arguments)
        kind = "returned"
    except MemoryError:
        kind, result = "memory", f"more than {_MEMORY // 1024**3} GB were asked for"
    except (Exception, SystemExit) as error:
        kind, result = "raised", _told(error, file)
    seconds = time.perf_counter() - start
    said = printed.getvalue()[:_PRINTED]
    try:
        save(folder, f"outcome{case}", (kind, result, seconds, said))
    except BoundaryError as error:
        save(folder, f"outcome{case}", ("kind", str(error), seconds, said))


def _told(error: BaseException, file: Path) -> str:
    """The exception with the last line of the learner's own file that it passed through."""
    words = f"{type(error).__name__}: {error}"[:500]
    own = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename) == file]
    return f"{words} (line {own[-1].lineno}: {own[-1].line})" if own else words


if __name__ == "__main__":
    main(sys.argv[1:])
