"""Fields of STAR rows, compiled: the twin of ``vitreous.particles.star_fields``."""

import numpy as np
from numba import njit

from vitreous._typing import NumpyArray

__all__ = ["gather_texts", "join_rows", "parse_numbers", "plain_texts", "spell_decimals", "split_rows"]

_TEXT, _INTEGER, _DECIMAL, _HARD = 0, 1, 2, 3
"""What a field spells; hard are decimals whose rounding Python must decide."""
_NEWLINE, _BLANK, _TAB, _RETURN = ord("\n"), ord(" "), ord("\t"), ord("\r")
_QUOTE, _DOUBLE_QUOTE, _HASH, _SEMICOLON, _UNDERSCORE = ord("'"), ord('"'), ord("#"), ord(";"), ord("_")
_PLUS, _MINUS, _DOT, _ZERO, _NINE = ord("+"), ord("-"), ord("."), ord("0"), ord("9")
_DATA = np.frombuffer(b"data_", np.uint8)
_LOOP = np.frombuffer(b"loop_", np.uint8)
_NAN = np.frombuffer(b"nan", np.uint8)
_INF = np.frombuffer(b"inf", np.uint8)
_INFINITY = np.frombuffer(b"infinity", np.uint8)
_POWERS = np.array([10.0**k for k in range(23)])
"""The powers of ten that float64 holds exactly."""
_DIGITS = 18
"""As many digits always fit an int64."""


@njit(cache=True, nogil=True)
def _is_blank(byte: int) -> bool:
    return byte == _BLANK or _TAB <= byte <= _RETURN


@njit(cache=True, nogil=True)
def _is_control(byte: int) -> bool:
    return byte < _TAB or _RETURN < byte < _BLANK


@njit(cache=True, nogil=True)
def _spells(data: NumpyArray, start: int, end: int, word: NumpyArray) -> bool:
    """Whether bytes begin with a word of small letters, whatever their case."""
    if end - start < len(word):
        return False
    for i in range(len(word)):
        if (data[start + i] | 0x20 if word[i] != _UNDERSCORE else data[start + i]) != word[i]:
            return False
    return True


@njit(cache=True, nogil=True)
def _split_line(data: NumpyArray, at: int, starts: NumpyArray, ends: NumpyArray) -> tuple[int, int]:
    """Write the bounds of the fields of a line; their number (−1: not a row) and the start of the next line."""
    size, count = len(data), 0
    if data[at] == _SEMICOLON:
        return -1, at
    while at < size and data[at] != _NEWLINE:
        byte = data[at]
        if _is_blank(byte):
            at += 1
            continue
        if byte == _HASH:
            while at < size and data[at] != _NEWLINE:
                if _is_control(data[at]):
                    return -1, at
                at += 1
            break
        if byte in (_QUOTE, _DOUBLE_QUOTE):
            start = at + 1
            at = start
            while True:
                if at >= size or data[at] == _NEWLINE or _is_control(data[at]):
                    return -1, at
                if data[at] == byte and (at + 1 == size or _is_blank(data[at + 1])):
                    break
                at += 1
            end = at
            at += 1
        else:
            start = at
            while at < size and data[at] > _BLANK:
                at += 1
            end = at
            if at < size and _is_control(data[at]):
                return -1, at
        if count < len(starts):
            starts[count] = start
            ends[count] = end
        count += 1
    return count, at + 1


@njit(cache=True, nogil=True)
def _opens_something(data: NumpyArray, start: int, end: int, alone: bool) -> bool:
    """Whether the first field of a line is a label, or a keyword alone on its line."""
    if start > 0 and (data[start - 1] == _QUOTE or data[start - 1] == _DOUBLE_QUOTE):
        return False
    if end > start and data[start] == _UNDERSCORE:
        return True
    return alone and (_spells(data, start, end, _DATA) or (end - start == 5 and _spells(data, start, end, _LOOP)))


@njit(cache=True, nogil=True)
def split_rows(data: NumpyArray, columns: int) -> tuple[NumpyArray, NumpyArray, int]:
    """Where the fields of the rows of a table stand, up to the first line that is not such a row."""
    # a field and the blank behind it take two bytes at least
    most = len(data) // (2 * columns) + 1
    starts = np.empty((most, columns), np.int32)
    ends = np.empty((most, columns), np.int32)
    rows, at = 0, 0
    while at < len(data):
        # the bounds of a line that turns out to be no row are written behind the last row
        row = min(rows, most - 1)
        count, behind = _split_line(data, at, starts[row], ends[row])
        if count > 0:
            if count != columns or _opens_something(data, starts[row, 0], ends[row, 0], count == 1):
                break
            rows += 1
        elif count < 0:
            break
        at = behind
    return starts[:rows], ends[:rows], min(at, len(data))


