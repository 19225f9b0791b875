"""Every subject of the bus in one table: what is said there, by whom, and where it is kept."""

from types import UnionType
from typing import NamedTuple

import msgspec

from contracts import dead
from contracts.chat import ChatEvent
from contracts.frames import Hint
from contracts.presence import PresenceChanged, Session
from contracts.requests import (
    AssignConversation,
    CannedPreviewed,
    CheckTeam,
    ConversationsList,
    ConversationsPage,
    ConvertVisitor,
    FlowActivated,
    FlowHistory,
    FlowLaidOut,
    FlowList,
    FlowPushed,
    FlowRequest,
    FlowTested,
    FlowValidated,
    FlowVerdict,
    FlowVersion,
    HeatTaken,
    LayOutFlow,
    MessagesFound,
    MessagesList,
    MessagesPage,
    MessagesSearch,
    NoteVisitor,
    PostMessage,
    PresenceList,
    PresenceOnline,
    PushFlow,
    PushTeam,
    ReadConversation,
    ReadUpTo,
    Request,
    RunAppended,
    RunHistory,
    RunReplay,
    RunReplayed,
    RunRequest,
    RunsCancel,
    RunsCancelled,
    RunScenario,
    RunsExplain,
    RunsExplained,
    RunsHeat,
    RunsList,
    RunsPage,
    RunsWaiting,
    ScenarioMade,
    SeedFlow,
    Stored,
    TeamChecked,
    TeamFound,
    TeamPushed,
    UnreadCounted,
    UnreadQuery,
    VisitorDescribed,
    VisitorProfile,
    VisitorQuery,
    VisitorRequest,
    WaitingCounted,
)
from contracts.streams import CHAT, CONTRACTS, DEAD, FLOW, PRESENCE, SESSIONS, TASK, TEAM, TIMER, VISITOR
from contracts.subjects import PARTITIONS
from contracts.task import Task, TaskDone
from contracts.team import TeamSettings
from contracts.visitor import VisitorEvent

Kind = type[msgspec.Struct] | UnionType | None
"""What a message holds; None: its body is nobody's business but the sender's."""


class Told(NamedTuple):
    """A subject on which something is said, without an answer. `kept`: the stream or bucket that stores it."""

    address: str
    kind: Kind
    says: str
    kept: str = ""


class Asked(NamedTuple):
    """A subject on which one service answers, in a queue group."""

    address: str
    request: type[msgspec.Struct]
    reply: type[msgspec.Struct]
    says: str


TOLD = (
    Told(
        "visitor.{partition}.{team}.{visitor}.{event}",
        VisitorEvent,
        f"What a visitor did. From widget-gateway; partition is crc32(visitor) mod {PARTITIONS}.",
        VISITOR.name,
    ),
    Told(
        "chat.{team}.{visitor}.{kind}",
        ChatEvent,
        "Posts of each side (visitor, agent, robot) and changes of state. From widget-gateway, flow-executor and"
        " conversations.",
        CHAT.name,
    ),
    Told(
        "live.chat.{team}.{visitor}.{kind}",
        ChatEvent,
        "The same as it is stored, told once by the stream, with Nats-Sequence and Nats-Last-Sequence.",
    ),
    Told(
        "hint.{team}.{visitor}.{side}",
        Hint,
        "That the visitor, or an agent, types in this conversation or has read up to a place. From widget-gateway, and"
        " from whoever agents write with.",
    ),
    Told(
        "presence.{team}.{person}.{id}.{transition}",
        PresenceChanged,
        "Somebody came online or went offline. From presence.",
        PRESENCE.name,
    ),
    Told(
        "contracts.flows.submit.{team}",
        PushFlow,
        "A definition whose sender does not wait; a bare flow definition is taken too. From anybody, to flow-executor.",
        CONTRACTS.name,
    ),
    Told(
        "flow.{team}.{flow}.{verdict}",
        FlowVerdict,
        "What became of a definition, and every change of what is active. From flow-executor.",
        FLOW.name,
    ),
    Told(
        "run.{team}.{flow}.{run}",
        RunAppended,
        "The events that were just stored of a run. From flow-executor; who missed some asks query.runs.events.",
    ),
    Told(
        "timer.set.{run}.{seq}",
        None,
        "A message schedule: wakes the run later. From flow-executor.",
        TIMER.name,
    ),
    Told("timer.due.{run}.{seq}", None, "The wait of the run's event seq is over. From the bus.", TIMER.name),
    Told(
        "task.{work}.{run}.{seq}",
        Task,
        "Work outside that the run's event seq asked for; it waits for its worker. From flow-executor.",
        TASK.name,
    ),
    Told(
        "task.done.{run}.{seq}",
        TaskDone,
        "How that work ended. From the worker, which is part of flow-executor.",
        TASK.name,
    ),
    Told(
        "dead.{stream}",
        None,
        f"What could not be handled, as it came; {dead.REASON} and {dead.DETAIL} say why, {dead.ORIGINAL_SUBJECT} and"
        f" {dead.ORIGINAL_SEQUENCE} where it was, {dead.ATTEMPTS} how often it was tried.",
        DEAD.name,
    ),
    Told(
        f"$KV.{SESSIONS.name}.{{team}}.{{person}}.{{id}}.{{session}}",
        Session,
        "A live session, with a TTL. From whoever holds the socket.",
        f"bucket {SESSIONS.name}",
    ),
    Told(
        f"$KV.{TEAM.name}.{{team}}",
        TeamSettings,
        "What a team has set. From conversations.",
        f"bucket {TEAM.name}",
    ),
)

