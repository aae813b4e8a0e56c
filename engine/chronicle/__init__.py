"""One lead or account over time: since when it is what it is, what will be lost by when, and two of them compared."""
