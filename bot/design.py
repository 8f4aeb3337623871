"""The architect's tab of App Home: what is in force, what waits for agreement, and how to change it."""

from bot import charter, levels
from bot.blocks import Block, actions, button, context, divider, header, section, shorten
from bot.names import (
    AGREE,
    BREAK_GLASS,
    DISAGREE,
    END_EMERGENCY,
    LIFT,
    REFRESH_HOME,
    REVIEW_EMERGENCY,
    SHOW_DESIGN,
    SHOW_INBOX,
    STOP,
)
from bot.people import name_of
from bot.words import day, listed, many, moment, outside, spoken
from domain.amendment import AmendmentStatus, AmendmentView, Design
from domain.gains import gainers
from domain.operating_model import OperatingModel
from domain.roles import ARCHITECT
from domain.standing import Emergency, Stop

METADATA = "design"
"""What the published view remembers: which tab it is."""
_MOST_PENDING, _MOST_CHANGED = 5, 4
FILE = "baton.yaml"
"""Who drafts what was changed in the file."""
_REJECTS = {True: "Withdraw this change, which you drafted", False: "Reject this change"}
_MOST_LOOSENING = 4000
"""Characters: two paragraphs of Slack's."""


def tabs(shown: str) -> Block:
    """The two tabs, for everybody who holds a role: they may stop things, and agree to what the architect drafts."""
    return actions(
        "tabs",
        [
            button("Inbox", SHOW_INBOX, "inbox", "primary" if shown == "inbox" else None, "Show what waits for you"),
            button("Design", SHOW_DESIGN, METADATA, "primary" if shown == METADATA else None, "Show the design"),
            button("Refresh", REFRESH_HOME, shown),
        ],
    )


def design(design: Design, user: str) -> dict[str, object]:
    """The tab as one person sees it; the same design always gives the same view. Only the architect edits."""
    model = design.model
    charted = [
        *charter.policy(model),
        *charter.routes(model),
        *charter.goals(model),
        *charter.mandates(design),
        *charter.calendar(model),
        *charter.people(model),
        *levels.autonomy(design),
    ]
    blocks = [
        header("Design"),
        tabs(METADATA),
        context(
            f"The rules in force are version {design.version}, since {moment(design.since)}, "
            f"{'as written in' if design.by == FILE else 'brought into force by'} {author(design.by, model)}"
        ),
        *_standing(design, user),
        *_pending(design, user),
        *(charted if is_architect(user, model) else map(_read_only, charted)),
        *_history(design),
    ]
    return {"type": "home", "private_metadata": METADATA, "blocks": blocks[:100]}


def is_architect(user: str, model: OperatingModel) -> bool:
    """Whether somebody may edit the design."""
    return ARCHITECT in _roles(user, model)


def _roles(user: str, model: OperatingModel) -> frozenset[str]:
    person = model.person(user)
    return person.roles if person else frozenset()


def _read_only(block: Block) -> Block:
    return {name: value for name, value in block.items() if name != "accessory"}


def author(by: str, model: OperatingModel) -> str:
    """Who drafted a change: a person, or whoever changed the file."""
    return f"`{FILE}`" if by == FILE else name_of(by, model)


def _standing(design: Design, user: str) -> list[Block]:
    """Stops and emergencies first: they change what everything below means."""
    model, blocks = design.model, list[Block]()
    for stop in design.stops[:_MOST_PENDING]:
        lift = button("Lift…", LIFT, stop.id, hint="Lift this stop")
        blocks.append(
            {**section(stop_words(stop, model)), **({"accessory": lift} if is_architect(user, model) else {})}
        )
    if more := design.stops[_MOST_PENDING:]:
        told = f"⛔ *Stopped as well:* {listed([stopped(stop) for stop in more])}"
        choice = charter.choice(told, "Lift…", [(stopped(stop), stop.id) for stop in more], LIFT)
        blocks.append(choice if is_architect(user, model) else _read_only(choice))
    if one := design.emergency:
        end = button("End now", END_EMERGENCY, one.id, hint="End this emergency")
        blocks.append({**section(emergency_words(one, model)), **({"accessory": end} if _roles(user, model) else {})})
    for past in design.to_review[:_MOST_PENDING]:
        seen = button("Review…", REVIEW_EMERGENCY, past.id, hint="Say what you found")
        blocks.append({**section(review_words(past, model)), **({"accessory": seen} if past.by != user else {})})
    buttons = [button("Stop…", STOP, "stop", "danger", "Stop an agent, an action kind or everything")]
    rule = model.policy.break_glass
    if rule is not None and design.emergency is None and rule.role in _roles(user, model):
        buttons.append(button("Emergency…", BREAK_GLASS, "break_glass", hint="Decide alone for a short while"))
    calm = [] if blocks else [section("Nothing is stopped, and there is no emergency.")]
    return [*calm, *blocks, actions("standing", buttons)]


def stop_words(stop: Stop, model: OperatingModel) -> str:
    """A stop in force: what, by whom, why."""
    who = f"by {name_of(stop.by, model)}, {moment(stop.at)}"
    return f"⛔ *Stopped: {stopped(stop)}*, {who}\n“{outside(stop.reason, 300)}”"


def emergency_words(one: Emergency, model: OperatingModel) -> str:
    """An emergency that runs: who decides alone, until when, why."""
    return (
        f"🚨 *Emergency*: {name_of(one.by, model)} decides alone until {moment(one.until)}\n"
        f"“{outside(one.reason, 300)}”\nHard caps, bans, freezes and stops hold."
    )


