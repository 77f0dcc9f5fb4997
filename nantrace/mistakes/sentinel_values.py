"""Numbers that programs write where a value is missing. Shared by drift and diagnosis."""

import numpy as np

# Codebooks of surveys and credit bureaus; limits of C types; netCDF's, GRIB's and FITS' fill values
WELL_KNOWN = (
    *(-9.0, -99.0, -999.0, -9999.0, -99999.0, -999999.0, 999.0, 9999.0, 99999.0, 999999.0, 99999999.0),
    *(-99.9, -999.9, -9999.9, 999.9, 9999.9, -88.0, -888.0, -8888.0, -77.0, -777.0, 888.0, 777.0),
    *(1e20, -1e20, 1e30, -1e30, 1e34, -1e34, 1e35, -1e35, 1e36, -1e36, 1e37, -1e37, 9.969209968386869e36),
    *(32767.0, -32768.0, 65535.0, 2147483647.0, -2147483648.0, 4294967295.0, 9.223372036854776e18),
    *(-9.223372036854776e18, float(np.finfo(np.float32).max), float(np.finfo(np.float32).min)),
)
AMBIGUOUS = (-1.0, 0.0, 9.0, 99.0)  # ordinary numbers as well
_WELL_KNOWN_NARROW = frozenset(np.float32(one) for one in WELL_KNOWN)


def is_well_known(value: float) -> bool:
    """Whether a number is one of the usual fill values, in float64 or as float32 spells it."""
    with np.errstate(over="ignore"):  # 1e300 as float32 is an infinity, and no fill value
        narrow = np.float32(value)
    return bool(value in WELL_KNOWN or (np.isfinite(narrow) and narrow in _WELL_KNOWN_NARROW))
