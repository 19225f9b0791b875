"""Services and servers die with -9 while visitors are there; the whole product, started as people start it."""
