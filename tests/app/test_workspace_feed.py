"""A hundred presses a second in the local workspace: whom an event wakes, and what becomes of old addresses."""

from pathlib import Path

import pytest

from app.workspace import Workspace, WorkspaceUser, office
from app.workspace.effects import may_show
from app.workspace.feed import Feed
from app.workspace.triggers import Triggers
from app.workspace.wire import Refused

MARA, CORA = "U0MARA0001", "U0CORA0001"


def test_a_listener_hears_what_concerns_them_and_nothing_else():
    feed = Feed()
    with feed.listen(lambda event: may_show(event, MARA, "1.1")) as mara, feed.listen() as everybody:
        feed.tell("ephemeral", user=CORA)
        feed.tell("ephemeral", user=MARA)
        feed.tell("message", change="edited", message={"ts": "2.2"})
        feed.tell("message", change="posted", message={"ts": "1.1"})
        feed.tell("message", change="edited", message={"ts": "1.1"})
        assert everybody.qsize() == 5
        heard = [mara.get_nowait() for _ in range(mara.qsize())]
    assert [(event or {})["type"] for event in heard] == ["ephemeral", "message"]


def test_a_closed_feed_lets_every_listener_go():
    feed = Feed()
    with feed.listen(lambda event: False) as told:
        feed.close()
        assert told.get_nowait() is None


def test_response_addresses_long_out_of_date_are_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    workspace = Workspace(tmp_path, [WorkspaceUser(MARA, "Mara")], ["marketing-signals"])
    now = 1_800_000_000.0
    monkeypatch.setattr(office.time, "time", lambda: now)
    old = workspace.office.response_url(MARA, "C1")
    now += 2 * office.RESPONSE_SECONDS + 1
    fresh = workspace.office.response_url(MARA, "C1")
    kept = {address["name"] for address in workspace.office.store.all("response urls")}
    assert kept == {fresh.rpartition("/")[2]}
    with pytest.raises(Refused):
        workspace.office.use_response_url(old.rpartition("/")[2])
    workspace.office.store.close()


def test_triggers_long_expired_are_forgotten_and_late_ones_told_why():
    now = 0.0
    triggers = Triggers(clock=lambda: now)
    first = triggers.issue(MARA)
    now = 299.0
    second = triggers.issue(MARA)
    with pytest.raises(Refused, match="expired_trigger_id"):
        triggers.exchange(first)
    now = 301.0
    triggers.issue(MARA)
    with pytest.raises(Refused, match="invalid_trigger_id"):
        triggers.exchange(first)
    assert triggers.exchange(second) == MARA
