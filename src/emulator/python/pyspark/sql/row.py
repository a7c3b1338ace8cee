# SPDX-License-Identifier: Apache-2.0
from trowel_cluster.sql.row import Row

__all__ = ["Row"]
