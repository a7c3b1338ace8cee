# SPDX-License-Identifier: Apache-2.0
"""What runs inside the python3 of an execution context."""
