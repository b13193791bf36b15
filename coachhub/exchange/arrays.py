"""Names for the arrays that the engine passes around."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer[Any]]
Steps = NDArray[np.int32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
