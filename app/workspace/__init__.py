"""A Slack-compatible server on loopback, for people without a workspace and for tests."""

from app.workspace.office import DemoHooks
from app.workspace.people import WorkspaceUser
from app.workspace.rates import Rates
from app.workspace.server import Workspace
from app.workspace.sockets import Timing

__all__ = ["DemoHooks", "Rates", "Timing", "Workspace", "WorkspaceUser"]
