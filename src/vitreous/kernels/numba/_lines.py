"""Numbers that lie side by side, as short vectors: tuples that the compiler keeps in one register of float32.

Numba's own loops over a handful of numbers stay scalar; these are LLVM's vector instructions, which load, scale and
store such a line at once.
"""

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

__all__ = ["add_to_line", "axpy", "load_line", "outer"]

_INDEX = ir.IntType(32)
_CONTRACT = ("contract",)


def _load_line(typing_context: Any, array: Any, at: Any, like: Any) -> Any:
    """As many numbers as the tuple ``like`` has, from place ``at`` of a contiguous array; bounds are not checked."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        values = builder.load(_address(context, builder, signature, arguments), align=4)
        return _as_tuple(context, builder, signature.return_type, values)

    return (like(array, types.uint64, like), generate) if array.layout == "C" else None


def _add_to_line(typing_context: Any, array: Any, at: Any, factor: Any, line: Any) -> Any:
    """Add factor · line, a tuple, to the numbers from place ``at`` of a contiguous array; bounds are not checked."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        address = _address(context, builder, signature, arguments)
        scaled = _scaled(builder, arguments[2], _as_vector(builder, _unpacked(builder, arguments[3])))
        builder.store(builder.fadd(builder.load(address, align=4), scaled, flags=_CONTRACT), address, align=4)
        return context.get_dummy_value()

    return (types.void(array, types.uint64, types.float32, line), generate) if array.layout == "C" else None


def _axpy(typing_context: Any, factor: Any, x: Any, y: Any) -> Any:
    """The tuple factor · x + y, rounded once where the machine can."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        x, y = (_as_vector(builder, _unpacked(builder, each)) for each in arguments[1:])
        total = builder.fadd(_scaled(builder, arguments[0], x), y, flags=_CONTRACT)
        return _as_tuple(context, builder, signature.return_type, total)

    return y(types.float32, x, y), generate


def _outer(typing_context: Any, x: Any, y: Any) -> Any:
    """The tuple of all products x[i] y[j], those of one i side by side."""
    products: Any = types.UniTuple(types.float32, x.count * y.count)  # type: ignore[no-untyped-call]

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        x, y = (_unpacked(builder, each) for each in arguments)
        repeated = _as_vector(builder, [one for one in x for _ in y])
        found = builder.fmul(repeated, _as_vector(builder, y * len(x)))
        return _as_tuple(context, builder, signature.return_type, found)

    return products(x, y), generate


def _address(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    """Where in an array a line begins, as a pointer to a vector as long as the last argument."""
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    vector = ir.VectorType(ir.FloatType(), signature.args[-1].count)
    return builder.bitcast(builder.gep(array.data, [arguments[1]]), vector.as_pointer())


def _unpacked(builder: Any, values: Any) -> Any:
    return cgutils.unpack_tuple(builder, values)  # type: ignore[no-untyped-call]


def _scaled(builder: Any, factor: Any, vector: Any) -> Any:
    return builder.fmul(_as_vector(builder, [factor] * vector.type.count), vector, flags=_CONTRACT)


def _as_vector(builder: Any, values: Any) -> Any:
    vector = ir.Constant(ir.VectorType(ir.FloatType(), len(values)), ir.Undefined)
    for i, value in enumerate(values):
        vector = builder.insert_element(vector, value, _INDEX(i))
    return vector


def _as_tuple(context: Any, builder: Any, kind: Any, vector: Any) -> Any:
    values = [builder.extract_element(vector, _INDEX(i)) for i in range(vector.type.count)]
    return context.make_tuple(builder, kind, values)


# names for compiled code: what Python knows of them is nothing
load_line: Any = intrinsic(_load_line)
add_to_line: Any = intrinsic(_add_to_line)
axpy: Any = intrinsic(_axpy)
outer: Any = intrinsic(_outer)
