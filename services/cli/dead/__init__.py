"""`frontdesk dead`: dead letters, straight from the bus, so that it works while no service runs."""

from cyclopts import App

app = App(name="dead", help="Look at what could not be handled, and have it tried again.")

# By name, with its sentence, so that no command waits for what another one imports.
app.command(f"{__name__}.listing:list_letters", name="list", help="The dead letters, the newest first.")
app.command(f"{__name__}.listing:show", help="A dead letter with its headers and body.")
app.command(f"{__name__}.retrying:retry", help="Put a message back where it was, to be handled again.")
