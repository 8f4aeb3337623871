"""Break-glass: one named person decides alone for a short while, says why, and somebody else looks at it afterwards.

Hard caps, bans, stops and freezes stay: an emergency lifts who is asked, never what may be done.
"""

from datetime import timedelta

from domain.action import Action
from domain.badge import Badge
from domain.errors import NotYours
from domain.moment import Moment
from domain.operating_model import OperatingModel, Person
from domain.roles import ARCHITECT
from domain.standing import Emergency, Standing
from governance import people, terms
from governance.soundness import MOST_EMERGENCY_MINUTES


def decides_alone(person: Person, action: Action, model: OperatingModel, standing: Standing, now: Moment) -> bool:
    """Whether an emergency let this person decide alone on an action at a moment: within their own scope, as ever."""
    glass, emergency = model.policy.break_glass, standing.emergency
    if glass is None or emergency is None or not emergency.covers(person.slack, now.at):
        return False
    short = emergency.until - emergency.since <= timedelta(minutes=min(glass.minutes, MOST_EMERGENCY_MINUTES))
    return short and glass.role in person.roles and people.own(person).covers(action)


def may_declare(
    user: str, minutes: int, model: OperatingModel, now: Moment, standing: Standing, badge: Badge | None = None
) -> None:
    """Returns where this person may decide alone for so many minutes from now on. Raises NotYours."""
    person, glass = people.known(user, model, badge), model.policy.break_glass
    if glass is None:
        raise NotYours("The policy knows no emergency in which one person decides alone.")
    if glass.role not in person.roles:
        raise NotYours(f"Only {terms.holders(model, glass.role)} may decide alone in an emergency.")
    most = min(glass.minutes, MOST_EMERGENCY_MINUTES)
    if not 1 <= minutes <= most:
        raise NotYours(f"An emergency lasts between 1 and {most} minutes.")
    running = standing.emergency
    if running is not None and running.since <= now.at < running.until:
        raise NotYours("There is an emergency already; it ends by itself.")
    _all_reviewed(user, model, standing)


def may_review(user: str, emergency: Emergency, model: OperatingModel, now: Moment, badge: Badge | None) -> None:
    """Returns where this person may look at an emergency that is over: anybody with a role but whoever declared it."""
    person = people.known(user, model, badge)
    if user == emergency.by:
        raise NotYours("You declared this emergency, so somebody else looks at it.")
    if not person.roles:
        raise NotYours("Only people who hold a role review an emergency.")
    if emergency.reviewed_by is not None:
        raise NotYours("Somebody has looked at this emergency already.")
    if now.at < emergency.until:
        raise NotYours("This emergency is not over yet.")


def may_stop(user: str, model: OperatingModel, badge: Badge | None = None) -> None:
    """Returns where this person may pull a stop: everybody who holds a role, as a stop only ever prevents.

    Also while Slack does not say who they are: what prevents must not wait for Slack. Raises NotYours.
    """
    if not people.believed(user, model, badge).roles:
        raise NotYours("Only people who hold a role may stop something.")


def may_lift(user: str, model: OperatingModel, badge: Badge | None = None) -> None:
    """Returns where this person may lift a stop: the architect alone, as things happen again afterwards."""
    if ARCHITECT not in people.known(user, model, badge).roles:
        raise NotYours(f"Only {terms.holders(model, ARCHITECT)} may lift a stop.")


def _all_reviewed(user: str, model: OperatingModel, standing: Standing) -> None:
    """Returns where somebody has looked at every emergency there was. Raises NotYours.

    Whoever's it was: people who take turns would otherwise decide alone without end. It holds nobody up for long, as
    everybody with a role may look at what somebody else declared.
    """
    newest = () if standing.emergency is None else (standing.emergency,)
    waiting = [one for one in (*newest, *standing.unreviewed) if one.reviewed_by is None]
    if any(one.by == user for one in waiting):
        raise NotYours("Nobody has looked at your last emergency yet; somebody else must do so first.")
    if waiting:
        declarer = model.person(waiting[0].by)
        whose = declarer.name if declarer else "somebody who has left"
        raise NotYours(f"Nobody has looked at the emergency of {whose} yet; look at it first.")
