"""Builds the conversations service from its configuration, and is the only file that does."""

import asyncio

from contracts.requests import (
    AssignConversation,
    ConversationsList,
    ConvertVisitor,
    MessagesList,
    MessagesSearch,
    NoteVisitor,
    PostMessage,
    PushTeam,
    ReadConversation,
    Request,
    UnreadQuery,
    VisitorQuery,
)
from contracts.streams import CONVERSATIONS_CHAT, CONVERSATIONS_VISITORS
from services.chassis import health
from services.chassis.bus import Bus, answer
from services.chassis.clock import system_clock
from services.chassis.database import Database
from services.chassis.intake import Intake
from services.conversations.config import Config
from services.conversations.listing import Listing
from services.conversations.projection import Projection
from services.conversations.queries import Queries
from services.conversations.reads import Reads
from services.conversations.searching import Searching
from services.conversations.speaking import Speaking
from services.conversations.teams import Teams

QUEUE = "conversations"
LINGER_S = 0.1
"""People read what is here a moment later; until then the cores and the disk are for those who answer visitors."""


async def serve(config: Config, stop: asyncio.Event) -> None:
    """Keep the read models and answer for them until `stop` is set."""
    async with Database(config.postgres_dsn) as database, Bus(config.nats_url, QUEUE) as bus:
        teams = Teams(bus)
        searching = Searching(database)
        _answer_requests(bus, database, teams, searching)
        projection = Projection(database)
        async with (
            bus.lingering_pull([CONVERSATIONS_VISITORS], LINGER_S) as visitors,
            bus.lingering_pull([CONVERSATIONS_CHAT], LINGER_S) as chat,
            asyncio.TaskGroup() as tasks,
        ):
            working = [
                tasks.create_task(Intake(bus, visitors, projection.take_visitor_events).run()),
                tasks.create_task(Intake(bus, chat, projection.take_chat_events).run()),
            ]
            working.append(tasks.create_task(searching.catch_up()))
            await bus.start()
            health.ready()
            await stop.wait()
            for task in working:
                task.cancel()


def _answer_requests(bus: Bus, database: Database, teams: Teams, searching: Searching) -> None:
    broker = bus.broker
    speaking, queries = Speaking(bus, teams, system_clock), Queries(database)
    listing, reads = Listing(database, teams), Reads(bus, database, teams)
    answer(broker, "contracts.conversations.post", PostMessage, speaking.post, queue=QUEUE)
    answer(broker, "contracts.conversations.note", NoteVisitor, speaking.note, queue=QUEUE)
    answer(broker, "contracts.conversations.convert", ConvertVisitor, speaking.convert, queue=QUEUE)
    answer(broker, "contracts.conversations.assign", AssignConversation, speaking.assign, queue=QUEUE)
    answer(broker, "contracts.team.get", Request, teams.get, queue=QUEUE)
    answer(broker, "contracts.team.push", PushTeam, teams.push, queue=QUEUE)
    answer(broker, "contracts.conversations.read", ReadConversation, reads.read, queue=QUEUE)
    answer(broker, "query.conversations.list", ConversationsList, listing.list, queue=QUEUE)
    answer(broker, "query.conversations.unread", UnreadQuery, listing.unread, queue=QUEUE)
    answer(broker, "query.conversations.search", MessagesSearch, searching.search, queue=QUEUE)
    answer(broker, "query.conversations.messages", MessagesList, queries.messages, queue=QUEUE)
    answer(broker, "query.conversations.visitor", VisitorQuery, queries.visitor, queue=QUEUE)
