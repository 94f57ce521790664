"""Pickles of arrays, read without unpickling: a small machine that knows arrays and the containers around them."""

import math
import pickletools
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NoReturn

import numpy as np

from vitreous._errors import InputError
from vitreous._typing import NumpyArray, Path

__all__ = ["load_arrays"]

_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_EMPTY: dict[str, Callable[[], object]] = {"EMPTY_TUPLE": tuple, "EMPTY_LIST": list, "EMPTY_DICT": dict}
_NOTHING = {"PROTO", "FRAME"}
_FIXED_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_NAMES = {
    **{
        f"{core}.{name}": name.rsplit(".", 1)[1]
        for core in ("numpy.core", "numpy._core")
        for name in ("multiarray._reconstruct", "multiarray.scalar", "numeric._frombuffer")
    },
    "numpy.ndarray": "ndarray",
    "numpy.dtype": "dtype",
    "_codecs.encode": "encode",
    "__builtin__.bytes": "bytes",
}
"""The names that a pickle may ask for; each stands for a step of this module, never for the function itself."""
_NUMERIC = re.compile(r"[<>|=]?[biufc][0-9]{1,2}|\?")
_DEPTH = 50


class _Mark:
    """Stands on the stack where a group of values begins."""


@dataclass(frozen=True)
class _Name:
    """A function or class that the pickle asked for."""

    name: str


@dataclass
class _DType:
    """A dtype, complete only when its byte order has been set."""

    dtype: np.dtype[Any]


@dataclass
class _Pending:
    """An array, filled only when its state has been read."""

    array: NumpyArray | None = None


def load_arrays(path: Path) -> Any:
    """Read a pickle that holds NumPy arrays, and tuples, lists and dictionaries of them, numbers and text.

    Nothing in the file is executed or imported: its instructions are interpreted here, and the first that asks for
    anything else is refused.

    Parameters
    ----------
    path
        The pickle, of any protocol.

    Returns
    -------
    object
        The arrays (read-only, of a boolean, integer, real or complex dtype) in their containers.

    Raises
    ------
    InputError
        If the file cannot be read, is not a pickle or is cut short, or holds anything but arrays, with the instruction
        and its offset; also if its containers hold themselves or are nested more than 50 deep.

    References
    ----------
    Python's ``pickletools`` describes each instruction of the format.
    """
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from error
    machine = _Machine(path, budget=len(data))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", DeprecationWarning)  # an escape in a text that Python does not know
            for opcode, argument, offset in pickletools.genops(data):
                machine.offset, machine.opcode = int(offset or 0), opcode.name
                machine.step(opcode.name, argument)
    except (ValueError, OverflowError, DeprecationWarning) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"not a whole pickle: {error}", file=path, place=f"byte {machine.offset}") from error
    return _Unwrapping(machine, budget=len(data)).value(machine.pop(), 0)


