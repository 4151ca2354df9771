"""Where the project is: the folder of its `scrapy.cfg`, beside which `output/` stands."""

from __future__ import annotations

import os
from configparser import ConfigParser
from configparser import Error as ConfigError
from pathlib import Path
from typing import Final

from scrapy.settings import BaseSettings

__all__ = ["output_of", "project_folder"]

_OURS: Final = "newscrawl.settings"


def project_folder(here: Path | None = None) -> Path:
    """The folder of the closest `scrapy.cfg` above `here` (the working directory) that names the settings in use; else
    that of the checkout. So `output/` is the same from `/` and from within another project, where the variable
    SCRAPY_SETTINGS_MODULE says whose settings they are."""
    used = os.environ.get("SCRAPY_SETTINGS_MODULE", _OURS)
    start = (here or Path.cwd()).resolve()
    for folder in (start, *start.parents):
        if used in _named_by(folder / "scrapy.cfg"):
            return folder
    return Path(__file__).resolve().parents[2]


def _named_by(file: Path) -> set[str]:
    config = ConfigParser(interpolation=None)
    try:
        config.read(file, "utf-8")
    except (ConfigError, UnicodeDecodeError, OSError):
        return set()
    return set(config["settings"].values()) if config.has_section("settings") else set()


def output_of(settings: BaseSettings) -> Path:
    """The folder `output/`."""
    return Path(str(settings["PROJECT_DIR"])) / str(settings["OUTPUT_DIR"])
