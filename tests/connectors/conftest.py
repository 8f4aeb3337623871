"""A folder of tables as a marketer might export it."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from connectors.sources.folder import FolderSource

TODAY = date(2026, 3, 31)

AD_ROW = {
    "date_day": date(2026, 3, 1),
    "platform": "meta",
    "account_id": "a1",
    "campaign_id": "c3",
    "ad_group_id": "g1",
    "ad_id": "ad9",
    "clicks": 12,
    "impressions": 900,
    "spend": 8.5,
    "conversions": 1.0,
    "conversions_value": 59.0,
}


class Folder:
    """Writes tables; `source()` reads them."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def put(self, table: str, *rows: Mapping[str, Any], kind: str = "parquet") -> None:
        frame = pl.DataFrame(list(rows), infer_schema_length=None)
        target = self.path / f"{table}.{kind}"
        frame.write_csv(target) if kind == "csv" else frame.write_parquet(target)

    def ads(self, *changes: Mapping[str, Any], kind: str = "parquet") -> None:
        """An ad_report of one row per set of changes to the usual row."""
        self.put("ad_report", *({**AD_ROW, **change} for change in changes or ({},)), kind=kind)

    def text(self, name: str, content: str) -> None:
        (self.path / name).write_text(content)

    def source(self, **options: Any) -> FolderSource:
        return FolderSource(self.path, **{"today": lambda: TODAY, **options})


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)
