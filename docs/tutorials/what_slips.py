"""Move a slider, see what slips: `pip install marimo`, then `marimo run docs/tutorials/what_slips.py` or `marimo edit`."""

import marimo

app = marimo.App(width="medium", app_title="What slips?")


@app.cell
def _():
    from pathlib import Path

    import marimo as mo

    import ipmo
    from ipmo.changes import Delay

    here = Path(__file__).resolve().parent if "__file__" in globals() else Path()
    pf = ipmo.read(here.parent.parent / "examples" / "city.yaml")
    return Delay, ipmo, mo, pf


@app.cell
def _(mo, pf):
    work = {
        f"{task.name} ({project.name})": f"{project.id}/{task.id}"
        for project in pf.projects
        for task in project.tasks
        if not task.finished and not task.milestone
    }
    item = mo.ui.dropdown(work, value=next(name for name, id in work.items() if id == "ticketing/validators"), label="What is late?")
    days = mo.ui.slider(0, 120, step=5, value=40, label="by how many working days?", show_value=True, full_width=True)
    mo.vstack([mo.md("# What slips?"), item, days])
    return days, item


@app.cell
def _(Delay, days, ipmo, item, mo, pf):
    found = ipmo.scenarios(pf, {f"{days.value} days later": [Delay(item.value, f"{days.value} d")]} if days.value else {})
    row = found[-1]
    said = (
        f"**{', '.join(row.breaks)} breaks.**"
        if row.breaks
        else "**Nothing breaks that is kept today.**"
        if not row.refused
        else f"**It cannot be tried: {row.refused}**"
    )
    mo.vstack([mo.md(said), found])
    return (row,)


@app.cell
def _(Delay, days, ipmo, item, mo, pf, row):
    moved = None if row.refused or not days.value else ipmo.what_if(pf, Delay(item.value, f"{days.value} d"))
    mo.md("No date moves.") if moved is None or not moved.dates else moved
    return


if __name__ == "__main__":
    app.run()
