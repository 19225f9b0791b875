"""HTTPS to a checked address: the certificate must be of the name, not of the address."""

import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.flow_executor.tasks.hosts import Hosts
from services.flow_executor.tasks.outside import Asked, NoAnswer, Outside
from tests.flow_executor.loopback import Host, host, says

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="makes certificates with openssl")


@pytest.fixture
async def there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Host]:
    """A host with a certificate of its own making for `localhost` alone, which this machine trusts."""
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    command = (
        f"openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=localhost"
        f" -addext subjectAltName=DNS:localhost -keyout {key} -out {certificate}"
    )
    subprocess.run(command.split(), check=True, capture_output=True, timeout=10)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    async with host(says(200, b"safe"), tls=context) as there:
        yield there


async def test_the_name_is_what_the_certificate_must_be_of(there: Host) -> None:
    """Asked by its name it is trusted, although the connection goes to the address; by the address it is not."""
    asked = Asked(method="GET", url=f"https://localhost:{there.port}/", key="k1")
    async with Outside(Hosts(allow_private=True)) as outside:
        answer = await outside.ask(asked, [f"localhost:{there.port}"], 5)
        assert (answer.status, answer.body) == (200, b"safe")
        assert there.asked[0].headers["host"] == f"localhost:{there.port}"
        by_address = Asked(method="GET", url=f"https://127.0.0.1:{there.port}/", key="k2")
        with pytest.raises(NoAnswer, match="certificate"):
            await outside.ask(by_address, [f"127.0.0.1:{there.port}"], 5)
    assert len(there.asked) == 1
