"""The executor with real servers: its journal, its shell, its requests."""
