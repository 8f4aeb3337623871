"""Modals and App Homes: who has which open, three deep at most, and whether an update still fits."""

from app.workspace.feed import Feed
from app.workspace.payloads import view_object
from app.workspace.people import identifier
from app.workspace.store import Store
from app.workspace.wire import Json, Refused

DEEPEST = 3


class Views:
    """The views people see. A stack per user; the last one is on top."""

    def __init__(self, store: Store, feed: Feed) -> None:
        self._store, self._feed = store, feed

    def stack(self, user: str) -> list[Json]:
        """The modals a user has open, the one on top last."""
        return [view for name in self._names(user) if (view := self._store.get("views", name))]

    def stacks(self) -> dict[str, list[Json]]:
        """Open modals by user."""
        return {kept["user"]: self.stack(kept["user"]) for kept in self._store.all("stacks") if kept["views"]}

    def home(self, user: str) -> Json | None:
        """What the app last published to a user's App Home."""
        return self._store.get("homes", user)

    def view(self, view_id: object, external_id: object = None) -> tuple[str, Json] | None:
        """(user, view) of an open modal or a published home."""
        for user in self._users():
            for view in self.stack(user):
                if view["id"] == view_id or (external_id and view["external_id"] == external_id):
                    return user, view
        for home in self._store.all("homes"):
            if home["id"] == view_id or (external_id and home["external_id"] == external_id):
                return str(home["owner"]), home
        return None

    def open(self, user: str, given: Json) -> Json:
        """Put a modal in place of whatever the user had open."""
        self._claim(given)
        for name in self._names(user):
            self._store.drop("views", name)
        name = identifier("V", self._store.next_ts())
        view = view_object(given, view_id=name, root_id=name, previous_id=None)
        return self._show(user, [name], view)

    def push(self, user: str, given: Json) -> Json:
        """Put a modal on top. Raises Refused when three are open."""
        names = self._names(user)
        if not names:
            raise Refused("not_found")
        if len(names) >= DEEPEST:
            raise Refused("push_limit_reached")
        self._claim(given)
        name = identifier("V", self._store.next_ts())
        view = view_object(given, view_id=name, root_id=names[0], previous_id=names[-1])
        return self._show(user, [*names, name], view)

    def update(self, view_id: object, external_id: object, given: Json, expected: object = None) -> Json:
        """Change a modal in place. Raises Refused (not_found, hash_conflict)."""
        found = self.view(view_id, external_id)
        if found is None:
            raise Refused("not_found")
        user, old = found
        if expected and expected != old["hash"]:
            raise Refused("hash_conflict")
        if old["type"] == "home":
            return self.publish(user, given)
        if given.get("external_id") != old["external_id"]:
            self._claim(given)
        kept = {"view_id": old["id"], "root_id": old["root_view_id"], "previous_id": old["previous_view_id"]}
        view = view_object(given, **kept)
        return self._show(user, self._names(user), view)

    def publish(self, user: str, given: Json, expected: object = None) -> Json:
        """Put a view on a user's App Home. Raises Refused (hash_conflict)."""
        old = self.home(user)
        if expected and old and expected != old["hash"]:
            raise Refused("hash_conflict")
        if not old or given.get("external_id") != old["external_id"]:
            self._claim(given)
        name = identifier("V", f"home of {user}")
        view = view_object(given, view_id=name, root_id=name, previous_id=None)
        self._store.put("homes", user, {**view, "owner": user})
        self._feed.tell("home", user=user, view=view)
        return view

    def close(self, user: str, *, everything: bool = False) -> list[Json]:
        """Take the top modal away, or all of them. The closed ones, top first."""
        stack = self.stack(user)
        closed = stack if everything else stack[-1:]
        with self._store.transaction():
            for view in closed:
                self._store.drop("views", view["id"])
            left = [view["id"] for view in stack[: len(stack) - len(closed)]]
            self._store.put("stacks", user, {"user": user, "views": left})
        rest = self.stack(user)
        self._feed.tell("view", user=user, view=rest[-1] if rest else None, stack=rest)
        return closed[::-1]

    def _show(self, user: str, names: list[str], view: Json) -> Json:
        with self._store.transaction():
            self._store.put("views", view["id"], view)
            self._store.put("stacks", user, {"user": user, "views": names})
        stack = self.stack(user)
        self._feed.tell("view", user=user, view=view, stack=stack)
        return view

    def _names(self, user: str) -> list[str]:
        return (self._store.get("stacks", user) or {"views": []})["views"]

    def _users(self) -> list[str]:
        return [kept["user"] for kept in self._store.all("stacks")]

    def _claim(self, given: Json) -> None:
        if (name := given.get("external_id")) and self.view(None, name):
            raise Refused("duplicate_external_id")
