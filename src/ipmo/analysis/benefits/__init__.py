"""What the change brings, whom it is due to, what its delay costs, and what serves which objective."""
