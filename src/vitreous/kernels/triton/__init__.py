"""Twins of readable functions for graphics cards; imported only where Triton is installed."""
