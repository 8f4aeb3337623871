"""Who may decide what, written down as tables: another hand than the one that wrote the code, and none of its words.

A table is read from the top; the first line that fits says what happens. "-" fits everything; several words in one
column, with "/" between them, fit each of them. Nothing here imports anything of Baton's.
"""

from collections.abc import Mapping

WHO = {
    "lead": "a media lead of all accounts",
    "lead_here": "a media lead of this account on this platform",
    "lead_elsewhere": "a media lead of another account",
    "lead_beside": "a media lead of another platform",
    "peer": "a CRM lead",
    "architect": "the CMO",
    "architect_elsewhere": "a CMO of another account",
    "deputy": "a CRM lead who stands in for a media lead today",
    "deputy_elsewhere": "a CRM lead who stands in for a media lead of another account",
    "deputy_before": "a CRM lead who stood in until yesterday",
    "deputy_soon": "a CRM lead who will stand in from tomorrow",
    "deputy_partly": "a CRM lead who stands in for a media lead in another of their roles",
    "deputy_of_deputy": "somebody who stands in for a person who stands in for a media lead",
    "vice": "a CRM lead who stands in for the CMO today",
    "chief": "a COO, to whom questions are passed on",
    "idle": "somebody without a role",
    "unknown": "nobody in the operating model",
    "bot": "a media lead whom Slack calls a bot",
    "guest": "a media lead whom Slack calls a guest",
    "stranger": "a media lead from another workspace",
    "left": "a media lead whose account is deactivated",
    "impostor": "a media lead under somebody else's badge",
}
AMOUNT = {
    "within": "well within the limit of a media lead",
    "unasked": "none: a routine kind, which the policy let happen unasked when the card was drawn",
    "at": "exactly at the limit",
    "beyond": "a cent beyond it",
    "at_cap": "exactly at the hard cap",
    "cap": "a cent beyond the hard cap",
    "split": "within it, but beyond with what moved on the same campaign today",
    "split_money": "within it, but beyond with the money this role moved today",
    "split_cap": "within it, but beyond the hard cap with what moved today",
    "moved_elsewhere": "within it; other campaigns, roles and currencies moved today",
    "stopped": "within it, but this kind was stopped since the card was drawn",
    "stopped_all": "within it, but everything was stopped since",
    "frozen": "within it, but the calendar freezes today",
}
STATE = ("open", "snoozed", "late", "decided", "lapsed", "withdrawn", "closed", "executed")
CARD = ("fresh", "stale")
AGREED = {
    "nobody": "nobody approved yet",
    "a_lead": "another media lead approved",
    "an_architect": "another CMO approved",
    "themselves": "the presser approved before",
    "somebody_gone": "somebody approved who has left the company since",
}
WAITED = ("not_long", "long")
EMERGENCY = {
    "none": "there is none",
    "mine": "the presser declared one",
    "theirs": "somebody else did",
    "over": "the presser's ends this very moment",
    "too_long": "the presser's lasts longer than the policy allows",
}
PRESS = ("approve", "reject", "snooze")

COLUMNS = ("who", "amount", "state", "card", "agreed", "waited", "emergency", "press")

AT_THE_PRESS = """
who                        amount              state     card  agreed        waited   emergency press   | then
unknown/bot/guest          -                   -         -     -             -        -         -       | NotYours
stranger/left/impostor     -                   -         -     -             -        -         -       | NotYours
-                          -                   decided   -     -             -        -         -       | AlreadyDecided
-                          -                   lapsed    -     -             -        -         -       | NoLongerOpen
-                          cap                 -         -     -             -        -         -       | NoLongerOpen
-                          -                   closed    -     -             -        -         -       | NoLongerOpen
-                          -                   withdrawn -     -             -        -         -       | NoLongerOpen
-                          -                   executed  -     -             -        -         -       | NoLongerOpen
-                          -                   late      -     -             -        -         -       | NoLongerOpen
-                          -                   -         stale -             -        -         -       | StaleCard

lead/lead_here             split_cap           -         -     -             -        mine      approve | NoLongerOpen
lead/lead_here             stopped/stopped_all -         -     -             -        mine      approve | NoLongerOpen
lead/lead_here             frozen              -         -     -             -        mine      approve | NoLongerOpen
lead/lead_here             -                   -         -     -             -        mine      -       | allowed

lead_elsewhere/lead_beside -                   -         -     -             -        -         -       | NotYours
architect_elsewhere        -                   -         -     -             -        -         -       | NotYours
peer/idle                  -                   -         -     -             -        -         -       | NotYours
deputy_elsewhere           -                   -         -     -             -        -         -       | NotYours
deputy_before              -                   -         -     -             -        -         -       | NotYours
deputy_soon/deputy_partly  -                   -         -     -             -        -         -       | NotYours
deputy_of_deputy           -                   -         -     -             -        -         -       | NotYours
chief                      -                   -         -     -             not_long -         -       | NotYours
chief                      -                   snoozed   -     -             -        -         -       | NotYours

-                          -                   -         -     -             -        -         reject  | allowed
-                          -                   -         -     -             -        -         snooze  | allowed
-                          -                   -         -     themselves    -        -         approve | NotYours

-                          split_cap           -         -     -             -        -         approve | NoLongerOpen
-                          stopped/stopped_all -         -     -             -        -         approve | NoLongerOpen
-                          frozen              -         -     -             -        -         approve | NoLongerOpen

-                          within/at/unasked   -         -     -             -        -         approve | allowed
-                          moved_elsewhere     -         -     -             -        -         approve | allowed

-                          beyond/at_cap       -         -     nobody        -        -         approve | allowed
-                          beyond/at_cap       -         -     an_architect  -        -         approve | allowed
architect/vice             beyond/at_cap       -         -     a_lead        -        -         approve | allowed
-                          beyond/at_cap       -         -     a_lead        -        -         approve | NotYours
-                          beyond/at_cap       -         -     somebody_gone -        -         approve | NotYours

-                          split/split_money   -         -     nobody        -        -         approve | StaleCard
-                          split/split_money   -         -     an_architect  -        -         approve | StaleCard
architect/vice             split/split_money   -         -     a_lead        -        -         approve | StaleCard
-                          split/split_money   -         -     a_lead        -        -         approve | NotYours
-                          split/split_money   -         -     somebody_gone -        -         approve | NotYours
"""

