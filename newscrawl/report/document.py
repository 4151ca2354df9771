"""What all HTML pages that newscrawl writes have in common: texts are escaped, the one style sheet is within, and
nothing can be loaded, run or sent."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

__all__ = ["style_of", "templates_of"]

# Control characters, halves of surrogate pairs, and marks that turn the direction of the text behind them: a title
# could spoil the page with them, or pretend to be another address.
_UNSEEN: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def templates_of(package: str) -> Environment:
    """The templates in a package's folder `templates`, which escape all that is written in them."""
    return Environment(
        loader=PackageLoader(package, "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_clean,
    )


def style_of(file: Path) -> dict[str, Any]:
    """What a template needs of a style sheet: `style`, and a `policy` that allows it and nothing else (W3C, Content
    Security Policy Level 3)."""
    style = file.read_text("utf-8")
    own = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{own}'; base-uri 'none'; form-action 'none'"
    return {"style": Markup(style), "policy": policy}  # our own, and as it is hashed


def _clean(value: Any) -> Any:
    """What is written of a value: a text without what can't be seen, and nothing for None."""
    if value is None:
        return ""
    return _UNSEEN.sub("\ufffd", value) if isinstance(value, str) and not isinstance(value, Markup) else value
