"""`python -m tests.simulation`: explore schedules until the time is up, and print the seed of each that fails.

`--seed N` plays one schedule again and prints its whole history; `--mutation NAME` breaks the executor first.
"""

import argparse
import gc
import sys
import time
from collections import Counter

import structlog

from tests.simulation.executors import Parts
from tests.simulation.mutations import MUTATIONS, RARE
from tests.simulation.story import Story

_MOST_FAILURES = 10


def main() -> int:
    """0: no schedule failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--from", dest="first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="play this one schedule, and show it")
    parser.add_argument("--mutation", choices=sorted(MUTATIONS | RARE), help="break the executor first")
    chosen = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    parts = Parts() if chosen.mutation is None else (MUTATIONS | RARE)[chosen.mutation]
    if chosen.seed is not None:
        return _show(chosen.seed, parts)
    return _explore(chosen.first, chosen.seconds, parts)


def _show(seed: int, parts: Parts) -> int:
    story = Story(seed, parts, keep=True)
    story.play()
    print("\n".join(story.fate.lines or ()))
    print("\n".join(story.failures) or "all is well")
    print(f"seed {seed}: {story.scheduler.steps} steps, history {story.fate.digest}")
    return 1 if story.failures else 0


def _explore(first: int, seconds: float, parts: Parts) -> int:
    began, busy, seed, steps, failed = time.monotonic(), time.process_time(), first, 0, 0
    counts: Counter[str] = Counter()
    gc.freeze()
    while time.monotonic() - began < seconds and failed < _MOST_FAILURES:
        story = Story(seed, parts)
        story.play()
        steps += story.scheduler.steps
        counts += story.fate.counts
        for failure in story.failures:
            print(f"seed {seed}: {failure}", flush=True)
        failed += bool(story.failures)
        seed += 1
    busy, spent = time.process_time() - busy, time.monotonic() - began
    told = ", ".join(f"{count:,} × {what}" for what, count in sorted(counts.items()))
    played = seed - first
    print(f"{played:,} schedules of {steps / max(1, played):.0f} steps in {spent:.1f} s")
    print(f"that is {played / busy * 60:,.0f} in a minute of one core")
    print(f"misfortunes: {told}")
    print(f"failed: {failed}" + ("; play one again with --seed" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
