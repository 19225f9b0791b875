"""A gateway of the test's own beside the product's, which may be killed as often as one likes and is back at once."""

import os
import signal
import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx

from services.chassis.embedded import DataFolder
from services.chassis.embedded.nats_server import free_port
from tests.product import Product, cli
from tests.waiting import eventually

BACK_WITHIN_S = 20
"""What a start may take on a busy machine."""


class OwnGateway:
    """`frontdesk serve widget-gateway` on the product's bus."""

    def __init__(self, product: Product) -> None:
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        self._environ = {
            **os.environ,
            "FRONTDESK_NATS_URL": product.addresses.nats,
            "FRONTDESK_SECRET": DataFolder(product.data).secret("frontdesk"),
            "FRONTDESK_GATEWAY_PORT": str(port),
        }
        self.begin()

    def begin(self) -> None:
        """Start it; pages find it again by themselves."""
        self._process = subprocess.Popen(
            cli("serve", "widget-gateway"),
            env=self._environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def crash(self) -> None:
        """Kill it, and start it again."""
        self.end()
        self.begin()

    def end(self) -> None:
        """Kill it."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()

    async def answers(self) -> bool:
        """Whether it is ready."""
        try:
            async with httpx.AsyncClient(trust_env=False) as http:
                return (await http.get(f"{self.address}/health")).status_code == 200
        except httpx.TransportError:
            return False


@asynccontextmanager
async def own_gateway(product: Product) -> AsyncGenerator[OwnGateway]:
    """It runs until the end of the block."""
    gateway = OwnGateway(product)
    try:
        await eventually(gateway.answers, BACK_WITHIN_S)
        yield gateway
    finally:
        gateway.end()
