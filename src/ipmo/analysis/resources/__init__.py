"""People and machines against what there is of them."""
