"""The architect's tab of App Home: what is in force, what waits for agreement, and how to change it."""

from itertools import groupby

from bot import charter
from bot.blocks import Block, actions, button, context, divider, header, section, shorten
from bot.names import (
    AGREE,
    BREAK_GLASS,
    DISAGREE,
    GRANT,
    LIFT,
    REFRESH_HOME,
    REVIEW_EMERGENCY,
    SHOW_DESIGN,
    SHOW_INBOX,
    STOP,
)
from bot.people import name_of
from bot.words import day, listed, many, moment, outside, percent, spoken
from bot.words import title as headed
from domain.amendment import AmendmentStatus, AmendmentView, Design, TrackRecord
from domain.operating_model import OperatingModel
from domain.standing import Stop

ARCHITECT = "cmo"
"""The role whose App Home has a second tab."""
METADATA = "design"
"""What the published view remembers: which tab it is."""
_MOST_PENDING, _MOST_CHANGED = 5, 4
_LEVELS = {
    "observe": "only observes",
    "recommend": "recommends, people do it",
    "ask": "asks",
    "automatic": "acts by itself",
}


def tabs(shown: str) -> Block:
    """The two tabs, for whoever is the architect."""
    return actions(
        "tabs",
        [
            button("Inbox", SHOW_INBOX, "inbox", "primary" if shown == "inbox" else None, "Show what waits for you"),
            button("Design", SHOW_DESIGN, METADATA, "primary" if shown == METADATA else None, "Show the design"),
            button("Refresh", REFRESH_HOME, shown),
        ],
    )


def design(design: Design, user: str) -> dict[str, object]:
    """The tab as one person sees it; the same design always gives the same view."""
    model = design.model
    blocks = [
        header("Design"),
        tabs(METADATA),
        context(
            f"Operating model version {design.version}, in force since {moment(design.since)}, "
            f"by {_author(design.by, model)}"
        ),
        *_standing(design, user),
        *_pending(design, user),
        *charter.policy(model),
        *charter.routes(model),
        *charter.goals(model),
        *charter.mandates(design),
        *charter.calendar(model),
        *charter.people(model),
        *_autonomy(design),
        *_history(design),
    ]
    return {"type": "home", "private_metadata": METADATA, "blocks": blocks[:100]}


def _author(by: str, model: OperatingModel) -> str:
    return "`baton.yaml`" if by == "baton.yaml" else name_of(by, model)


def _standing(design: Design, user: str) -> list[Block]:
    """Stops and emergencies first: they change what everything below means."""
    model, blocks = design.model, list[Block]()
    for stop in design.stops[:_MOST_PENDING]:
        who = f"by {name_of(stop.by, model)}, {moment(stop.at)}"
        words = f"⛔ *Stopped: {stopped(stop)}*, {who}\n{outside(stop.reason, 300)}"
        blocks.append({**section(words), "accessory": button("Lift…", LIFT, stop.id, hint="Lift this stop")})
    if one := design.emergency:
        blocks.append(
            section(
                f"🚨 *Emergency*: {name_of(one.by, model)} decides alone until {moment(one.until)}\n"
                f"{outside(one.reason, 300)}\nHard caps, bans, freezes and stops stay."
            )
        )
    for past in design.to_review[:_MOST_PENDING]:
        words = (
            f"🔎 *An emergency is to be reviewed*: {name_of(past.by, model)} decided alone from {moment(past.since)}\n"
            f"{outside(past.reason, 300)}"
        )
        seen = button("Review…", REVIEW_EMERGENCY, past.id, hint="Say what you found")
        blocks.append({**section(words), **({"accessory": seen} if past.by != user else {})})
    buttons = [button("Stop…", STOP, "stop", "danger", "Stop an agent, an action kind or everything")]
    rule = model.policy.break_glass
    if rule is not None and design.emergency is None:
        buttons.append(button("Emergency…", BREAK_GLASS, "break_glass", hint="Decide alone for a short while"))
    calm = [] if blocks else [section("Nothing is stopped, and there is no emergency.")]
    return [*calm, *blocks, actions("standing", buttons)]


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
        if user not in view.agreed:
            blocks.append(
                actions(
                    view.amendment.id,
                    [
                        button("Agree", AGREE, view.amendment.id, "primary", "Agree to this change"),
                        button("Reject…", DISAGREE, view.amendment.id, "danger", "Reject this change"),
                    ],
                )
            )
    left = len(design.pending) - _MOST_PENDING
    return [*blocks, *([context(f"and {many(left, 'more change')}")] if left > 0 else [])]


