"""What every process needs: configuration, logs, the bus, the database, start and stop. Knows no domain."""
