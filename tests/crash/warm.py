"""What processes of the company are forked from: everything loaded, and nothing of it looked through as garbage again.

Without that each process, when its own garbage is collected, looks through and thereby copies all it was born with,
which took two fifths of its time.
"""

import gc

from tests.crash import life

__all__ = ["life"]

gc.collect()
gc.freeze()
