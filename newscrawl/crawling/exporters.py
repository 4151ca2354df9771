"""`-O articles.csv`: one row an article, in the order of its fields."""

from __future__ import annotations

import json
from typing import Any

from itemadapter import ItemAdapter, is_item
from scrapy.exporters import CsvItemExporter

__all__ = ["ArticleCsvExporter"]


class ArticleCsvExporter(CsvItemExporter):
    """CSV whose lists of texts are joined by `; `, and whose lists of objects are JSON: nothing is lost in a cell."""

    def serialize_field(self, field: Any, name: str, value: Any) -> Any:
        """Called by Scrapy for each cell."""
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            return "; ".join(value)
        if isinstance(value, list | dict):
            plain = (
                [ItemAdapter(part).asdict() if is_item(part) else part for part in value]
                if isinstance(value, list)
                else value
            )
            return json.dumps(plain, ensure_ascii=False) if plain else ""
        return super().serialize_field(field, name, value)
