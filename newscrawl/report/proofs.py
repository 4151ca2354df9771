"""The proof of a listing in words."""

from __future__ import annotations

from newscrawl.inventory.proofs import Proof

__all__ = ["proof_in_words"]


def proof_in_words(proof: Proof) -> str:
    """What is known of how far a listing was walked; the address of a broken page is shown beside it.

    >>> proof_in_words(Proof(walked="2026-03-14T02:10:00+00:00", pages=12))
    'walked to the end on 2026-03-14, 12 pages'
    >>> proof_in_words(Proof(page=7))
    'on its way, page 7; never walked to its end'
    """
    walked = "never walked to its end"
    if proof.walked is not None:
        walked = f"walked to the end on {proof.walked[:10]}, {proof.pages} page{'' if proof.pages == 1 else 's'}"
    if proof.broken_since is not None:
        return f"broken since {proof.broken_since[:10]} at page {proof.page}; {walked}"
    if proof.page is not None:
        return f"on its way, page {proof.page}; {walked}"
    return walked
