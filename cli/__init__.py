"""The command line: parse options, call one function of the engine, render."""