@njit(cache=True, nogil=True)
def _multiply(left: float, right: float) -> tuple[float, float]:
    """The product and its rounding error, exactly: T. J. Dekker, Numer. Math. 18, 224–242 (1971), equation 5.12."""
    product = left * right
    split = 134217729.0 * left
    left_high = split - (split - left)
    left_low = left - left_high
    split = 134217729.0 * right
    right_high = split - (split - right)
    right_low = right - right_high
    error = ((left_high * right_high - product) + left_high * right_low + left_low * right_high) + left_low * right_low
    return product, error


@njit(cache=True, nogil=True)
def _divide(mantissa: int, power: float) -> tuple[float, bool]:
    """The quotient of an integer below 2⁶³ and an exact power of ten; whether it is surely the nearest float64.

    The quotient q₀ + q₁ has twice the precision, since q₁ comes from the exact remainder of q₀; the sum is rounded
    rightly if a change of q₁ by more than its error does not alter it (Ziv's test).
    """
    high = float(mantissa)
    low = float(mantissa - int(high))
    quotient = high / power
    product, error = _multiply(quotient, power)
    rest = (((high - product) - error) + low) / power
    bound = quotient * 2.0**-100
    value = quotient + (rest - bound)
    return value, value == quotient + (rest + bound)


@njit(cache=True, nogil=True)
def _scaled(mantissa: int, exponent: int) -> tuple[float, bool]:
    """The value of mantissa · 10^exponent; whether it is surely the nearest float64."""
    if mantissa == 0 or exponent == 0:
        return float(mantissa), True
    if -22 <= exponent <= 22:
        if mantissa <= 2**53:
            return (float(mantissa) * _POWERS[exponent] if exponent > 0 else float(mantissa) / _POWERS[-exponent]), True
        if exponent < 0:
            return _divide(mantissa, _POWERS[-exponent])
    return 0.0, False


@njit(cache=True, nogil=True)
def _skip_zeros(data: NumpyArray, at: int, end: int) -> int:
    while at < end and data[at] == _ZERO:
        at += 1
    return at


@njit(cache=True, nogil=True)
def _read_digits(data: NumpyArray, at: int, end: int, mantissa: int) -> tuple[int, int]:
    """The mantissa with more digits behind it (it wraps around beyond 18), and where they end."""
    while at < end:
        digit = data[at] - _ZERO
        if digit < 0 or digit > 9:
            break
        mantissa = mantissa * 10 + digit
        at += 1
    return mantissa, at


@njit(cache=True, nogil=True)
def _parse_word(data: NumpyArray, start: int, end: int, negative: bool) -> tuple[int, int, float]:
    """Kind and value of what has no digits: nan and inf are decimals."""
    if end - start == 3 and _spells(data, start, end, _NAN):
        return _DECIMAL, 0, np.nan
    if (end - start == 3 and _spells(data, start, end, _INF)) or (
        end - start == 8 and _spells(data, start, end, _INFINITY)
    ):
        return _DECIMAL, 0, -np.inf if negative else np.inf
    return _TEXT, 0, np.nan


@njit(cache=True, nogil=True)
def _parse_number(data: NumpyArray, start: int, end: int) -> tuple[int, int, float]:
    """Kind, whole number and decimal that a field spells."""
    negative = start < end and data[start] == _MINUS
    first = start + 1 if negative or (start < end and data[start] == _PLUS) else start
    leading = _skip_zeros(data, first, end)
    mantissa, at = _read_digits(data, leading, end, 0)
    whole, significant, exponent = at - first, at - leading, 0
    if at == end and whole > 0:
        if significant > _DIGITS or (whole > 1 and leading > first):
            return _TEXT, 0, np.nan
        return _INTEGER, -mantissa if negative else mantissa, -float(mantissa) if negative else float(mantissa)
    if at < end and data[at] == _DOT:
        dot = at
        leading = _skip_zeros(data, dot + 1, end) if significant == 0 else dot + 1
        mantissa, at = _read_digits(data, leading, end, mantissa)
        significant += at - leading
        exponent = dot + 1 - at
    if whole == 0 and exponent == 0:
        return _parse_word(data, first, end, negative)
    if at < end:
        power, good = _parse_exponent(data, at, end)
        if not good:
            return _TEXT, 0, np.nan
        exponent += power
    value, sure = _scaled(mantissa, exponent)
    if significant > _DIGITS or not sure:
        return _HARD, 0, np.nan
    return _DECIMAL, 0, -value if negative else value


