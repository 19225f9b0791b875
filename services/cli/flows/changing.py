"""`frontdesk flows activate`, `deactivate`, `delete`: which version answers a trigger."""

from contracts.requests import FlowActivated, FlowRequest
from services.cli.asking import DEFAULTS, Asking, asker
from services.cli.flows import problems
from services.cli.flows.names import Named, named
from services.cli.output import console, print_json


def activate(flow: str, /, *, asking: Asking = DEFAULTS) -> None:
    """Let a version (FLOW@N, else the newest) answer its trigger, alone. An older one: a rollback."""
    _change("activate", named(flow), asking)


def deactivate(flow: str, /, *, asking: Asking = DEFAULTS) -> None:
    """Let a flow answer nothing. Runs that wait go on."""
    _change("deactivate", named(flow), asking)


def delete(flow: str, /, *, asking: Asking = DEFAULTS) -> None:
    """Take a flow out of every list. What ran stays, and still replays."""
    _change("delete", named(flow), asking)


def _change(verb: str, which: Named, asking: Asking) -> None:
    request = FlowRequest(team=asking.team, by=asker(), flow=which.flow, version=which.version)
    reply = asking.ask(f"contracts.flows.{verb}", request, FlowActivated)
    if asking.json:
        print_json(reply)
    else:
        out = console()
        out.print(_sentence(verb, reply))
        problems.show_each(out, reply.warnings, "flow")


def _sentence(verb: str, reply: FlowActivated) -> str:
    match verb, reply:
        case "activate", FlowActivated(replaced=None):
            return f"✓ {reply.flow}@{reply.version} is active"
        case "activate", _:
            return f"✓ {reply.flow}@{reply.version} is active, in place of {reply.replaced}"
        case "deactivate", FlowActivated(version=None):
            return f"✓ {reply.flow} was not active"
        case "deactivate", _:
            return f"✓ {reply.flow}@{reply.version} is not active any more; runs that wait go on"
        case _:
            return f"✓ {reply.flow} is deleted; its runs stay"
