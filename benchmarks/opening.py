"""Opens a ledger as the start of a run does, and tells what it took: `python -m benchmarks.opening FILE`.

A module of its own, so that the process holds nothing but the ledger.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from newscrawl.keeping.ledger import Ledger

# Between the addresses that `benchmarks.ledger` makes, all over the index.
_STRANGE = "/chinhquyen/ubnd/pages/hoi-nghi-tong-ket-cong-tac-dan-van-chinh-quyen-{:08d}.aspx"


def main(file: Path) -> None:
    """Print one JSON object: seconds for each step."""
    now = datetime.now(UTC)
    began = perf_counter()
    ledger = Ledger(file)
    opened = perf_counter()
    known = ledger.known([_STRANGE.format(number * 100_000 + 5) for number in range(100)])
    asked = perf_counter()
    pending = ledger.count_carried(now)
    counted = perf_counter()
    taken = ledger.take_carried(50, now)
    ended = perf_counter()
    ledger.close()
    steps = {"open": opened - began, "known": asked - opened, "count": counted - asked, "take": ended - counted}
    print(json.dumps({**steps, "all": ended - began, "pending": pending, "taken": len(taken), "strangers": len(known)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
