"""The demo company: Halden Outdoor as a folder of tables and an ad account, both a function of (seed, change log)."""

from datetime import timedelta
from pathlib import Path

from aiohttp import web

from app.demo import halden, schedule, voices
from app.demo.account import AccountServer, account_app, serve
from app.demo.book import Company
from app.demo.noise import Noise
from app.demo.world import World

_YEARS_OF_VOICES = timedelta(days=730)


def halden_outdoor(seed: int) -> World:
    """The company's world with a year and more of fate."""
    last = halden.FIRST_DEMO_DAY + _YEARS_OF_VOICES
    quiet = World(
        name=halden.NAME,
        first_day=halden.FIRST_DAY,
        accounts=halden.ACCOUNTS,
        segments=halden.SEGMENTS,
        campaigns=halden.CAMPAIGNS,
        themes=halden.THEMES,
        calendar=(*schedule.PROMO, *schedule.HOLIDAYS, *schedule.LATER_PROMOS),
        questions=voices.questions(last),
        observations=voices.observations(last),
        trials=halden.TRIALS,
    )
    return schedule.with_incidents(quiet, Noise(seed))


class DemoCompany(Company):
    """Halden Outdoor. Nothing but a Source folder (`tables`) and an ad account over HTTP."""

    def __init__(self, folder: Path, seed: int = 7) -> None:
        """Open the company in a folder, or found it there on 14 March 2026."""
        super().__init__(folder, halden_outdoor(seed), seed, halden.FIRST_DEMO_DAY)

    def account_app(self) -> web.Application:
        """The ad account as an aiohttp application."""
        return account_app(self)

    async def serve(self, host: str = "127.0.0.1", port: int = 0) -> AccountServer:
        """Open the ad account on a port; 0 picks a free one. `.address` says where, `await .close()` ends it."""
        return await serve(self, host, port)
