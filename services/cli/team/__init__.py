"""`frontdesk team`: a team's settings and its agents."""

from cyclopts import App

app = App(name="team", help="See and change a team's settings and agents.")
agents = App(name="agents", help="The team's agents.")

# By name, with its sentence, so that no command waits for what another one imports.
app.command(f"{__name__}.settings:show", help="What the team has set.")
app.command(f"{__name__}.settings:push", help="Replace the settings by those of a file, or make the team.")
app.command(f"{__name__}.online:online", help="Hold an agent online until Ctrl-C.")
app.command(agents)
agents.command(f"{__name__}.agents:list_agents", name="list", help="The agents, and who of them is online.")
agents.command(f"{__name__}.agents:add", help="Add an agent, or change one that is there.")
