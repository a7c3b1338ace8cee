# SPDX-License-Identifier: Apache-2.0
"""What runs inside the python3 of an execution context."""

import sys

# Our own modules may be kept compiled, beside them; user code's are not, since that would litter the workspace.
sys.dont_write_bytecode = False