@njit(cache=True, nogil=True)
def _parse_exponent(data: NumpyArray, at: int, end: int) -> tuple[int, bool]:
    """The exponent that a number ends with, cut off at ±9999, and whether it is one."""
    if data[at] | 0x20 != ord("e"):
        return 0, False
    at += 1
    negative = at < end and data[at] == _MINUS
    if negative or (at < end and data[at] == _PLUS):
        at += 1
    if at == end:
        return 0, False
    power = 0
    while at < end:
        if not _ZERO <= data[at] <= _NINE:
            return 0, False
        power = min(power * 10 + (data[at] - _ZERO), 9999)
        at += 1
    return -power if negative else power, True


@njit(cache=True, nogil=True)
def _parse_fields(
    data: NumpyArray,
    starts: NumpyArray,
    ends: NumpyArray,
    kinds: NumpyArray,
    integers: NumpyArray,
    decimals: NumpyArray,
) -> int:
    """Fill in what the fields spell; how many of them are hard."""
    hard = 0
    for i in range(len(starts)):
        start = starts[i]
        if start > 0 and (data[start - 1] == _QUOTE or data[start - 1] == _DOUBLE_QUOTE):
            kinds[i], integers[i], decimals[i] = _TEXT, 0, np.nan
        else:
            kinds[i], integers[i], decimals[i] = _parse_number(data, start, ends[i])
        hard += kinds[i] == _HARD
    return hard


def parse_numbers(data: NumpyArray, starts: NumpyArray, ends: NumpyArray) -> tuple[NumpyArray, NumpyArray, NumpyArray]:
    """What fields spell; rare decimals that two float64 cannot round for sure are left to Python."""
    bounds = np.ascontiguousarray(starts).reshape(-1), np.ascontiguousarray(ends).reshape(-1)
    kinds, integers, decimals = (np.empty(starts.size, dtype) for dtype in (np.uint8, np.int64, np.float64))
    if _parse_fields(data, *bounds, kinds, integers, decimals):
        for i in np.flatnonzero(kinds == _HARD).tolist():
            kinds[i], decimals[i] = _DECIMAL, float(data[bounds[0][i] : bounds[1][i]].tobytes())
    return kinds.reshape(starts.shape), integers.reshape(starts.shape), decimals.reshape(starts.shape)


@njit(cache=True, nogil=True)
def _gather(data: NumpyArray, starts: NumpyArray, ends: NumpyArray, matrix: NumpyArray) -> None:
    for i in range(len(starts)):
        start, length = starts[i], ends[i] - starts[i]
        matrix[i, :length] = data[start : start + length]
        matrix[i, length:] = 0


def gather_texts(data: NumpyArray, starts: NumpyArray, ends: NumpyArray) -> NumpyArray:
    """The fields of a column as bytes of fixed width."""
    width = max(1, int((ends - starts).max(initial=0)))
    matrix = np.empty((len(starts), width), np.uint8)
    _gather(data, np.ascontiguousarray(starts), np.ascontiguousarray(ends), matrix)
    return matrix.view(f"S{width}")[:, 0]


@njit(cache=True, nogil=True)
def _put_digits(row: NumpyArray, at: int, number: int, count: int) -> int:
    """Write a number with so many digits; where they end."""
    for i in range(count):
        row[at + count - 1 - i] = _ZERO + number % 10
        number //= 10
    return at + count


@njit(cache=True, nogil=True)
def _nearest_integer(value: float, power: float) -> int:
    """The integer nearest to value · power, for results below 10¹⁸."""
    product, error = _multiply(value, power)
    whole = np.floor(product)
    return int(whole) + int(np.rint((product - whole) + error))


@njit(cache=True, nogil=True)
def _shortest(value: float) -> tuple[int, int]:
    """Digits and decimals of the shortest text that spells a number from 10⁻⁴ to 10¹⁵; −1 decimals: undecided."""
    before = 0
    while before < 16 and value >= _POWERS[before]:
        before += 1
    behind = 0
    if before == 0:
        while value * _POWERS[behind + 1] < 1.0:
            behind += 1
    for digits in range(15, 18):
        decimals = digits - before + behind
        number = _nearest_integer(value, _POWERS[decimals])
        read, sure = _scaled(number, -decimals)
        if sure and read == value:
            while decimals > 1 and number % 10 == 0:
                number //= 10
                decimals -= 1
            return (number, decimals) if decimals > 0 else (10 * number, 1)
    return 0, -1


