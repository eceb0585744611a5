"""Why believe it: exact-truth recordings, studies and benchmarks. Run from the checkout, never installed."""
