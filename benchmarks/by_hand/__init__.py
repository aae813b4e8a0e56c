"""The rules of benchmarks/rules written by hand, as a textbook and as experts would do it."""
