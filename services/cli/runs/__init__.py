"""`frontdesk runs`: what visitors met, step by step. `replay --file` needs no server."""

from cyclopts import App

app = App(name="runs", help="Look at runs, follow them live, replay them.")

# By name, with its sentence, so that no command waits for what another one imports.
app.command(f"{__name__}.listing:list_runs", name="list", help="The runs that match, the newest first.")
app.command(f"{__name__}.listing:show", help="A run as a timeline: what each node read, decided and did.")
app.command(
    f"{__name__}.replaying:replay",
    help="Decide runs again and compare; with --set, try what would have been.",
)
app.command(f"{__name__}.exporting:export", help="A run in one JSON file that replays anywhere.")
app.command(f"{__name__}.tailing:tail", help="The live log, until Ctrl-C.")
app.command(
    f"{__name__}.explaining:explain",
    help="For each event of a visitor: which run it started, or why none.",
)
app.command(f"{__name__}.cancelling:cancel", help="End what waits: one run, or all that wait of a flow.")
