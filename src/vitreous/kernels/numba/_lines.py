"""Numbers that lie side by side, as short vectors: tuples that the compiler keeps in one register of float32.

Numba's own loops over a handful of numbers stay scalar; these are LLVM's vector instructions, which load, scale and
store such a line at once.
"""

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

__all__ = ["add_to_line", "axpy", "load_line", "outer"]

_INDEX = ir.IntType(32)
_CONTRACT = ("contract",)


@intrinsic
def load_line(typing_context, array, at, like):  # type: ignore[no-untyped-def]
    """As many numbers as the tuple ``like`` has, from place ``at`` of a contiguous array; bounds are not checked."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        values = builder.load(_address(context, builder, signature, arguments), align=4)
        return _as_tuple(context, builder, signature.return_type, values)

    return like(array, types.uint64, like), generate


@intrinsic
def add_to_line(typing_context, array, at, factor, line):  # type: ignore[no-untyped-def]
    """Add factor · line, a tuple, to the numbers from place ``at`` of a contiguous array; bounds are not checked."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        address = _address(context, builder, signature, arguments)
        scaled = _scaled(builder, arguments[2], _as_vector(builder, cgutils.unpack_tuple(builder, arguments[3])))
        builder.store(builder.fadd(builder.load(address, align=4), scaled, flags=_CONTRACT), address, align=4)
        return context.get_dummy_value()

    return types.void(array, types.uint64, types.float32, line), generate


@intrinsic
def axpy(typing_context, factor, x, y):  # type: ignore[no-untyped-def]
    """The tuple factor · x + y, rounded once where the machine can."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        x, y = (_as_vector(builder, cgutils.unpack_tuple(builder, each)) for each in arguments[1:])
        total = builder.fadd(_scaled(builder, arguments[0], x), y, flags=_CONTRACT)
        return _as_tuple(context, builder, signature.return_type, total)

    return y(types.float32, x, y), generate


@intrinsic
def outer(typing_context, x, y):  # type: ignore[no-untyped-def]
    """The tuple of all products x[i] y[j], those of one i side by side."""

    def generate(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
        x, y = (cgutils.unpack_tuple(builder, each) for each in arguments)
        repeated = _as_vector(builder, [one for one in x for _ in y])
        products = builder.fmul(repeated, _as_vector(builder, y * len(x)))
        return _as_tuple(context, builder, signature.return_type, products)

    return types.UniTuple(types.float32, x.count * y.count)(x, y), generate


def _address(context, builder, signature, arguments):  # type: ignore[no-untyped-def]
    """Where in an array a line begins, as a pointer to a vector as long as the last argument."""
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    vector = ir.VectorType(ir.FloatType(), signature.args[-1].count)
    return builder.bitcast(builder.gep(array.data, [arguments[1]]), vector.as_pointer())


def _scaled(builder, factor, vector):  # type: ignore[no-untyped-def]
    return builder.fmul(_as_vector(builder, [factor] * vector.type.count), vector, flags=_CONTRACT)


def _as_vector(builder, values):  # type: ignore[no-untyped-def]
    vector = ir.Constant(ir.VectorType(ir.FloatType(), len(values)), ir.Undefined)
    for i, value in enumerate(values):
        vector = builder.insert_element(vector, value, _INDEX(i))
    return vector


def _as_tuple(context, builder, kind, vector):  # type: ignore[no-untyped-def]
    values = [builder.extract_element(vector, _INDEX(i)) for i in range(vector.type.count)]
    return context.make_tuple(builder, kind, values)
