"""The console: the people's edge. It keeps nothing of its own and does everything over the bus."""