@dataclass
class _Machine:
    """The stack and the memo of a pickle while its instructions are followed."""

    path: Path
    budget: int
    offset: int = 0
    opcode: str = ""
    stack: list[Any] = field(default_factory=list)
    memo: dict[int, Any] = field(default_factory=dict)

    def refuse(self, problem: str) -> NoReturn:
        raise InputError(
            f"{self.opcode} {problem}",
            file=self.path,
            place=f"byte {self.offset}",
            advice="only pickles of NumPy arrays are read",
        )

    def take(self) -> Any:
        if not self.stack:
            self.refuse("finds the stack empty")
        return self.stack.pop()

    def pop(self) -> Any:
        value = self.take()
        if isinstance(value, _Mark):
            self.refuse("finds no value")
        return value

    def top(self, kind: type) -> Any:
        if not self.stack or not isinstance(self.stack[-1], kind):
            self.refuse(f"finds no {kind.__name__}")
        return self.stack[-1]

    def pop_group(self) -> list[Any]:
        """The values above the last mark."""
        group: list[Any] = []
        while not isinstance(value := self.take(), _Mark):
            group.append(value)
        return group[::-1]

    def step(self, name: str, argument: Any) -> None:
        """Follow one instruction."""
        if name in _NOTHING or name == "STOP":
            return
        if name in _CONSTANTS:
            self.stack.append(_CONSTANTS[name])
        elif name in _EMPTY:
            self.stack.append(_EMPTY[name]())
        elif isinstance(argument, (int, float, str, bytes, bytearray)) and name in _VALUES:
            self.stack.append(argument)
        elif name in _STEPS:
            _STEPS[name](self, argument)
        else:
            self.refuse("is not an instruction that arrays need")

    def name(self, module: object, name: object) -> None:
        full = f"{module}.{name}"
        if full not in _NAMES:
            self.refuse(f"asks for {full[:80]!r}")
        self.stack.append(_Name(_NAMES[full]))

    def items(self, group: list[Any]) -> None:
        target = self.top(dict)
        keys = group[::2]
        if len(group) % 2 or not all(isinstance(key, (str, int, float, bytes)) for key in keys):
            self.refuse("finds keys that are neither text nor numbers")
        target.update(zip(keys, group[1::2], strict=True))

    def recall(self, key: int) -> None:
        if key not in self.memo:
            self.refuse(f"recalls value {key}, which was never kept")
        self.stack.append(self.memo[key])

    def keep(self, key: int | None) -> None:
        self.memo[len(self.memo) if key is None else key] = self.top(object)

    def call(self) -> None:
        """What stands for a function, called."""
        arguments, name = self.pop(), self.pop()
        if not isinstance(name, _Name) or not isinstance(arguments, tuple):
            self.refuse("calls what is not a function of arrays")
        match (name.name, *arguments):
            case "_reconstruct", _Name(name="ndarray"), (0,), b"b" | "b":
                self.stack.append(_Pending())
            case "dtype", str() | bytes() as code, *_:
                self.stack.append(_DType(self.dtype(code)))
            case "encode", str() as text, "latin1" | "latin-1":
                self.stack.append(self.encode(text))
            case ("bytes",):
                self.stack.append(b"")
            case "scalar", _DType(dtype=dtype), (bytes() | str()) as raw:
                self.stack.append(self.array((), dtype, raw, "C")[()])
            case "_frombuffer", (bytes() | bytearray()) as raw, _DType(dtype=dtype), tuple() as shape, (
                "C" | "F"
            ) as order:
                self.stack.append(_Pending(self.array(shape, dtype, raw, order)))
            case _:
                self.refuse(f"calls {name.name} in a way that arrays do not need")

    def build(self) -> None:
        """The state of an array or a dtype."""
        state = self.pop()
        match (self.stack[-1] if self.stack else None, state):
            case _Pending(array=None) as pending, (
                1,
                tuple() as shape,
                _DType(dtype=dtype),
                bool() | 0 | 1 as by_column,
                raw,
            ):
                pending.array = self.array(shape, dtype, raw, "F" if by_column else "C")
            case _DType() as target, (3 | 4, ("<" | ">" | "|" | "=") as order, None, None, None, *_):
                target.dtype = target.dtype.newbyteorder(order)
            case _:
                self.refuse("sets the state of something that is not an array of numbers")

    def dtype(self, code: str | bytes) -> np.dtype[Any]:
        text = code.decode("latin-1") if isinstance(code, bytes) else code
        if not _NUMERIC.fullmatch(text):
            self.refuse(f"asks for dtype {text[:40]!r}, which is not numeric")
        try:
            return np.dtype(text)
        except TypeError:
            self.refuse(f"asks for dtype {text!r}, which NumPy does not know")

    def encode(self, text: str) -> bytes:
        """Bytes that an old pickle holds as text; each byte of the file can be so converted once."""
        self.budget -= len(text)
        if self.budget < 0:
            self.refuse("converts the same text again and again")
        return text.encode("latin-1")

    def array(self, shape: tuple[Any, ...], dtype: np.dtype[Any], raw: object, order: Any) -> NumpyArray:
        """The array of a shape over bytes that stand in the file, and are as many as the shape needs."""
        if isinstance(raw, str):
            raw = self.encode(raw)
        if not isinstance(raw, (bytes, bytearray)):
            self.refuse("finds an array whose content is not bytes")
        if len(shape) > 32 or not all(type(n) is int and 0 <= n < 2**62 for n in shape):
            self.refuse(f"finds an array of shape {str(shape)[:60]}")
        if len(raw) != math.prod(shape) * dtype.itemsize:
            self.refuse(f"finds {len(raw)} bytes for an array of shape {shape} and dtype {dtype}")
        array = np.frombuffer(raw, dtype).reshape(shape, order=order)
        array.flags.writeable = False
        return array


