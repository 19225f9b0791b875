"""NATS and Postgres from wheels, for one data folder: what `frontdesk up` brings unless given addresses.

Both survive `kill -9` of whoever started them: on Linux they get a signal when their parent dies, and a start
first ends a server that is left over from its own data folder.
"""

from services.chassis.embedded.folder import DataFolder
from services.chassis.embedded.launch import Launch
from services.chassis.embedded.nats_server import NatsServer
from services.chassis.embedded.postgres_server import PostgresServer

__all__ = ["DataFolder", "Launch", "NatsServer", "PostgresServer"]
