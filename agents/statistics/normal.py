"""The figures of the normal distribution that several modules need."""

from typing import Final

Z80: Final = 1.2816
"""Standard errors on each side of which 80 % lie."""
Z95: Final = 1.96
"""The same for 95 %."""
FROM_MAD: Final = 1.4826
"""What a median absolute deviation is multiplied by to estimate the standard deviation (Hampel 1974)."""
