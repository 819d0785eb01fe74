"""The loops of the engine on columns of integers: plain functions that numba compiles where it is installed."""
