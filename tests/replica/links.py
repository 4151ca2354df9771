"""Addresses as the pages print them: mostly plain paths, now and then a twin of the canonical address."""

import random

from .model import HOST


def href(path: str, rng: random.Random, twins: bool = True) -> str:
    """The path or, in about a fifth of the links, another spelling that leads to the same page."""
    if not twins or rng.random() > 0.2:
        return path
    bare = HOST.removeprefix("www.")
    tracked = f"?fbclid=IwAR{rng.randrange(16**20):020x}"
    forms = (
        f"http://{HOST}{path}",
        f"https://{HOST}:443{path}",
        f"http://{bare}{path}",
        f"https://{bare}{path}",
        path.replace("/Pages/", "/pages/"),
        path.lower(),
        path.upper(),
        path + tracked,
        f"https://www.{bare.upper()}{path}{tracked}",
    )
    return rng.choice(forms)