@njit(cache=True, nogil=True)
def _spell(row: NumpyArray, value: float) -> bool:
    """Write a number; false where it is left to Python."""
    size = abs(value)
    if not (size < 1e15) or (0 < size < 1e-4 and np.rint(size * 1e6) / 1e6 != size):
        return False
    number, decimals = int(np.rint(size * 1e6)) if size < 2.0**32 else 0, 6
    if size >= 2.0**32 or float(number) / 1e6 != size:
        number, decimals = _shortest(size)
        if decimals < 0:
            return False
    at = 0
    if np.signbit(value):
        row[0] = _MINUS
        at = 1
    scale = 1
    for _ in range(decimals):
        scale *= 10
    whole = number // scale
    count, limit = 1, 10
    while whole >= limit:
        count += 1
        limit *= 10
    at = _put_digits(row, at, whole, count)
    row[at] = _DOT
    at = _put_digits(row, at + 1, number - whole * scale, decimals)
    row[at:] = 0
    return True


@njit(cache=True, nogil=True)
def _spell_column(values: NumpyArray, matrix: NumpyArray, hard: NumpyArray) -> int:
    left = 0
    for i in range(len(values)):
        if not _spell(matrix[i], values[i]):
            hard[left] = i
            left += 1
    return left


def spell_decimals(values: NumpyArray) -> NumpyArray:
    """Numbers as text that reads back to them; the rare ones that two float64 cannot decide are left to Python."""
    matrix = np.empty((len(values), 25), np.uint8)
    hard = np.empty(len(values), np.int64)
    left = _spell_column(values, matrix, hard)
    texts = matrix.view("S25")[:, 0]
    for i in hard[:left].tolist():
        texts[i] = repr(float(values[i])).encode()
    return texts


@njit(cache=True, nogil=True)
def _plain(matrix: NumpyArray, plain: NumpyArray) -> None:
    for i in range(len(matrix)):
        row = matrix[i]
        first = row[0]
        good = first != 0 and first not in (_QUOTE, _DOUBLE_QUOTE, _HASH, _SEMICOLON, _UNDERSCORE)
        for k in range(len(row)):
            if 0 < row[k] <= _BLANK:
                good = False
        plain[i] = good and not (_spells(row, 0, len(row), _DATA) or _spells(row, 0, len(row), _LOOP))


def plain_texts(texts: NumpyArray) -> NumpyArray:
    """Which texts need no quotes."""
    plain = np.empty(len(texts), np.bool_)
    _plain(_as_matrix(texts), plain)
    return plain


def _as_matrix(texts: NumpyArray) -> NumpyArray:
    return np.ascontiguousarray(texts).view(np.uint8).reshape(len(texts), texts.dtype.itemsize)


@njit(cache=True, nogil=True)
def _add_lengths(matrix: NumpyArray, lengths: NumpyArray) -> None:
    """Add the length of each text, and one for what parts it from the next."""
    for i in range(len(matrix)):
        k = matrix.shape[1]
        while k > 0 and matrix[i, k - 1] == 0:
            k -= 1
        lengths[i] += k + 1


@njit(cache=True, nogil=True)
def _place(matrix: NumpyArray, out: NumpyArray, at: NumpyArray, separator: int) -> None:
    """Copy each text to its place in the row, and move the place behind it."""
    for i in range(len(matrix)):
        to = at[i]
        for k in range(matrix.shape[1]):
            if matrix[i, k] == 0:
                break
            out[to] = matrix[i, k]
            to += 1
        out[to] = separator
        at[i] = to + 1


def join_rows(fields: list[NumpyArray]) -> NumpyArray:
    """The rows of a table, fields parted by blanks."""
    matrices = [_as_matrix(texts) for texts in fields]
    lengths = np.zeros(len(fields[0]), np.int64)
    for matrix in matrices:
        _add_lengths(matrix, lengths)
    at = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths)])
    out = np.empty(at[-1], np.uint8)
    for i, matrix in enumerate(matrices):
        _place(matrix, out, at, _BLANK if i + 1 < len(matrices) else _NEWLINE)
    return out
