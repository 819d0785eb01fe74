"""Whether to decide now or to wait and see: small decision trees, rolled back in closed form, exactly.

A tree is made of amounts, choices, chances and times. Waiting costs what comes later, and is worth what is then known before the choice.

Source: Raiffa, Decision Analysis (1968), for rolling back; Dixit and Pindyck, Investment under Uncertainty (1994), chapter 2, for the value of waiting.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import attrs

from ipmo.plugin import Column, Shown, ShownAnswer, Table, UnitError

__all__ = ["Chance", "Choice", "Later", "Pay", "Rolled", "Tree", "WaitOrCommit", "rolled_back", "value_of_waiting"]

Number = int | float | str | Fraction
Amount = Number


def exact(number: Number) -> Fraction:
    """A number as it is written: 0.1 is one tenth."""
    return Fraction(str(number)) if isinstance(number, float) else Fraction(number)


@attrs.frozen(kw_only=True)
class Pay(Shown):
    """An amount, above 0 what comes in, below 0 what is spent; and what follows.

    Args:
        amount: in one unit of money throughout.
        then: what follows; nothing when left out.
    """

    amount: Amount
    then: Tree | None = None


@attrs.frozen(kw_only=True)
class Choice(Shown):
    """What somebody chooses: the option that is worth most, the first of equals.

    Args:
        options: name to what follows.
    """

    options: Mapping[str, Tree]

    def __attrs_post_init__(self) -> None:
        if not self.options:
            raise UnitError("a choice has no option; name one at least")


@attrs.frozen(kw_only=True)
class Chance(Shown):
    """What nobody chooses.

    Args:
        outcomes: name to its probability and what follows; probabilities sum to 1.
    """

    outcomes: Mapping[str, tuple[Number, Tree]]

    def __attrs_post_init__(self) -> None:
        shares = [exact(share) for share, _ in self.outcomes.values()]
        if any(share < 0 for share in shares) or sum(shares) != 1:
            raise UnitError(
                f"probabilities of {', '.join(self.outcomes) or 'nothing'} sum to {float(sum(shares)):.6g}; write shares that sum to 1"
            )


@attrs.frozen(kw_only=True)
class Later(Shown):
    """What comes after some time.

    Args:
        periods: how many.
        then: what comes.
    """

    periods: int = 1
    then: Tree

    def __attrs_post_init__(self) -> None:
        if self.periods < 0:
            raise UnitError(f"{self.periods} periods later is earlier; write 0 or more")


Tree = Pay | Choice | Chance | Later


@attrs.frozen(kw_only=True)
class Rolled(ShownAnswer):
    """The answer of `rolled_back`.

    Args:
        value: expected present value of the best policy, exactly.
        policy: what is chosen where, by the names on the way there (`wait / high`); at the top the way is empty.
        least: the present value in the worst case under that policy.
        most: in the best case.
    """

    value: Fraction
    policy: Mapping[str, str]
    least: Fraction
    most: Fraction

    def table(self) -> Table:
        """One row a choice: where, choose."""
        return Table([Column("where", "str", [way or "now" for way in self.policy]), Column("choose", "str", list(self.policy.values()))])

    def __repr__(self) -> str:
        first = f"; first {self.policy['']}" if "" in self.policy else ""
        return f"<Rolled: {float(self.value):,.10g} expected, {float(self.least):,.10g} to {float(self.most):,.10g}{first}>"


def rolled_back(tree: Tree, rate: Number = 0) -> Rolled:
    """The value of a decision tree from its ends back to its root: means at chances, the best at choices, times discounted.

    Args:
        tree: the tree.
        rate: discount a period, as a share.

    Raises:
        UnitError: the rate is -1 or less.

    >>> launch = Chance(outcomes={"good": (0.6, Pay(amount=200)), "poor": (0.4, Pay(amount=90))})
    >>> upgrade = Chance(outcomes={"good": (0.6, Pay(amount=120)), "poor": (0.4, Pay(amount=60))})
    >>> rolled_back(Choice(options={"build": Pay(amount=-120, then=launch), "upgrade": Pay(amount=-50, then=upgrade)}))
    <Rolled: 46 expected, 10 to 70; first upgrade>
    """
    growth = 1 + exact(rate)
    if growth <= 0:
        raise UnitError(f"a rate of {float(exact(rate)):.4g} a period leaves nothing of what comes later; write more than -1")
    return _rolled(tree, growth, ())


def _rolled(tree: Tree | None, growth: Fraction, way: tuple[str, ...]) -> Rolled:
    if tree is None:
        return Rolled(value=Fraction(0), policy={}, least=Fraction(0), most=Fraction(0))
    if isinstance(tree, Pay):
        rest, amount = _rolled(tree.then, growth, way), exact(tree.amount)
        return Rolled(value=amount + rest.value, policy=rest.policy, least=amount + rest.least, most=amount + rest.most)
    if isinstance(tree, Later):
        rest, by = _rolled(tree.then, growth, way), growth**tree.periods
        return Rolled(value=rest.value / by, policy=rest.policy, least=rest.least / by, most=rest.most / by)
    if isinstance(tree, Choice):
        found = {name: _rolled(one, growth, (*way, name)) for name, one in tree.options.items()}
        name = max(found, key=lambda one: found[one].value)  # the first of equals
        best = found[name]
        return Rolled(value=best.value, policy={" / ".join(way): name, **best.policy}, least=best.least, most=best.most)
    rows = [(exact(share), _rolled(one, growth, (*way, name))) for name, (share, one) in tree.outcomes.items()]
    policy = {place: chosen for _, one in rows for place, chosen in one.policy.items()}
    may = [one for share, one in rows if share]
    value = sum((share * one.value for share, one in rows), Fraction(0))
    return Rolled(value=value, policy=policy, least=min(one.least for one in may), most=max(one.most for one in may))


@attrs.frozen(kw_only=True)
class WaitOrCommit(ShownAnswer):
    """The answer of `value_of_waiting`.

    Args:
        now: deciding now, without what waiting would tell.
        later: waiting, then deciding by what is known.
        worth: what waiting is worth beside the best that can be done now, with doing nothing among it; below 0 where it costs more than it tells.
        cost: what only the delay costs: the value of deciding now as it would be after the wait, and without what is learned.
    """

    now: Rolled
    later: Rolled
    worth: Fraction
    cost: Fraction

    @property
    def known(self) -> Fraction:
        """What knowing before choosing is worth, the cost of the delay apart: worth and cost together."""
        return self.worth + self.cost

    @property
    def waits(self) -> bool:
        """Waiting is worth more than deciding now."""
        return self.worth > 0

    def table(self) -> Table:
        """One row a figure: figure, value."""
        figures = {
            "decide now": self.now.value,
            "wait": self.later.value,
            "what is learned": self.known,
            "what the delay costs": self.cost,
            "value of waiting": self.worth,
        }
        return Table([Column("figure", "str", list(figures)), Column("value", "float", [float(one) for one in figures.values()])])

    def __repr__(self) -> str:
        verb = "wait" if self.waits else "decide now"
        return f"<WaitOrCommit: {verb}; worth {float(self.worth):,.10g}: {float(self.known):,.10g} learned, {float(self.cost):,.10g} lost by the delay>"


def value_of_waiting(
    invest: Number, outcomes: Mapping[str, tuple[Number, Number]], *, rate: Number = 0, periods: int = 1, missed: Number = 0
) -> WaitOrCommit:
    """Whether to commit now, or to wait until it is known which outcome comes and commit only where that pays.

    Deciding now: the mean of the outcomes less what is invested, or nothing where that is below 0. Waiting: of each outcome what it brings less what is
    invested, or nothing, discounted by the wait.

    Args:
        invest: what committing costs, when it is done.
        outcomes: name to its probability, and what it brings in all, valued at the day of the commitment, whichever that is.
        rate: discount a period, as a share.
        periods: how long the wait is.
        missed: what only committing now brings beside that, in money of today: a benefit of the time until then.

    Raises:
        UnitError: probabilities do not sum to 1, or the wait is shorter than nothing.

    >>> widget = value_of_waiting(1600, {"up": (0.5, 3300), "down": (0.5, 1100)}, rate=0.1)
    >>> float(widget.now.value), round(float(widget.later.value), 1), round(float(widget.worth), 1)
    (600.0, 772.7, 172.7)
    """
    spent, lost = exact(invest), exact(missed)

    def commit(tree: Tree) -> Choice:
        return Choice(options={"commit": Pay(amount=-spent, then=tree), "leave it": Pay(amount=0)})

    mean = Chance(outcomes={name: (share, Pay(amount=brings)) for name, (share, brings) in outcomes.items()})
    told = Chance(outcomes={name: (share, commit(Pay(amount=brings))) for name, (share, brings) in outcomes.items()})
    growth = 1 + exact(rate)
    now, later = rolled_back(commit(Pay(amount=lost, then=mean)), rate), rolled_back(Later(periods=periods, then=told), rate)
    blind = (
        max(sum((exact(share) * exact(brings) for share, brings in outcomes.values()), Fraction(0)) - spent, Fraction(0)) / growth**periods
    )
    return WaitOrCommit(now=now, later=later, worth=later.value - now.value, cost=now.value - blind)