OVERRIDE_COLUMNS = ("who", "shown", "to", "today", "emergency")
SHOWN = ("within", "beyond")
TO = {
    "less": "another value within the limit",
    "limit": "exactly the limit",
    "more": "beyond the limit",
    "cap": "exactly the hard cap",
    "too_much": "beyond the hard cap",
    "same": "the value that was shown",
    "other": "another campaign",
}
TODAY = ("quiet", "much_moved", "frozen")

OF_AN_OVERRIDE = """
who                        shown  to         today      emergency | then
unknown/bot/guest          -      -          -          -         | NotYours
stranger/left/impostor     -      -          -          -         | NotYours

lead/lead_here             -      same/other -          mine      | InvalidChange
lead/lead_here             -      too_much   -          mine      | InvalidChange
lead/lead_here             -      -          frozen     mine      | InvalidChange
lead/lead_here             -      cap        much_moved mine      | InvalidChange
lead/lead_here             -      -          -          mine      | allowed

lead_elsewhere/lead_beside -      -          -          -         | NotYours
architect_elsewhere        -      -          -          -         | NotYours
peer/idle/chief            -      -          -          -         | NotYours
deputy_elsewhere           -      -          -          -         | NotYours
deputy_before              -      -          -          -         | NotYours
deputy_soon/deputy_partly  -      -          -          -         | NotYours
deputy_of_deputy           -      -          -          -         | NotYours

-                          -      same/other -          -         | InvalidChange
-                          -      too_much   -          -         | InvalidChange
-                          -      -          frozen     -         | InvalidChange
-                          -      cap        much_moved -         | InvalidChange
-                          beyond -          -          -         | allowed
-                          within less/limit quiet      -         | allowed
-                          within -          -          -         | InvalidChange
"""

SINCE_COLUMNS = ("decided_by", "asked", "since")
DECIDED_BY = {
    "lead": "a media lead",
    "architect": "the CMO",
    "deputy": "somebody who stood in for a media lead that day, and no longer does",
    "chief": "a COO, after the question had been passed on",
    "emergency": "a CRM lead in an emergency of theirs, which is over",
    "baton": "nobody: the policy let it happen",
}
ASKED = ("one", "two", "two_leads", "two_once")
"""One person; a CMO as well; two who are both no CMO; one person where two are asked."""
SINCE = {
    "nothing": "nothing changed since",
    "later_moves": "more moved today, after this was decided",
    "earlier_moves": "it is executed a day later, and much moved before it",
    "cap_used": "it is executed a day later, and so much moved that the hard cap is reached",
    "stopped": "the kind was stopped",
    "stopped_all": "everything was stopped",
    "stopped_else": "another kind was stopped",
    "frozen": "today is frozen",
    "role_gone": "who decided has lost their role",
    "account_gone": "who decided answers for another account now",
    "person_gone": "who decided has left",
    "other_gone": "who approved it as well has lost their role",
    "stricter": "the limit was lowered, so that two people are asked",
    "no_glass": "the policy knows no emergency any more",
    "not_automatic": "the policy asks again about what it let happen",
}

BEFORE_EXECUTION = """
decided_by     asked          since                    | then
-              -              stopped/stopped_all/frozen | no
baton          -              not_automatic            | no
baton          -              -                        | yes
-              -              cap_used                 | no
emergency      -              no_glass                 | no
emergency      -              role_gone/account_gone   | no
emergency      -              person_gone              | no
emergency      -              -                        | yes
-              -              role_gone/account_gone   | no
-              -              person_gone              | no
-              two_leads      -                        | no
-              two_once       -                        | no
-              two            other_gone               | no
-              one            stricter/earlier_moves   | no
-              -              -                        | yes
"""


class Table:
    """A table as it is written above."""

    def __init__(self, columns: tuple[str, ...], text: str) -> None:
        lines = [line for line in text.splitlines() if line.strip()]
        assert tuple(lines[0].split("|")[0].split()) == columns, "the head of the table names its columns"
        self.columns = columns
        self.rows = [self._row(line) for line in lines[1:]]
        self.used: set[int] = set()

    def says(self, cell: Mapping[str, str]) -> str:
        """What the first line that fits says."""
        for place, (conditions, then) in enumerate(self.rows):
            if all(cell[column] in words for column, words in conditions.items()):
                self.used.add(place)
                return then
        raise AssertionError(f"the table says nothing about {dict(cell)}")

    def unused(self) -> list[str]:
        """Lines that no cell ever reached."""
        return [f"{row}" for place, row in enumerate(self.rows) if place not in self.used]

    def _row(self, line: str) -> tuple[dict[str, set[str]], str]:
        left, then = line.split("|")
        words = left.split()
        assert len(words) == len(self.columns), line
        named = zip(self.columns, words, strict=True)
        return {column: set(word.split("/")) for column, word in named if word != "-"}, then.strip()
