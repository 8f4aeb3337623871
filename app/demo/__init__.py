"""The demo company: a simulated market that reacts to what is executed."""
