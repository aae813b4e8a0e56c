"""The dashboard: a static site that opens from disk, with the results of a run and the reasons behind them."""

from .write import Asked, write_site

__all__ = ["Asked", "write_site"]
