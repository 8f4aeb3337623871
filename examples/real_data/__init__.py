"""Public data sets as tables of the contract, one module each. Nothing is made up: what a set lacks stays empty."""
