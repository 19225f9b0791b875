"""A deterministic simulation of the flow executor: its real code among models, a seeded scheduler, crashes anywhere."""
