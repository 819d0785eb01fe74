# %% [markdown]
# # A government's portfolio
#
# The UK publishes its major projects every year: whole-life cost, end date, and how confident an independent reviewer is. Two years side by side
# look easy. They are not: projects come and go, cells are withheld, and the scale of confidence changed in between.

# %%
import ipmo

before = ipmo.read("../../examples/gmpp-2021.yaml")
now = ipmo.read("../../examples/gmpp-2022.yaml")
now

# %% [markdown]
# ## The tempting sum

# %%
totals = {year: ipmo.roll_up(pf, "budget").total for year, pf in (("2021", before), ("2022", now))}
for year, total in totals.items():
    print(year, total)

# %% [markdown]
# It fell by 48 billion, says the difference. But each total says how many budgets it knows, and they are not of the same projects.

# %%
changed = ipmo.compare(before, now)
changed

# %% [markdown]
# ## Like for like

# %%
budgets = changed.of("budget")
grown = sum(one.change for one in budgets)
print(f"{len(changed.stayed)} projects are in both years; of those known in both, budgets grew by {grown / 1e9:.1f} bn")

# %% [markdown]
# ## Who publishes what
#
# One department's part of the whole is a portfolio of its own.

# %%
defence = now.select(department="MOD")
print(ipmo.roll_up(defence, "budget").total)
now.projects.where(department="MOD")

# %%
ipmo.roll_up(now, "budget", by="department")

# %% [markdown]
# ## Confidence
#
# The older scale had five ratings, the newer has three. A rating is read on the shorter one, and the answer says how often that lost something.

# %%
red = [project for project in now.projects if any(one.rating == "red" for one in project.confidence)]
worse = [one for one in changed.of("confidence") if one.change is not None and one.change > 0]
print(len(red), "red,", len(worse), "rated worse than a year before")
for note in changed.notes:
    print(note)

# %% [markdown]
# ## The finding

# %%
unknown = totals["2022"].total - totals["2022"].known
fell = float(totals["2021"].value.amount - totals["2022"].value.amount) / 1e9
finding = (
    f"The portfolio did not shrink by {fell:.0f} billion pounds: like for like it grew by {grown / 1e9:.1f}. "
    f"{len(red)} projects are rated red, {len(worse)} worse than a year ago, and {unknown} of {len(now.projects)} budgets are not published."
)
print(finding)
