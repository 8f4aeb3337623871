"""What stands where the buttons were: who decided what and when, and what came of it."""

from decimal import Decimal, InvalidOperation

from bot.change import Names, called, differences, names_in
from bot.people import deciders, holders, name_of
from bot.words import between, day, figure, listed, metric_short, moment, outside, percent, spoken
from domain.case import Case, ProposalStatus, ProposalView
from domain.catalogue import CATALOGUE
from domain.effect import SetValues
from domain.operating_model import OperatingModel
from domain.proposal import Approved, Expired, Overridden, Rejected, Snoozed
from domain.receipt import Outcome, Receipt, ReceiptStatus, Said
from domain.signal import Cause, CloseReason
from domain.verdict import Ask, Automatic, Forbidden

_UNTOUCHED = frozenset({ReceiptStatus.FAILED, ReceiptStatus.DRIFTED})
"""After these the platform is as it was."""
ENDED = {
    CloseReason.RECOVERED: "the numbers recovered",
    CloseReason.ACTED: "it was acted on",
    CloseReason.EXPIRED: "nobody answered in time",
}
"""Why a case closed, as a clause."""
_NO_METRIC = frozenset({"", "none"})
"""What a kind of action says that moves no figure."""
_MONEY = frozenset({"daily_budget", "target_cpa"})
"""Values on a platform that are money."""
_ENDED_BY_CAUSE = {
    Cause.TEST_READY: "the test is over",
    Cause.CONTENT_OPPORTUNITY: "people search for it as they used to",
}
"""The same for what is no trouble and so does not recover."""


def ended(case: Case) -> str:
    """Why a case closed, as a clause; empty where nobody said."""
    if case.closed is CloseReason.RECOVERED and case.signal.cause in _ENDED_BY_CAUSE:
        return _ENDED_BY_CAUSE[case.signal.cause]
    return ENDED[case.closed] if case.closed else ""


def stamp(case: Case, view: ProposalView, model: OperatingModel) -> list[str]:
    """The state of one proposal, one line each; the first says where it stands."""
    lines = [*_decision(view, model), *_changed(view, model), *_progress(case, view, model)]
    return [line for line in lines if line]


def outcome_words(outcome: Outcome) -> str:
    """Measured against forecast: "CTR +31 % (95 % sure: +12 to +52 %), forecast was +25 %".

    An interval that reaches over zero claims nothing: "CPA: no clear effect yet (95 % sure: −23 to +41 %), …"; nor
    does what was not measurable: "the effect on CPA could not be measured: …".
    """
    if not outcome.measurable or outcome.effect is None:
        on = "" if outcome.metric in _NO_METRIC else f" on {metric_short(outcome.metric)}"
        why = outside(outcome.method.removeprefix("not measurable: "), 300)
        return f"the effect{on} could not be measured: {why}"
    sure = f" (95 % sure: {between(outcome.interval)})" if outcome.interval else ""
    forecast = f", forecast was {percent(outcome.forecast)}" if outcome.forecast is not None else ", no forecast"
    if outcome.interval and outcome.interval[0] <= 0 <= outcome.interval[1]:
        return f"{metric_short(outcome.metric)}: no clear effect yet{sure}{forecast}"
    return f"{metric_short(outcome.metric)} {percent(outcome.effect)}{sure}{forecast}"


def live_values(receipt: Receipt, names: Names, currency: str) -> str:
    """What the platform shows now, as it was read back: "daily budget of Trail shoes: €450 → €400"."""
    addresses = list(dict.fromkeys([*receipt.before, *receipt.after]))
    shown = [f"{_place(address, names)}: {_shown(receipt, address, currency)}" for address in addresses[:6]]
    return "\n".join([*shown, *([f"and {len(addresses) - 6} more"] if len(addresses) > 6 else [])])


def _shown(receipt: Receipt, address: str, currency: str) -> str:
    """A value before and after; where nothing was read back, what it was."""
    before = _value(address, receipt.before.get(address), currency)
    if receipt.after:
        return f"{before} → {_value(address, receipt.after.get(address), currency)}"
    return f"{'is' if receipt.status in _UNTOUCHED and receipt.said is None else 'was'} {before}"


def _place(address: str, names: Names) -> str:
    """An address by the name people use: "meta/a1/campaign/c3/daily_budget" is "daily budget of Spring prospecting"."""
    *_, ident, field = ["", *address.split("/")]
    return f"{spoken(field)} of {called(ident, names, 'the account')}"


def _value(address: str, text: str | None, currency: str) -> str:
    if not text:
        return "–"
    try:
        number = Decimal(text)
    except InvalidOperation:
        return outside(text, 60)
    if not number.is_finite() or abs(number.adjusted()) >= 15:
        return outside(text, 60)
    field = address.rsplit("/", 1)[-1]
    return figure(field, float(number), currency) if field in _MONEY else f"{number:,}"


