"""Runs flows: validates, versions and activates definitions, executes them by visitors' events, replays runs."""
