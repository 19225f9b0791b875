"""The passwords of those who have one."""

from contracts.ids import AgentId, TeamId
from services.chassis.clock import Clock
from services.chassis.database import Database


class Accounts:
    """Their hashes, in Postgres."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def hash_of(self, team: TeamId, agent: AgentId) -> str | None:
        """The hash of this agent's password; None: there is none."""
        async with self._database.statement() as tx:
            row = await tx.row(
                "select hash from console.accounts where team = $1 and agent = $2", team, agent
            )
        return None if row is None else row["hash"]

    async def set_hash(self, team: TeamId, agent: AgentId, hashed: str) -> None:
        """Give this agent a password, or another one."""
        async with self._database.statement() as tx:
            await tx.execute(
                """insert into console.accounts (team, agent, hash, changed_at) values ($1, $2, $3, $4)
                   on conflict (team, agent) do update set hash = excluded.hash, changed_at = excluded.changed_at""",
                team,
                agent,
                hashed,
                self._clock(),
            )