def _decision(view: ProposalView, model: OperatingModel) -> list[str]:
    decision = view.decision
    match decision:
        case Approved():
            word = "No approval needed, decided" if decision.by == "baton" else "Approved"
            return [f"✅ *{word} by {name_of(decision.by, model)}* · {moment(decision.at)}{_helpers(view, model)}"]
        case Overridden():
            changed = "; ".join(differences(view.proposal.action, decision.action)) or "nothing but the reason"
            head = f"✏️ *Changed and approved by {name_of(decision.by, model)}* · {moment(decision.at)}"
            return [head + _helpers(view, model), changed, f"Reason: “{outside(decision.reason, 300)}”"]
        case Rejected():
            emergency = " · 🚨 in an emergency" if view.in_emergency else ""
            head = f"✖️ *Rejected by {name_of(decision.by, model)}* · {moment(decision.at)}{emergency}"
            return [head, f"Reason: “{outside(decision.reason, 300)}”"]
        case Snoozed() if view.status is ProposalStatus.SNOOZED:
            head = f"💤 *Snoozed by {name_of(decision.by, model)}* until {moment(decision.until)}"
            return [f"{head}. It can still be decided now."]
        case Expired():
            return [f"⌛ *Expired* {moment(decision.at)}: nobody answered in time. Nothing was done."]
        case _:
            return []


def _changed(view: ProposalView, model: OperatingModel) -> list[str]:
    """Whose change is asked about, and why they made it: whoever must agree as well reads it first."""
    if view.changed_by is None or view.status in {ProposalStatus.EXPIRED, ProposalStatus.WITHDRAWN}:
        return []
    return [f"✏️ Changed by {name_of(view.changed_by, model)}: “{outside(view.changed_because or '', 300)}”"]


def _helpers(view: ProposalView, model: OperatingModel) -> str:
    """Who agreed as well; and that it was decided in an emergency, alone where others were asked."""
    if (
        isinstance(view.verdict, Ask)
        and view.decision
        and len({*view.approvals, view.decision.by}) < view.verdict.quorum
    ):
        return " · 🚨 alone, in an emergency"
    others = [name_of(user, model) for user in view.approvals if view.decision and user != view.decision.by]
    together = f" · with {listed(others)}" if others else ""
    return f"{together} · 🚨 in an emergency" if view.in_emergency else together


def _progress(case: Case, view: ProposalView, model: OperatingModel) -> list[str]:  # noqa: PLR0911, PLR0912 - one per state
    receipt = view.receipt
    said = f" The platform said: “{outside(receipt.answer, 200)}”" if receipt and receipt.answer.strip() else ""
    match view.status:
        case ProposalStatus.PENDING:
            return _waiting(case, view, model)
        case ProposalStatus.FORBIDDEN:
            rules = view.verdict.rules if isinstance(view.verdict, Forbidden) else ()
            return [f"⛔ *Not allowed, whoever asks.* {_rules(rules)}"]
        case ProposalStatus.APPROVED:
            return ["Being carried out; the result follows here."]
        case ProposalStatus.EXECUTED:
            return [*_done(view, model), taken_back(case, view) or _due(view)]
        case ProposalStatus.DRIFTED:
            now = _now(case, view)
            return [
                f"⚠️ *Not carried out.* The live value was no longer what you were shown{now}. "
                "Nothing was written; a person has to look again."
            ]
        case ProposalStatus.FAILED if receipt and receipt.said:
            return [f"❌ *Not done, says {_word(receipt.said, model)} Nothing further happens."]
        case ProposalStatus.FAILED:
            why = f" Why: {outside(receipt.answer, 300)}" if receipt and receipt.answer.strip() else ""
            return [f"❌ *Not carried out.* Nothing was written.{why}"]
        case ProposalStatus.REHEARSED:
            return [_rehearsed(view)]
        case ProposalStatus.UNKNOWN:
            return [
                "⚠️ *Result unknown.* The platform may or may not have acted: please do not repeat it by hand. "
                f"Baton keeps reading; whoever may decide this can also say what they see there.{said}"
            ]
        case ProposalStatus.MEASURED:
            return [*_done(view, model), taken_back(case, view), _measured(view)]
        case ProposalStatus.WITHDRAWN:
            return ["↩️ *Withdrawn before anyone decided:* " + _withdrawn(case)]
        case ProposalStatus.REJECTED:
            return ["Nothing was done."]
        case ProposalStatus.EXPIRED:
            return [] if isinstance(view.decision, Expired) else ["⌛ *Expired:* nobody answered in time."]
        case ProposalStatus.SNOOZED:
            return []


