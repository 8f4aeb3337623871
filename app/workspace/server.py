"""The server: both doors, the page, and who may knock."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from app.workspace import api, control
from app.workspace.methods.files import LARGEST
from app.workspace.office import APP_TOKEN, BOT_TOKEN, SCOPES, DemoHooks, Office
from app.workspace.people import WorkspaceUser
from app.workspace.rates import Rates
from app.workspace.sockets import Timing
from domain.errors import ConfigurationError, StartupError

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
PAGE = Path(__file__).parent / "page"
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Workspace:
    """A Slack-compatible workspace on this machine, kept in `folder`/workspace.sqlite."""

    def __init__(
        self,
        folder: Path,
        people: Sequence[WorkspaceUser],
        channels: Sequence[str],
        *,
        others: Sequence[str] = ("general",),
        demo: DemoHooks | None = None,
        scopes: Collection[str] = SCOPES,
        commands: Collection[str] = ("/baton",),
        rates: Rates | None = None,
        timing: Timing | None = None,
    ) -> None:
        """`people` are in all channels; the app is in `channels` and not in `others`."""
        self.office = Office(
            folder,
            people,
            channels,
            others=others,
            demo=demo,
            scopes=scopes,
            commands=commands,
            rates=rates or Rates(),
            timing=timing or Timing(),
        )
        self._runner: web.AppRunner | None = None

    @property
    def bot_token(self) -> str:
        """What SLACK_BOT_TOKEN must be."""
        return BOT_TOKEN

    @property
    def app_token(self) -> str:
        """What SLACK_APP_TOKEN must be."""
        return APP_TOKEN

    @property
    def address(self) -> str:
        """Where the page is: "http://127.0.0.1:8765". The Web API is at `address`/api/."""
        return self.office.address

    def app(self) -> web.Application:
        """The whole server as an aiohttp application."""
        application = web.Application(middlewares=[_guard], client_max_size=LARGEST + 2**20)
        application[api.OFFICE] = self.office
        application.add_routes(api.routes())
        application.add_routes(control.routes())
        application.router.add_get("/", _page)
        application.router.add_get("/archives/{channel}/{message}", _page)
        if PAGE.is_dir():
            application.router.add_static("/page/", PAGE)
            application.router.add_static("/", PAGE)
        application.cleanup_ctx.append(self._running)
        application.on_shutdown.append(self._hang_up)
        return application

    async def serve(self, host: str = "127.0.0.1", port: int = 0) -> str:
        """Listen, and answer with the address. Port 0 takes a free one.

        Raises ConfigurationError for a host that is not loopback, StartupError when the port is taken.
        """
        if host not in LOOPBACK:
            raise ConfigurationError(f"The local workspace listens on this machine only, not on {host}.")
        runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=2)
        await runner.setup()
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as problem:
            await runner.cleanup()
            raise StartupError(f"The local workspace cannot listen on port {port}: {problem.strerror}.") from problem
        self._runner = runner
        bound = runner.addresses[0][1]
        self.office.address = f"http://{f'[{host}]' if ':' in host else host}:{bound}"
        return self.office.address

    async def close(self) -> None:
        """Stop listening and let go of the file."""
        if self._runner:
            await self._runner.cleanup()
            self._runner = None
        self.office.store.close()

    async def _running(self, _: web.Application) -> AsyncIterator[None]:
        clockwork = asyncio.create_task(self._post_scheduled())
        yield
        clockwork.cancel()
        with suppress(asyncio.CancelledError):
            await clockwork

    async def _post_scheduled(self) -> None:
        while True:
            self.office.post_due(time.time())
            await asyncio.sleep(1)

    async def _hang_up(self, _: web.Application) -> None:
        self.office.feed.close()
        await self.office.sockets.close()


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let only this machine in, and no page but our own: a web page elsewhere must not press buttons."""
    if _named(request.host) not in LOOPBACK:
        return web.json_response({"error": "this server answers to loopback addresses only"}, status=403)
    own = f"{request.scheme}://{request.host}"
    looking = request.method == "GET" and request.headers.get("Sec-Fetch-Mode") == "navigate" and _is_page(request.path)
    foreign = request.headers.get("Origin", own) != own or (
        request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}
    )
    if foreign and not looking:
        return web.json_response({"error": "this server answers to its own page only"}, status=403)
    request.app[api.OFFICE].address = own
    try:
        response = await handler(request)
    except web.HTTPException as problem:
        if problem.status < 400 or not request.path.startswith(("/control", "/api")):
            raise
        return web.json_response({"error": problem.reason.lower()}, status=problem.status)
    if not response.prepared:
        response.headers.update(_HEADERS)
        if isinstance(response, web.FileResponse):
            # A browser asks again each time, so that a newer Baton never runs beside an older one's scripts.
            response.headers.setdefault("Cache-Control", "no-cache")
    return response


def _named(host: str) -> str:
    """The name in a Host header without its port; empty where it is no host at all."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


def _is_page(path: str) -> bool:
    return not path.startswith(("/api/", "/control/", "/link/", "/response/", "/upload/"))


async def _page(request: web.Request) -> web.StreamResponse:
    """The page for people."""
    if not (PAGE / "index.html").is_file():
        return web.Response(text="The page is not part of this installation; the control API is at /control/state.")
    return web.FileResponse(PAGE / "index.html", headers=_HEADERS)
