"""Three ways to build it wrong, kept so that the tests are tested: each must be caught."""


def apply(mutant: str) -> None:
    """Make this process one of them; "" leaves it as it is."""
    del mutant