def review_words(past: Emergency, model: OperatingModel) -> str:
    """An emergency nobody has looked at yet."""
    return (
        f"🔎 *An emergency is to be reviewed*: {name_of(past.by, model)} decided alone from {moment(past.since)}\n"
        f"“{outside(past.reason, 300)}”"
    )


def stopped(stop: Stop) -> str:
    """What a stop covers, in words."""
    match stop.of:
        case "everything":
            return "everything"
        case "agent":
            return f"the {spoken(stop.name)} agent"
        case _:
            return charter.kind_title(stop.name)


def _pending(design: Design, user: str) -> list[Block]:
    if not design.pending:
        return [divider(), header("Changes to agree to"), section("No change of the design waits for anybody.")]
    blocks = [divider(), header("Changes to agree to")]
    for view in design.pending[:_MOST_PENDING]:
        blocks += amendment(view, design.model)
        if presses := _presses(view, user, design.model):
            blocks.append(actions(view.amendment.id, presses))
    left = len(design.pending) - _MOST_PENDING
    return [*blocks, *([context(f"and {many(left, 'more change')}")] if left > 0 else [])]


def _presses(view: AmendmentView, user: str, model: OperatingModel) -> list[Block]:
    """What one person may press: the architect anything, whoever else could be the second person Agree alone."""
    ident, architect = view.amendment.id, is_architect(user, model)
    gains = user in {one.slack for one in gainers(model, view.amendment.model)}
    second = bool(view.amendment.loosens) and user != view.amendment.by and bool(_roles(user, model)) and not gains
    agree = button("Agree", AGREE, ident, "primary", "Agree to this change")
    own = user == view.amendment.by
    reject = button("Withdraw…" if own else "Reject…", DISAGREE, ident, "danger", _REJECTS[own])
    may_agree = (architect or second) and user not in view.agreed and can_be_read(view)
    return [*([agree] if may_agree else []), *([reject] if architect else [])]


def amendment(view: AmendmentView, model: OperatingModel) -> list[Block]:
    """One change of the operating model: what, why, what it would have done to the past, who agreed."""
    one = view.amendment
    loosening = set(one.loosens)
    told = [f"• {outside(change, 220)}" for change in one.changes if change not in loosening]
    lines = [f"*{author(one.by, model)} would change*, {moment(one.at)}"]
    lines += [*_loosening(view), *told[: charter.MOST_LINES]]
    lines += [f"• and {len(told) - charter.MOST_LINES:,} more"] if len(told) > charter.MOST_LINES else []
    lines.append(f"_Why:_ {outside(one.reason, 300)}")
    agreed = listed([name_of(user, model) for user in view.agreed]) or "nobody yet"
    needs = (
        f"⚠️ loosens the policy: {many(view.quorum, 'person', 'people')} must agree"
        if loosening
        else "loosens nothing: one architect must agree"
    )
    if not can_be_read(view):
        needs = "⚠️ loosens too much at once to be read here; draft it in smaller steps"
    gaining = listed([outside(person.name, 80) for person in gainers(model, one.model)[:8]])
    if loosening and gaining:
        lines.append(f"⚠️ *It lets {gaining} decide more*, so somebody else must be the second person to agree")
    what = [section(piece) for piece in charter.pieces(lines)]
    return [*what, section(_replayed(view)), context(f"{needs} · agreed: {agreed}")]


def can_be_read(view: AmendmentView) -> bool:
    """Whether all that a change loosens fits on the screen. Nobody agrees to what they cannot read."""
    lines = _loosening(view)
    return sum(map(len, lines)) <= _MOST_LOOSENING and all(len(line) < charter.MOST_PIECE for line in lines)


def _loosening(view: AmendmentView) -> list[str]:
    """What lets more happen, before everything else and never cut."""
    return [f"• ⚠️ {outside(change, _MOST_LOOSENING)}" for change in view.amendment.loosens]


def _replayed(view: AmendmentView) -> str:
    replay = view.amendment.replay
    if not replay.of:
        return "There are no past proposals yet to hold this against."
    if not replay.changed:
        if replay.of == 1:
            return "The one proposal there was would not have been judged differently."
        return f"Of the last {many(replay.of, 'proposal')}, none would have been judged differently."
    of = f"Of the last {many(replay.of, 'proposal')}, *{len(replay.changed)}*" if replay.of > 1 else "The one there was"
    head = f"{of} would have been judged differently:"
    lines = [
        f"• {'⚠️ ' if one.loosens else ''}{day(one.proposed_on)}, {outside(one.title, 90)}: "
        f"{outside(one.before, 70)} → *{outside(one.after, 70)}*"
        for one in replay.changed[:_MOST_CHANGED]
    ]
    left = len(replay.changed) - _MOST_CHANGED
    return shorten("\n".join([head, *lines, *([f"• and {left} more"] if left > 0 else [])]), 2900)


def _history(design: Design) -> list[Block]:
    if not design.recent:
        return []
    said = {
        AmendmentStatus.IN_FORCE: "in force",
        AmendmentStatus.REJECTED: "rejected",
        AmendmentStatus.OUTDATED: "outdated by another change",
    }
    lines = [
        f"• {author(view.amendment.by, design.model)}: {outside('; '.join(view.amendment.changes), 200)} "
        f"({said.get(view.status, 'pending')})"
        for view in design.recent[:5]
    ]
    return [context(shorten("\n".join(["*Lately*", *lines]), 2900))]
