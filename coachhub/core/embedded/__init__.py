"""A PostgreSQL server of our own in a folder, for trials and tests.

Nothing else may depend on where its programs come from: use `Cluster`.
"""

from coachhub.core.embedded.binaries import Binaries
from coachhub.core.embedded.cluster import FAST_AND_LOSABLE, Cluster, Role
from coachhub.core.embedded.errors import ClusterError

__all__ = ["FAST_AND_LOSABLE", "Binaries", "Cluster", "ClusterError", "Role"]
