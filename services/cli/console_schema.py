"""`contracts/schema/console.schema.json`: everything that the console's API and its WebSocket say and take.

Types for TypeScript are made from it. Each of the `anyOf` is a body or a frame; the rest of `$defs` is what they hold.
"""

from collections.abc import Mapping
from typing import get_args

import msgspec

from contracts import console, requests
from contracts.errors import ErrorReply
from contracts.export import ExportedRun
from contracts.flow import FlowDefinition
from contracts.team import TeamSettings
from services.cli.asyncapi import any_value

BODIES: tuple[type[msgspec.Struct], ...] = (
    console.Activation,
    console.Assigning,
    console.Cancelling,
    console.Candidate,
    console.Converting,
    console.Credentials,
    console.Draft,
    console.DraftSaving,
    console.Flows,
    console.Health,
    console.Layout,
    console.Me,
    console.NewPassword,
    console.ParsedFlow,
    console.Present,
    console.Publication,
    console.Reading,
    console.Replaying,
    console.ScenarioNaming,
    console.Sessions,
    console.VisitorCard,
    console.Writing,
    ErrorReply,
    ExportedRun,
    FlowDefinition,
    requests.CannedPreviewed,
    requests.ConversationsPage,
    requests.FlowActivated,
    requests.FlowHistory,
    requests.FlowPushed,
    requests.FlowTested,
    requests.FlowValidated,
    requests.FlowVersion,
    requests.HeatTaken,
    requests.MessagesFound,
    requests.MessagesPage,
    requests.ReadUpTo,
    requests.RunHistory,
    requests.RunReplayed,
    requests.RunsCancelled,
    requests.RunsExplained,
    requests.RunsPage,
    requests.ScenarioMade,
    requests.Stored,
    requests.UnreadCounted,
    requests.WaitingCounted,
    TeamSettings,
)
FRAMES: tuple[type[msgspec.Struct], ...] = (*get_args(console.ClientFrame), *get_args(console.LiveFrame))


def console_schema() -> Mapping[str, object]:
    """The schema: any of the bodies and frames."""
    references, components = msgspec.json.schema_components((*BODIES, *FRAMES), schema_hook=any_value)
    return {"anyOf": list(references), "$defs": components}
