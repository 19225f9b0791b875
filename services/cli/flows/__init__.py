"""`frontdesk flows`: write, check and change flows. `validate` and `test` need no server."""

from cyclopts import App

app = App(name="flows", help="Write, check and change flows.")

# By name, with its sentence, so that no command waits for what another one imports.
app.command(f"{__name__}.checking:validate", help="Check flow files without any server.")
app.command(
    f"{__name__}.checking:run_tests", name="test", help="Run the scenarios of flow files without any server."
)
app.command(
    f"{__name__}.pushing:push",
    help="Store flow files as new versions; equal content is the version that is there.",
)
app.command(
    f"{__name__}.showing:list_flows", name="list", help="The flows, and which answer their trigger now."
)
app.command(f"{__name__}.showing:show", help="A version, node by node.")
app.command(f"{__name__}.changing:activate", help="Let a version answer its trigger, alone.")
app.command(f"{__name__}.changing:deactivate", help="Let a flow answer nothing.")
app.command(f"{__name__}.changing:delete", help="Take a flow out of every list.")
app.command(f"{__name__}.exporting:export", help="A definition as TOML or JSON; comments are not kept.")
app.command(f"{__name__}.exporting:diff", help="What is different between two versions.")
app.command(f"{__name__}.showing:history", help="What happened to a flow, the newest first.")