def amendment(view: AmendmentView, model: OperatingModel) -> list[Block]:
    """One change of the operating model: what, why, what it would have done to the past, who agreed."""
    one = view.amendment
    loosening = set(one.loosens)
    lines = [f"*{_author(one.by, model)} would change*, {moment(one.at)}"]
    lines += [
        f"• {'⚠️ ' if change in loosening else ''}{outside(change, 220)}" for change in one.changes[: charter.MOST_LINES]
    ]
    lines += (
        [f"• and {many(len(one.changes) - charter.MOST_LINES, 'more')}"]
        if len(one.changes) > charter.MOST_LINES
        else []
    )
    lines.append(f"_Why:_ {outside(one.reason, 300)}")
    agreed = listed([name_of(user, model) for user in view.agreed]) or "nobody yet"
    needs = (
        f"⚠️ loosens the policy: {many(view.quorum, 'person', 'people')} must agree"
        if loosening
        else "loosens nothing: one architect must agree"
    )
    return [section(shorten("\n".join(lines), 2900)), section(_replayed(view)), context(f"{needs} · agreed: {agreed}")]


def _replayed(view: AmendmentView) -> str:
    replay = view.amendment.replay
    if not replay.of:
        return "There are no past proposals yet to hold this against."
    if not replay.changed:
        return f"Held against the last {many(replay.of, 'proposal')}, it changes no verdict."
    head = f"Held against the past, this would have changed *{len(replay.changed)} of {many(replay.of, 'verdict')}*:"
    lines = [
        f"• {'⚠️ ' if one.loosens else ''}{day(one.proposed_on)}, {outside(one.title, 90)}: "
        f"{outside(one.before, 70)} → *{outside(one.after, 70)}*"
        for one in replay.changed[:_MOST_CHANGED]
    ]
    left = len(replay.changed) - _MOST_CHANGED
    return shorten("\n".join([head, *lines, *([f"• and {left} more"] if left > 0 else [])]), 2900)


def _autonomy(design: Design) -> list[Block]:
    blocks = [divider(), header("Autonomy")]
    if not design.records:
        return [*blocks, section("Nothing was measured yet, so every agent asks.")]
    blocks.append(context("A person raises a level, on what was measured. It falls by itself when accuracy does."))
    for _, records in groupby(design.records[: charter.MOST_LINES * 2], key=lambda record: record.agent):
        for record in records:
            change = button("Change…", GRANT, f"{record.agent}/{record.action}", hint="Change how far it may go")
            blocks.append({**section(record_words(record)), "accessory": change})
    return blocks


def record_words(record: TrackRecord) -> str:
    """What was measured, as a person reads it before letting an agent go further."""
    rise = [f"Not further yet: {outside(record.may_rise, 200)}"] if record.may_rise else []
    head = f"*{headed(record.agent)}, {charter.kind_title(record.action)}*: {_LEVELS[record.level.value]}"
    if not record.measured:
        unseen = f" ({many(record.not_measurable, 'outcome')} not measurable)" if record.not_measurable else ""
        return "\n".join([head, f"Nothing measured yet{unseen}", *rise])
    parts = [f"{many(record.measured, 'outcome')} measured"]
    if record.right_way is not None:
        parts.append(f"{charter.share(record.right_way)} went the way the forecast said")
    if record.covered is not None:
        parts.append(f"{charter.share(record.covered)} inside the 80 % forecast")
    if record.worst is not None:
        parts.append(f"worst miss {percent(record.worst)}")
    return "\n".join([head, " · ".join(parts), *rise])


def _history(design: Design) -> list[Block]:
    if not design.recent:
        return []
    said = {
        AmendmentStatus.IN_FORCE: "in force",
        AmendmentStatus.REJECTED: "rejected",
        AmendmentStatus.OUTDATED: "outdated by another change",
    }
    lines = [
        f"• {_author(view.amendment.by, design.model)}: {outside('; '.join(view.amendment.changes), 200)} "
        f"({said.get(view.status, 'pending')})"
        for view in design.recent[:5]
    ]
    return [context(shorten("\n".join(["*Lately*", *lines]), 2900))]
