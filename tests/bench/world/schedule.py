"""Where and when things happen: decoys first, then incidents clear of each other and of what would hide them."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import cycle

import numpy as np

from tests.bench.world.company import Company
from tests.bench.world.incidents import AHEAD_OF_PLAN, Form, Happening, scaled
from tests.bench.world.rooms import ready_after
from tests.bench.world.visibility import z_score

REST = 10
"""Days between two incidents of one campaign or segment."""
ACCOUNT_SHARE = 0.25
"""Of the incidents that may strike an account, how many do."""
TRIES = 120
"""Places and strengths tried before another kind of incident takes the turn."""
DECOYS = ("holiday", "promo", "reporting_lag", "small_ad")
PROMO_TAIL = 4
"""Days a promo's end is felt."""


@dataclass
class Schedule:
    """What has been placed so far, and where nothing more may happen."""

    company: Company
    rng: np.random.Generator
    happenings: list[Happening] = field(default_factory=list[Happening])

    def __post_init__(self) -> None:
        shape = self.company.shape
        self.campaigns = np.zeros((shape.all_campaigns, shape.days), bool)
        self.segments = np.zeros((shape.all_segments, shape.days), bool)
        self.weather = np.zeros((shape.accounts, shape.days), bool)
        """Days on which an account-wide decoy would hide a short incident."""

    def place_decoys(self, a_week: float) -> None:
        """Holidays, promos, late reporting and jumps of small ads, as many as the rate asks for."""
        for account, count in enumerate(self._counts(a_week)):
            kinds = cycle(np.roll(DECOYS, account))
            for _ in range(count):
                kind = str(next(kinds))
                for _ in range(TRIES):
                    decoy = self._decoy(kind, account)
                    if self._takes_weather(decoy):
                        break

    def _takes_weather(self, decoy: Happening) -> bool:
        if decoy.kind == "small_ad":
            self.happenings.append(decoy)
            return True
        tail = PROMO_TAIL if decoy.kind == "promo" else 3
        days = slice(decoy.start - 2, decoy.end + tail + 1)
        if self.weather[decoy.account, days].any():
            return False
        self.weather[decoy.account, days] = True
        self.happenings.append(decoy)
        return True

    def _decoy(self, kind: str, account: int) -> Happening:
        rng, shape = self.rng, self.company.shape
        length = {"holiday": (1, 3), "promo": (5, 8), "reporting_lag": (1, 3), "small_ad": (1, 2)}[kind]
        days = int(rng.integers(length[0], length[1] + 1))
        start = int(rng.integers(shape.free_days + 2, shape.days - days - 5))
        decoy = Happening(kind, account, start, start + days - 1, is_decoy=True)
        if kind == "holiday":
            moves = {"demand": rng.uniform(0.55, 0.8), "cvr": rng.uniform(0.75, 0.9), "ctr": rng.uniform(0.85, 0.95)}
        elif kind == "promo":
            moves = {"demand": rng.uniform(1.1, 1.3), "cvr": rng.uniform(1.3, 1.6), "ctr": rng.uniform(1.05, 1.2)}
        elif kind == "small_ad":
            campaign = int(rng.choice(np.flatnonzero(self.company.account == account)))
            decoy = replace(decoy, campaign=campaign, ad=shape.ads - 1)
            moves = {str(rng.choice(["ctr", "cvr"])): float(rng.choice([0.25, 3.0]))}
        else:
            moves = {}
        logs = {figure: float(np.log(multiplier)) for figure, multiplier in moves.items()}
        return replace(decoy, logs=logs, leading=next(iter(logs), ""))

    def place_incidents(self, forms: list[Form], a_week: float) -> None:
        """As many incidents as the rate asks for, of all kinds in turn."""
        kinds = self._in_turn(forms)
        for account, count in enumerate(self._counts(a_week)):
            for _ in range(count):
                for _ in range(2 * len(forms)):
                    if self._place(next(kinds), account):
                        break

    def _in_turn(self, forms: list[Form]) -> Iterator[Form]:
        while True:
            for place in self.rng.permutation(len(forms)):
                yield forms[place]

    def _counts(self, a_week: float) -> list[int]:
        """How many for each account, so that the world as a whole meets the rate."""
        shape = self.company.shape
        total = round(a_week * shape.account_weeks)
        counts = np.full(shape.accounts, total // shape.accounts)
        counts[: total % shape.accounts] += 1
        return [int(count) for count in self.rng.permutation(counts)]

    def _place(self, form: Form, account: int) -> bool:
        """Try places, days and strengths until one is free and clear enough; the early tries are the weaker ones."""
        for attempt in range(TRIES):
            one = self._drawn(form, account, patience=attempt / TRIES)
            if one is not None and self._is_free(one, form):
                one = replace(one, z=z_score(one, self.company))
                if one.z >= self.company.shape.least_z:
                    self._take(one)
                    return True
        return False

    def _drawn(self, form: Form, account: int, patience: float) -> Happening | None:
        rng, shape = self.rng, self.company.shape
        ramp, hold = (int(rng.integers(low, high + 1)) for low, high in (form.ramp, form.hold))
        latest = shape.days - 1 - ramp - hold
        if latest <= shape.free_days:
            return None
        start = int(rng.integers(shape.free_days, latest + 1))
        one = Happening(
            form.kind,
            account,
            start,
            start + ramp + hold - 1,
            ramp,
            form.recovery,
            scaled(form, float(rng.uniform(0, 1 - patience)), shape),
            form.leading,
            curve=shape.physics.curve,
        )
        if ramp == 1:
            one = replace(one, end=start + hold - 1)
        if form.kind == "pacing_drift" and rng.random() < 0.5:
            one = replace(one, logs={"demand": float(np.log(rng.uniform(*AHEAD_OF_PLAN)))})
        if form.grain in {"query", "experiment"}:
            felt = start + ready_after(one.logs["lift"], hold) - 1 if form.grain == "experiment" else None
            return replace(one, item=self._next_item(form.grain), felt=felt)
        if form.grain == "segment":
            return replace(one, segment=int(account * shape.segments + rng.integers(shape.segments)))
        if form.strikes_accounts and rng.random() < ACCOUNT_SHARE:
            return one
        one = replace(one, campaign=int(account * shape.campaigns + rng.integers(shape.campaigns)))
        return replace(one, ad=int(rng.integers(shape.ads - 1))) if form.grain == "ad" else one

    def _next_item(self, grain: str) -> int:
        """Queries and experiments are taken one after the other; each happens once."""
        return sum(
            one.item is not None and (one.kind == "content_opportunity") == (grain == "query")
            for one in self.happenings
        )

    def _is_free(self, one: Happening, form: Form) -> bool:
        if one.item is not None:
            return True
        rows, days = self._rows(one), slice(one.start - REST, one.end + one.recovery + REST)
        if self.campaigns[rows, days].any():
            return False
        if one.segment is not None and self.segments[one.segment, days].any():
            return False
        hides = form.is_short or (one.campaign is None and one.segment is None)
        return not (hides and self.weather[one.account, one.start : min(one.end, one.start + 7) + 1].any())

    def _take(self, one: Happening) -> None:
        days = slice(one.start, one.end + one.recovery)
        if one.item is None:
            self.campaigns[self._rows(one), days] = True
        if one.segment is not None:
            self.segments[one.segment, days] = True
        self.happenings.append(one)

    def _rows(self, one: Happening) -> np.ndarray:
        """Campaigns whose figures it moves."""
        if one.campaign is not None:
            return np.array([one.campaign])
        if one.segment is None:
            return np.flatnonzero(self.company.account == one.account)
        return self.company.buyers(one.segment) if one.kind == "audience_decline" else np.array([], int)
