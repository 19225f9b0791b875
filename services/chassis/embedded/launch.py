"""How a child process is started: its own session, its signal for the parent's death, and as which user."""

import ctypes
import os
import pwd
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAP_DAC_READ_SEARCH = 2
_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Launch:
    """One process to start."""

    argv: Sequence[str]
    environ: Mapping[str, str] = field(default_factory=dict[str, str])
    user: pwd.struct_passwd | None = None
    """Who it runs as; None: who we are."""
    stop_signal: signal.Signals = signal.SIGTERM
    """Asks it to stop."""
    death_signal: signal.Signals | None = None
    """Sent by the kernel when the parent dies; None: the stop signal."""

    def before_exec(self) -> Callable[[], None]:
        """What to run in the child before it becomes the program (`preexec_fn`); call this in the parent."""
        parent = os.getpid()
        user, death_signal = self.user, self.death_signal or self.stop_signal

        def prepare() -> None:
            if user is not None:
                _become(user)
            if sys.platform == "linux":
                # After the change of user, which clears it.
                _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
                if os.getppid() != parent:
                    os._exit(1)

        return prepare


def unprivileged_user() -> pwd.struct_passwd | None:
    """Who runs a server that refuses to run as root: None when we are not root ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def _become(user: pwd.struct_passwd) -> None:
    """Give up root, but keep the right to pass through folders to the program and its data."""
    keeps_search = sys.platform == "linux" and _libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0
    os.setgroups([])
    os.setgid(user.pw_gid)
    os.setuid(user.pw_uid)
    if keeps_search:
        bit = 1 << _CAP_DAC_READ_SEARCH
        header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
        sets = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
        if _libc.capset(header, sets) == 0:
            _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, _CAP_DAC_READ_SEARCH, 0, 0)