_VALUES = {
    *("INT", "BININT", "BININT1", "BININT2", "LONG", "LONG1", "LONG4", "FLOAT", "BINFLOAT"),
    *("STRING", "BINSTRING", "SHORT_BINSTRING", "UNICODE", "BINUNICODE", "SHORT_BINUNICODE", "BINUNICODE8"),
    *("BINBYTES", "SHORT_BINBYTES", "BINBYTES8", "BYTEARRAY8"),
}
"""Instructions whose argument is a value."""


def _append(machine: _Machine, group: list[Any]) -> None:
    machine.top(list).extend(group)


def _group_top(size: int, machine: _Machine, _argument: object) -> None:
    values = [machine.pop() for _ in range(size)]
    machine.stack.append(tuple(values[::-1]))


def _dictionary(machine: _Machine) -> None:
    group = machine.pop_group()
    machine.stack.append({})
    machine.items(group)


_STEPS: dict[str, Callable[[_Machine, Any], object]] = {
    "MARK": lambda machine, _: machine.stack.append(_Mark()),
    "TUPLE": lambda machine, _: machine.stack.append(tuple(machine.pop_group())),
    "LIST": lambda machine, _: machine.stack.append(machine.pop_group()),
    **{name: partial(_group_top, size) for name, size in _FIXED_TUPLES.items()},
    "DICT": lambda machine, _: _dictionary(machine),
    "APPEND": lambda machine, _: _append(machine, [machine.pop()]),
    "APPENDS": lambda machine, _: _append(machine, machine.pop_group()),
    "SETITEM": lambda machine, _: machine.items([machine.pop(), machine.pop()][::-1]),
    "SETITEMS": lambda machine, _: machine.items(machine.pop_group()),
    **dict.fromkeys(("PUT", "BINPUT", "LONG_BINPUT", "MEMOIZE"), lambda machine, key: machine.keep(key)),
    **dict.fromkeys(("GET", "BINGET", "LONG_BINGET"), lambda machine, key: machine.recall(key)),
    "GLOBAL": lambda machine, argument: machine.name(*argument.split(" ", 1)),
    "STACK_GLOBAL": lambda machine, _: machine.name(*[machine.pop(), machine.pop()][::-1]),
    "REDUCE": lambda machine, _: machine.call(),
    "BUILD": lambda machine, _: machine.build(),
}


@dataclass
class _Unwrapping:
    """The result with plain arrays in the places of pending ones; no more values than the file has bytes."""

    machine: _Machine
    budget: int

    def value(self, value: Any, depth: int) -> Any:
        self.budget -= 1
        if self.budget < 0 or depth > _DEPTH:
            self.machine.refuse("ends a pickle whose containers hold themselves or one another without end")
        if isinstance(value, (list, tuple)):
            return type(value)(self.value(item, depth + 1) for item in value)
        if isinstance(value, dict):
            return {key: self.value(item, depth + 1) for key, item in value.items()}
        if isinstance(value, _Pending) and value.array is not None:
            return value.array
        if isinstance(value, (_Name, _DType, _Pending, _Mark)):
            self.machine.refuse("ends a pickle that holds more than arrays")
        return value
