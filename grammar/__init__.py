"""Text → nodes → text: the grammar, the parser, the printer, and what a diagnostic is. Knows nothing of data."""
