"""nats-py's client, with one thing of it done faster."""

from nats.aio.client import Client


class QuickClient(Client):
    """nats-py (2.16) asks of every letter of a header's name whether it is a space: a fifth of what a message takes."""

    @staticmethod
    def _parse_header_lines(raw: bytes) -> dict[str, str]:
        """The headers in a block of `Name: Value` lines; a line that is none is left out, as nats-py does."""
        headers: dict[str, str] = {}
        for line in raw.split(b"\r\n"):
            name, colon, value = line.partition(b":")
            if colon and name.isascii() and len(name.split()) == 1:
                headers[name.strip().decode()] = value.strip().decode("utf-8", "replace")
        return headers
