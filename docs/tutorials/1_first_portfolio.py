# %% [markdown]
# # Your first portfolio in ten minutes
#
# You have a spreadsheet with three projects that end in one opening. It says who does what, for how long, and what comes first. Does the opening
# hold, and who has to look out?

# %%
from pathlib import Path
from tempfile import mkdtemp

import ipmo

sheet = """Project,ID,Activity,Owner,Duration (days),Predecessors,Deadline,Budget (£)
Library hall,H1,Clear the hall,Ana,10,,,20000
Library hall,H2,Rewire,Ben,15,H1,,90000
Library hall,H3,Paint,Ana,8,H2,,15000
Catalogue,C1,Choose the system,Cleo,20,,,5000
Catalogue,C2,Move the records,Cleo,30,C1,,60000
Opening,O1,Furniture,Dev,12,H3,,80000
Opening,O2,Train the staff,Dev,5,"C2,O1",,8000
Opening,O3,Doors open,Eve,0,O2,2026-03-20,
"""
folder = Path(mkdtemp())
_ = (folder / "plan.csv").write_text(sheet, encoding="utf-8")

# %% [markdown]
# ## What do the columns mean?
#
# The headings are looked at, and so are the cells. What is not certain is a doubt, for you to look over; `ipmo map plan.csv` does the same on the
# command line.

# %%
mapping = ipmo.propose_mapping(folder / "plan.csv")
for doubt in mapping.doubts:
    print("?", doubt)

# %%
pf = ipmo.read(folder / "plan.csv", mapping=mapping).evolve(name="Library", start="2026-01-05", status_date="2026-01-05")
pf.projects

# %% [markdown]
# ## When is everything?
#
# `commitment_float` is how many working days something can slip until a date that somebody stated is missed.

# %%
schedule = ipmo.schedule(pf)
schedule.table().select("id", "name", "start_date", "finish_date", "commitment_float", "critical")

# %% [markdown]
# ## Where do the projects wait for one another?

# %%
links = ipmo.critical_links(pf)
links

# %% [markdown]
# ## What if?
#
# Rewiring an old hall worries everybody, so let it take a week longer. And what if the records take a week longer, which nobody talks about?

# %%
from ipmo.changes import Delay

tried = ipmo.scenarios(pf, {"hall a week late": [Delay("Library hall/H2", "5 d")], "records a week late": [Delay("Catalogue/C2", "5 d")]})
tried

# %% [markdown]
# ## The finding

# %%
weak = schedule["Catalogue/C2"]
hall = schedule["Library hall/H2"]
assert tried["hall a week late"].breaks == () and tried["records a week late"].breaks == ("Opening/O3",)
finding = (
    f"The opening on 20 March holds with {weak.commitment_float:.0f} days to spare: Cleo's move of the records decides it. "
    f"The rewiring that everybody watches has {hall.commitment_float:.0f} days."
)
print(finding)

# %% [markdown]
# The page that a director gets is one call away: `pf.report()` shows it here, `pf.report().save("library.html")` writes it.
