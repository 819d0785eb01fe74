# %% [markdown]
# # How sure are we?
#
# A city builds a tram line. The line opens on 24 September, says the schedule; 29 October is what was committed to. One number each, and both
# hide the same question: how likely?

# %%
import ipmo

pf = ipmo.read("../../examples/city.yaml")
pf = pf.evolve("depot/supply", budget={"low": "2.6 M GBP", "likely": "3 M GBP", "high": "4.4 M GBP"})  # the grid operator's range
ipmo.schedule(pf)["tram/open"]

# %% [markdown]
# ## The whole portfolio at once, four thousand times
#
# Dates, costs and benefits are drawn together, so that what delays two projects delays them in the same sample. The same seed gives the same
# numbers on any machine.

# %%
sure = ipmo.simulate(pf, samples=4000, seed=1)
print(sure.explain("tram/open"))

# %%
sure.plot("fan")

# %% [markdown]
# ## P80s do not add
#
# Each project manager asks for enough money to be 80 % sure. Added up, that is more than the portfolio needs to be 80 % sure: not all go badly at
# once.

# %%
parts = ("tram", "ticketing", "depot")
single = [sure[name].costs.p(80) for name in parts]
together = sure["city"].costs.p(80)
added = sum(one.amount for one in single)
print(f"added up {added / 10**6:.2f} M, together {together.amount / 10**6:.2f} M")

# %% [markdown]
# ## What would make us surer?

# %%
sure.drivers("tram/open", most=5)

# %% [markdown]
# ## The finding

# %%
line = sure["tram/open"].dates
spare = (added - together.amount) / 10**3
finding = (
    f"We keep the committed opening in {line.sure * 20:.0f} of 20 futures, but the date of the schedule in {line.on_plan * 20:.0f} only. "
    f"Held centrally, the reserve for four futures of five is {spare:.0f} k GBP smaller than the sum of what the projects would each hold."
)
print(finding)
