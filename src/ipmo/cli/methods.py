"""The verbs on methods and their plugins: what is installed, a new one, gates, another method's words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import click

import ipmo
from ipmo.cli.shell import (
    TableVerb,
    Verb,
    answer,
    emit,
    json_option,
    main,
    out_option,
    plain_rows,
    portfolio_argument,
    say,
    say_none,
    view_of,
)

if TYPE_CHECKING:
    from ipmo.methods.contract import Scope
    from ipmo.methods.registry import Plugin

__all__: list[str] = []


class _Plugins(click.Group):
    """`ipmo plugins` lists, `ipmo plugins NAME` says all about one, `ipmo plugins new NAME` makes one."""

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        """Anything that is no subcommand is the name of a plugin."""
        if args and args[0] not in self.commands:
            return "show", self.commands["show"], args
        return super().resolve_command(ctx, args)


@main.group(cls=_Plugins, invoke_without_command=True)
@json_option
@click.pass_context
def plugins(ctx: click.Context, as_json: bool) -> None:
    """List installed plugins; show everything about one (`ipmo plugins NAME`); make one (`ipmo plugins new NAME`)."""
    if ctx.invoked_subcommand is None:
        _listed(None, as_json)


@plugins.command(cls=Verb, hidden=True)
@click.argument("name")
@json_option
def show(name: str, as_json: bool) -> None:
    """Show everything about the plugin called NAME."""
    _listed(name, as_json)


def _listed(name: str | None, as_json: bool) -> None:
    from ipmo.desk import installed

    registry = installed()
    rows = list(registry.listing())
    if name is not None:
        rows = [registry.listing()[name]]
    if as_json:
        emit([attrs.asdict(row) for row in rows])
        return
    for row in rows:
        say(f"{row.name}: {f'{row.distribution} {row.version}'.strip()}, {row.status}\n  {row.error or row.declares}")
    if name is None and all(plugin.built_in for plugin in registry.plugins):
        say("no other plugins are installed; try: pip install ipmo-p3o ipmo-mop ipmo-agile ipmo-govs")
    for plugin in registry.plugins if name is not None else ():
        if plugin.name == name:
            _declarations(plugin)


def _declarations(plugin: Plugin) -> None:
    """All that one plugin declares, one line each."""
    for rule in plugin.everything(ipmo.plugin.Check):
        say(f"  {rule.code}{f' ({rule.rule})' if rule.rule else ''}: {rule.title} [{rule.source}]")
    for asked in plugin.everything(ipmo.plugin.Question):
        say(f"  ipmo ask {asked.name}: {asked.title} [{asked.source}]")
    for method in plugin.of(ipmo.plugin.Methodology):
        for gate in method.gates:
            say(f"  gate {gate.name}: {gate.title}; requires {', '.join((*gate.evidence, *gate.checks)) or 'nothing named'}")
        for right in method.decision_rights:
            say(f"  right to {right.name}: {right.title}; {right.held_by or right.level}")
        for profile in method.profiles:
            say(f"  profile {profile.name}: {profile.title}; without {', '.join(profile.without)}")
    if plugin.trace:
        say(plugin.trace)


@plugins.command(cls=Verb)
@click.argument("name")
@click.option(
    "--into", type=click.Path(file_okay=False), default=".", metavar="FOLDER", help="Where the new folder goes; here when left out."
)
def new(name: str, into: str) -> None:
    """Make a new adapter called NAME: a package that can be installed, with its tests."""
    from ipmo.testing.template import make_adapter

    folder = make_adapter(name, Path(into))
    say(f"made {folder}; next:\n  pip install -e {folder}\n  python -m pytest {folder}\n  ipmo plugins {name}")


@main.command(cls=TableVerb)
@portfolio_argument
@json_option
def gates(path: str, as_json: bool) -> None:
    """Every gate: whether its evidence is there, what speaks against it, and who may decide it."""
    found, view = ipmo.gates(path), view_of()
    if as_json or view.sort is not None:
        answer(found.table(), as_json)
        return
    shown = [row for row in found if view.about(row.item)][: view.top]
    if not len(found):
        say("the portfolio has no gates")
    elif not shown:
        say_none()
    for row in shown:
        say(found.explain(row.item))


@main.command(cls=Verb)
@portfolio_argument
@click.option("--to", required=True, metavar="METHOD", help="The method whose words are wanted.")
@click.option("--scope", type=click.Choice(["portfolio", "offices", "programme", "project"]), help="Which scope changes its method.")
@out_option
@json_option
def translate(path: str, to: str, scope: Scope | None, out: str | None, as_json: bool) -> None:
    """Say a portfolio in the words of another method, and what does not fit into them. --out writes it."""
    found = ipmo.translate(path, to=to, scope=scope)
    if out is not None:
        ipmo.write(found.portfolio, out)
    if as_json:
        emit(plain_rows(found.table()), lost=plain_rows(found.lost()))
        return
    answer(found.table(), False)
    say()
    answer(found.lost(), False, [repr(found)[1:-1] + (f"; written to {out}" if out else "")])