ASKED = (
    Asked(
        "contracts.flows.push", PushFlow, FlowPushed, "Store a version of a flow, and activate it if asked."
    ),
    Asked(
        "contracts.flows.validate", PushFlow, FlowValidated, "Every problem of a definition; stores nothing."
    ),
    Asked(
        "contracts.flows.test",
        PushFlow,
        FlowTested,
        "What a definition's scenarios come to, and what none of them shows; stores nothing.",
    ),
    Asked(
        "contracts.flows.layout", LayOutFlow, FlowLaidOut, "Move nodes on the canvas; makes no new version."
    ),
    Asked("contracts.flows.seed", SeedFlow, FlowPushed, "Push and activate a flow that the team never had."),
    Asked("contracts.flows.activate", FlowRequest, FlowActivated, "Let a version answer its trigger, alone."),
    Asked("contracts.flows.deactivate", FlowRequest, FlowActivated, "Let a flow answer nothing."),
    Asked("contracts.flows.delete", FlowRequest, FlowActivated, "Take a flow out of every list."),
    Asked("contracts.flows.list", Request, FlowList, "The team's flows."),
    Asked("contracts.flows.get", FlowRequest, FlowVersion, "A version with its definition."),
    Asked("contracts.flows.history", FlowRequest, FlowHistory, "What happened to a flow, the newest first."),
    Asked(
        "contracts.flows.check_team",
        CheckTeam,
        TeamChecked,
        "What flows say to settings that a team is about to get; changes nothing.",
    ),
    Asked("query.runs.list", RunsList, RunsPage, "The runs that match, the newest first."),
    Asked("query.runs.events", RunRequest, RunHistory, "A run with all its events."),
    Asked(
        "query.runs.replay",
        RunReplay,
        RunReplayed,
        "Decide a run again, by its record or with facts changed.",
    ),
    Asked(
        "query.runs.scenario", RunScenario, ScenarioMade, "A run as a scenario, which holds for its version."
    ),
    Asked("query.runs.waiting", RunsWaiting, WaitingCounted, "How many runs of a flow wait at which node."),
    Asked(
        "query.runs.heat",
        RunsHeat,
        HeatTaken,
        "How often the newest runs of a version, 1,000 at most, took each outcome.",
    ),
    Asked("query.runs.cancel", RunsCancel, RunsCancelled, "End what waits."),
    Asked("query.runs.explain", RunsExplain, RunsExplained, "What became of each event of a visitor."),
    Asked(
        "query.visitors.describe",
        VisitorRequest,
        VisitorDescribed,
        "What flows know of a visitor: segments, tracked events, browser.",
    ),
    Asked(
        "query.visitors.canned",
        VisitorRequest,
        CannedPreviewed,
        "The team's canned messages as a visitor would get them.",
    ),
    Asked("query.presence.list", PresenceList, PresenceOnline, "Who is online."),
    Asked("contracts.conversations.post", PostMessage, Stored, "An agent writes to a visitor."),
    Asked(
        "contracts.conversations.note",
        NoteVisitor,
        Stored,
        "An agent writes something down for the team; the visitor never sees it.",
    ),
    Asked(
        "contracts.conversations.convert",
        ConvertVisitor,
        Stored,
        "An agent says what customer a visitor is.",
    ),
    Asked(
        "contracts.conversations.read",
        ReadConversation,
        ReadUpTo,
        "An agent has seen a conversation, or all of them, up to a message; the visitor is told.",
    ),
    Asked("contracts.conversations.assign", AssignConversation, Stored, "Say who looks after a visitor."),
    Asked(
        "query.conversations.list", ConversationsList, ConversationsPage, "Conversations, the newest first."
    ),
    Asked(
        "query.conversations.unread",
        UnreadQuery,
        UnreadCounted,
        "How many conversations wait for an agent.",
    ),
    Asked(
        "query.conversations.search",
        MessagesSearch,
        MessagesFound,
        "Messages and notes by their words, the newest first.",
    ),
    Asked("query.conversations.messages", MessagesList, MessagesPage, "The messages of a conversation."),
    Asked("query.conversations.visitor", VisitorQuery, VisitorProfile, "What is known of a visitor."),
    Asked("contracts.team.get", Request, TeamFound, "What a team has set."),
    Asked("contracts.team.push", PushTeam, TeamPushed, "Replace what a team has set, or make the team."),
)
