"""The commands of `frontdesk`. Each is loaded when it is called, so that none waits for the others."""

from importlib.metadata import version

from cyclopts import App

COMMANDS = {
    "up": ("services.cli.up:up", "Start everything: servers, migrations, flows, services."),
    "serve": ("services.cli.serve:serve", "Run one service."),
    "migrate": ("services.cli.migrate:migrate", "Bring database and bus to what this version needs."),
    "flows": ("services.cli.flows:app", "Validate, test, push, activate and look at flows."),
    "runs": ("services.cli.runs:app", "Look at runs, and replay them."),
    "team": ("services.cli.team:app", "See the team's settings and agents."),
    "dead": ("services.cli.dead:app", "Look at what could not be handled, and have it tried again."),
    "doctor": ("services.cli.doctor:doctor", "Check every address and version, and say what to mend."),
    "bench": ("services.cli.bench:bench", "Measure."),
}

app = App(
    name="frontdesk",
    help="Answers website visitors by flow: event-driven, stored, replayable.",
    version=lambda: version("frontdesk"),
    # Errors are ours to tell, with our exit codes (`__main__`).
    exit_on_error=False,
    print_error=False,
    suppress_keyboard_interrupt=False,
    result_action="return_value",
)

for _position, (_name, (_target, _help)) in enumerate(COMMANDS.items()):
    app.command(_target, name=_name, help=_help, sort_key=_position)
