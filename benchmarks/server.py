"""The replica portal as a process that tells what it was asked: `python -m benchmarks.server ARTICLES`.

Prints `{"port": ...}`, then answers each line of its input with one line of JSON: `requests` gives the addresses asked
for since the last time, as [host, path]; `publish N` adds new articles, `kinds` tells what stands where. It ends with
its input.
"""

from __future__ import annotations

import json
import sys

from tests.replica import build, serve

__all__: list[str] = []


def main(articles: int) -> None:
    """Serve until the input ends."""
    with serve(build(seed=2018, articles=articles)) as server:
        print(json.dumps({"port": server.port}), flush=True)
        for line in sys.stdin:
            command, *values = line.split()
            if command == "requests":
                answer: list[object] = list(server.requests)
                server.clear()
            elif command == "kinds":
                portal = server.portal
                articles_of = [article.url for article in portal.articles]
                kinds = {"article": articles_of, "listing": list(portal.categories.values())}
                answer = [{**kinds, "odd": list(portal.special.values())}]
            else:
                answer = [article.url for article in server.portal.publish(int(values[0]))]
            print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
