"""What a portal's makers change overnight: the names of classes, or where captions stand. The truth stays as it was."""

import re
from dataclasses import replace

from .model import Article, Block

_NAMES = re.compile(r"""\b(class|id)=(["'])(.*?)\2""")


def renamed(main: str) -> str:
    """The main column of a page with all its classes and ids called otherwise."""
    return _NAMES.sub(lambda match: f"{match[1]}={match[2]}{_other(match[3])}{match[2]}", main)


def _other(names: str) -> str:
    return " ".join(f"v2-{name[::-1].lower()}" for name in names.split())


def captions_in_body(article: Article) -> Article:
    """The article with bare pictures; what was printed under them stands among the last paragraphs, as any other."""
    blocks, told = [], []
    for block in article.blocks:
        if block.picture is not None and block.picture.caption:
            told.append(Block("para", block.picture.caption))
            block = replace(block, picture=replace(block.picture, shape="bare", caption=None))
        blocks.append(block)
    return replace(article, blocks=[*blocks[:-1], *told, blocks[-1]])
