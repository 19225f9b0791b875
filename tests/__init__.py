"""The tests; helpers are imported as `tests.servers`, `tests.waiting` and so on."""
