"""A labelled world: several accounts of campaigns with known incidents and known decoys, for benchmarks.

It knows nothing of the agents and shares no code with the demo company. Everything is drawn from a seed; everything
leaves through the tables of the public contract, with the day on which each version of a row became known.
"""

from tests.bench.world.incidents import Happening
from tests.bench.world.shape import HARD, MODES, NORMAL, QUIET, VARIED, Shape
from tests.bench.world.world import World, build

__all__ = ["HARD", "MODES", "NORMAL", "QUIET", "VARIED", "Happening", "Shape", "World", "build"]
