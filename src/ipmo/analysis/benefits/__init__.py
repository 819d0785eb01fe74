"""What the change brings, who may claim it, what its delay costs, and what serves which objective."""
