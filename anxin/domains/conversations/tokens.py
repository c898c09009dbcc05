"""Words of a text for the search: Chinese by rjieba's dictionary, others as written, lower case.

Every word carries its merchant (``7.退款``), so that one index serves all merchants and a search
reads only the asker's part of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import rjieba

# Numbers and codes are found whole, also where the dictionary would split them.
_CODE = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)+|[a-z0-9]*[0-9][a-z0-9]*")
_MAX_WORD = 60


def words_of(text: str) -> Iterator[str]:
    """Yield the words of a text, in lower case, letters and digits only; some may repeat."""
    lowered = text.lower()
    for word in rjieba.cut_for_search(lowered):
        if word.isalnum():
            yield word[:_MAX_WORD]
    for code in _CODE.findall(lowered):
        yield re.sub(r"[-_]", "", code)[:_MAX_WORD]


def search_vector(merchant_id: int, text: str) -> str:
    """Return the text's words as PostgreSQL reads a tsvector, each with its merchant."""
    return " ".join({f"{merchant_id}.{word}" for word in words_of(text)})


def search_query(merchant_id: int, text: str) -> str:
    """Return a tsquery that asks for all words of ``text``; empty when it holds none.

    Latin words also match as beginnings: *refund* finds *refunded*.
    """
    parts = dict.fromkeys(
        f"'{merchant_id}.{word}'" + (":*" if word.isascii() and len(word) >= 3 else "")
        for word in rjieba.cut_for_search(text.lower())
        if word.isalnum()
    )
    return " & ".join(parts)
