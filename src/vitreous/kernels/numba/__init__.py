"""Kernels for the CPU, compiled by Numba on first use and cached beside the module."""
