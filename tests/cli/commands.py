"""The command line as people run it: a process of its own, its exit code and both of its outputs."""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from uuid import uuid4

from services.cli.__main__ import main

ROOT = Path(__file__).parents[2]

# Imports take most of a command's time: a server that has made them forks a process for each.
_forks = get_context("forkserver")
_forks.set_forkserver_preload(
    [
        "__main__",
        "services.chassis.bus",
        "services.cli.flows.exporting",
        "services.cli.runs.listing",
        "services.cli.runs.replaying",
    ]
)


@dataclass(frozen=True)
class Finished:
    """A command that is over."""

    code: int
    out: str
    err: str


class Frontdesk:
    """`frontdesk` with an environment of its own, in a folder of its own."""

    def __init__(self, folder: Path, environ: Mapping[str, str]) -> None:
        self._folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("FRONTDESK_")}
        self._environ = {**kept, "PYTHONPATH": str(ROOT), "TZ": "UTC", **environ}

    async def __call__(self, *arguments: str | Path) -> Finished:
        """Run a command to its end."""
        outputs = self._folder / f".command-{uuid4().hex}"
        outputs.mkdir()
        process = _forks.Process(
            target=_run, args=(tuple(map(str, arguments)), self._folder, self._environ, outputs)
        )
        process.start()
        await asyncio.to_thread(process.join)
        assert process.exitcode is not None
        return Finished(process.exitcode, (outputs / "out").read_text(), (outputs / "err").read_text())

    @asynccontextmanager
    async def running(self, *arguments: str | Path) -> AsyncGenerator[asyncio.subprocess.Process]:
        """A command while it runs; killed at the end if it still does."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "services.cli", *map(str, arguments),
            cwd=self._folder, env=self._environ,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        try:
            yield process
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()


def _run(arguments: tuple[str, ...], folder: Path, environ: Mapping[str, str], outputs: Path) -> None:
    """What a forked process does: become the command."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environ)
    for number, name in ((1, "out"), (2, "err")):
        os.dup2(os.open(outputs / name, os.O_WRONLY | os.O_CREAT, 0o600), number)
    sys.argv = ["frontdesk", *arguments]
    main()
