"""The logger of this package. It is made once the program has imported `logging`."""

from logging import NullHandler, getLogger

logger = getLogger("pgai")
# A library prints nothing where the program has not asked for it.
logger.addHandler(NullHandler())
