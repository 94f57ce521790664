"""What ``vitreous sharpen`` does: the curve, the resolution, the B factor, and the map."""

from pathlib import Path

import numpy as np

from vitreous._errors import InputError
from vitreous._typing import NumpyArray
from vitreous.cli.maps import MapFile, asked, mask_for, read_maps
from vitreous.cli.sharpen import SharpenOptions
from vitreous.fourier import resolution_angstrom, shell_frequencies
from vitreous.reconstruction import GuinierFit, guinier_fit, half_map_fsc, read_fsc, sharpen
from vitreous.reconstruction.resolution import HALF_MAP_THRESHOLD

__all__ = ["sharpen_map"]

_GUINIER_LOW_ANGSTROM = 10.0


def sharpen_map(source: Path, options: SharpenOptions) -> tuple[NumpyArray, MapFile, str]:
    """Sharpen a map as the options ask.

    Parameters
    ----------
    source
        The map.
    options
        Of the command.

    Returns
    -------
    volume, map, said
        The sharpened map (n, n, n), the map that it was, and what was done in words.

    Raises
    ------
    InputError
        If a file cannot be read, files do not go together, or what is given does not determine the B factor.
    """
    halves = [path for path in (options.half1, options.half2) if path is not None]
    maps = read_maps([source, *halves], options.pixel_size)
    one = maps[0]
    mask = mask_for(options.mask, maps[-2] if halves else one, maps[-1], options.pixel_size)
    curve, resolution = _known(maps, mask, options)
    ends = options.low_pass or resolution
    b_factor, said = options.given_b_factor(), "given"
    if b_factor is None:
        # the curve is that of the masked half maps, and so is the noise that it takes out of the amplitudes
        fit = _fitted(one.volume if mask is None else one.volume * mask, one.pixel_size_angstrom, curve, ends)
        b_factor = fit.b_factor_angstrom2
        said = f"± {fit.standard_error_angstrom2:.1f} by Guinier, {_GUINIER_LOW_ANGSTROM:g} to {ends:.2f} Å"
    made = asked(sharpen)(
        one.volume,
        b_factor,
        pixel_size_angstrom=one.pixel_size_angstrom,
        correlation=curve,
        low_pass_angstrom=ends,
    )
    parts = [f"B factor {b_factor:.1f} Å² ({said}) taken out"]
    parts += ["weighted by the FSC"] if curve is not None else []
    parts += [f"ends at {ends:.2f} Å"] if ends is not None else []
    return np.asarray(made), one, ", ".join(parts)


def _known(
    maps: list[MapFile], mask: NumpyArray | None, options: SharpenOptions
) -> tuple[NumpyArray | None, float | None]:
    """The FSC of the half maps, and their resolution; None where neither half maps nor a curve were given."""
    one = maps[0]
    if options.fsc is not None:
        k, curve = read_fsc(options.fsc)
        expected = shell_frequencies(one.volume.shape, one.pixel_size_angstrom)
        if len(k) != len(expected) or not np.allclose(k, expected, rtol=1e-3, atol=1e-6):
            problem = f"{len(k)} shells to {k[-1]:.4g} 1/Å, where the map has {len(expected)} to {expected[-1]:.4g} 1/Å"
            raise InputError(problem, file=options.fsc, advice="give the curve of this map's half maps")
        found = resolution_angstrom(curve, k, HALF_MAP_THRESHOLD)
    elif len(maps) == 3:
        size = one.pixel_size_angstrom
        both = half_map_fsc(maps[1].volume, maps[2].volume, mask, pixel_size_angstrom=size, seed=options.seed)
        curve, found = both.fsc, both.resolution_angstrom
    else:
        return None, None
    if found is None:
        raise InputError("the half maps claim no resolution", advice="there is nothing to sharpen")
    return curve, found


def _fitted(
    volume: NumpyArray, pixel_size_angstrom: float, curve: NumpyArray | None, high_angstrom: float | None
) -> GuinierFit:
    if high_angstrom is None:
        advice = "give --half1 and --half2, --fsc, or --low-pass; or the B factor itself"
        raise InputError("a B factor is fitted up to the resolution, which is not known", advice=advice)
    try:
        return guinier_fit(
            volume,
            pixel_size_angstrom=pixel_size_angstrom,
            high_angstrom=high_angstrom,
            low_angstrom=_GUINIER_LOW_ANGSTROM,
            correlation=curve,
        )
    except ValueError as error:
        raise InputError(f"no B factor can be fitted: {error}", advice="give it with --b-factor") from error
