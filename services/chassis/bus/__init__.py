"""The bus: NATS and JetStream behind typed calls. Nothing outside this package imports nats.

`connection` holds the connection and core messages, `publishing` stores messages with pipelined acks (`headers`: ids,
expectations, timers), `pulling` feeds natural batches from durable consumers (`lingering`: fewer and larger ones),
`reading` gets stored messages without a consumer, `keys` and `watching` are the key-value buckets, `answering` serves
requests through FastStream.
"""

from services.chassis.bus.answering import Refusal, answer, answer_raw
from services.chassis.bus.connection import Bus, Received, RequestRejected
from services.chassis.bus.publishing import StoredAt
from services.chassis.bus.pulling import Delivery, Pull
from services.chassis.bus.reading import StoredMessage
from services.chassis.bus.watching import Gone, Put, Snapshot, Watch

__all__ = [
    "Bus",
    "Delivery",
    "Gone",
    "Pull",
    "Put",
    "Received",
    "Refusal",
    "RequestRejected",
    "Snapshot",
    "StoredAt",
    "StoredMessage",
    "Watch",
    "answer",
    "answer_raw",
]
