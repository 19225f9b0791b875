"""The console's HTTP API: each route is one request on the bus."""
