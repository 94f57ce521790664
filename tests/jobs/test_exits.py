import errno

import pytest

from vitreous._errors import InputError
from vitreous.jobs.exits import exit_status, one_line


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (None, 0),
        (InputError("x"), 2),
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "a.star"), 2),
        (OSError(errno.ENOSPC, "No space left on device"), 2),
        (KeyboardInterrupt(), 130),
        (ValueError("x"), 1),
        (MemoryError(), 1),
    ],
)
def test_exit_statuses(error, status):
    assert exit_status(error) == status


def test_one_line_says_where_what_and_what_to_do():
    error = InputError("found 'abc',\nexpected a number", file="a.star", place="line 3", advice="mend it")
    assert one_line(error) == "a.star: line 3: found 'abc', expected a number; mend it"
    assert one_line(OSError(errno.EACCES, "Permission denied", "a.star")) == "a.star: Permission denied"
    assert one_line(OSError(errno.ENOSPC, "No space left on device")) == "No space left on device"
    assert one_line(KeyboardInterrupt()) == "interrupted"


def test_an_unexpected_exception_is_our_fault_and_says_where_more_stands():
    error = ZeroDivisionError("division\nby zero")
    error.add_note("the traceback is in out/log.txt")
    expected = "ZeroDivisionError: division by zero; this is our fault, not yours (the traceback is in out/log.txt)"
    assert one_line(error) == expected
