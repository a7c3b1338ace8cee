# SPDX-License-Identifier: Apache-2.0
"""dbutils.data and dbutils.credentials: small, and rarely asked for."""

from .java import java_error
from .manual import Documented


class Data(Documented):
    """dbutils.data helps to understand data."""

    _name = "dbutils.data"

    def __init__(self, display):
        self._display = display

    def summarize(self, df, precise=False):
        """Displays count, mean, extremes and quartiles of every column."""
        self._display(df.summary() if hasattr(df, "summary") else df.describe(include="all").reset_index())


class Credentials(Documented):
    """dbutils.credentials works with credential passthrough, which this workspace does not have."""

    _name = "dbutils.credentials"

    def assumeRole(self, role):
        """Sets the role ARN to assume."""
        raise _disabled("assumeRole")

    def showCurrentRole(self):
        """Shows the role that is set."""
        raise _disabled("showCurrentRole")

    def showRoles(self):
        """Shows the roles that you may assume."""
        raise _disabled("showRoles")


def _disabled(call):
    return java_error(call, "java.lang.IllegalStateException: Credential passthrough is not enabled on this cluster")