def _waiting(case: Case, view: ProposalView, model: OperatingModel) -> list[str]:
    verdict = view.verdict
    if not case.takes_answers(view):
        return ["↩️ *Nothing to decide any more:* " + _withdrawn(case)]
    if isinstance(verdict, Automatic):
        return [f"⚙️ *No approval needed.* {_rules(verdict.rules)}"]
    if isinstance(verdict, Forbidden):
        return [f"⛔ *Not allowed, whoever asks.* {_rules(verdict.rules)}"]
    return _asking(view, verdict, model)


def _asking(view: ProposalView, verdict: Ask, model: OperatingModel) -> list[str]:
    missing = [role for role in deciders(view) if {one.slack for one in model.holders(role)} - {*view.approvals}]
    who = listed([f"{holders(role, model)} ({spoken(role)})" for role in missing or deciders(view)])
    until = f", by {moment(view.expires_at)}" if view.expires_at else ""
    lines = [f"🟡 *Waits for {who}*{until}"]
    if verdict.quorum > 1:
        so_far = f": {listed([name_of(user, model) for user in view.approvals])}" if view.approvals else ""
        lines.append(f"{len(view.approvals)} of {verdict.quorum} approvals so far{so_far}")
    return lines


def _done(view: ProposalView, model: OperatingModel) -> list[str]:
    receipt = view.receipt
    if receipt is None:
        return ["Carried out."]
    if receipt.said:
        how = "Handed over" if receipt.status is ReceiptStatus.HANDED_OVER else "Done"
        return [f"✔️ *{how}, says {_word(receipt.said, model)} Baton could not read it."]
    if receipt.status is ReceiptStatus.HANDED_OVER:
        return [f"🤝 *Handed over as a task{taker(view, model)}* · {moment(receipt.at)}"]
    return [f"✔️ *Done and checked in the ad account* · {moment(receipt.at)}"]


def taker(view: ProposalView, model: OperatingModel) -> str:
    """Who sees to it that a task is done: the people whose role answers for it."""
    return f", for {holders(view.proposal.owner, model)} ({spoken(view.proposal.owner)}) to see done"


def _word(said: Said, model: OperatingModel) -> str:
    """Whose word it is, since when, and why; the name ends what is bold."""
    return f"{name_of(said.by, model)}* · {moment(said.at)}: “{outside(said.reason, 300)}”."


def _measured(view: ProposalView) -> str:
    if view.outcome is None:
        return ""
    words = outcome_words(view.outcome)
    return f"📏 *Measured:* {words}" if view.outcome.measurable else f"📏 *Not measurable:* {words}"


def _rehearsed(view: ProposalView) -> str:
    does = "set" if isinstance(view.done.effect(), SetValues) else "handed over"
    return (
        f"🧪 *Rehearsed, nothing was written:* this would have been {does} now, but the company is in dry-run. "
        "It can be asked again."
    )


def taken_back(case: Case, view: ProposalView) -> str:
    """Where the undo of what was done stands; empty where nobody asked."""
    back = case.undo_of(view)
    if back is None:
        return ""
    if back.status in {ProposalStatus.EXECUTED, ProposalStatus.MEASURED} and back.receipt:
        return f"↩️ *Undone* {moment(back.receipt.at)}"
    if back.status in {ProposalStatus.APPROVED, ProposalStatus.UNKNOWN}:
        return "↩️ *Being undone;* the result follows here."
    return "↩️ *Asked to be undone:* that waits for a decision on this card."


def _due(view: ProposalView) -> str:
    if view.proposal.undoes is not None:
        return "An undo is not measured."
    if view.measured_after:
        return f"The effect is measured on {day(view.measured_after)}."
    entry = CATALOGUE.get(view.proposal.action.kind)
    return "" if entry and entry.window_days else "There is nothing to measure here."


def _now(case: Case, view: ProposalView) -> str:
    """What the platform showed instead: " (now daily budget of Trail shoes: €430)"."""
    if not view.receipt or not view.receipt.before:
        return ""
    names, currency = names_in(case, view.proposal), view.proposal.action.currency
    live = view.receipt.before.items()
    shown = [f"{_place(address, names)}: {_value(address, text, currency)}" for address, text in live]
    return f" (now {listed(shown[:3])})"


def _withdrawn(case: Case) -> str:
    if case.is_open:
        return "a newer proposal took its place."
    return f"{ended(case) or 'the signal closed'}."


def _rules(rules: tuple[str, ...]) -> str:
    return outside(" ".join(rule if rule.endswith(".") else f"{rule}." for rule in rules), 400)
