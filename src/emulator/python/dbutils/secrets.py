# SPDX-License-Identifier: Apache-2.0
"""dbutils.secrets: values come from the workspace, and are redacted in whatever the context shows from then on."""

import base64
from collections import namedtuple

from .java import IllegalArgumentException
from .manual import Documented
from ..host import HostError

SecretMetadata = namedtuple("SecretMetadata", "key")
SecretScope = namedtuple("SecretScope", "name")


class Secrets(Documented):
    """dbutils.secrets reads secrets of this workspace. Fetched values are shown as [REDACTED]."""

    _name = "dbutils.secrets"

    def __init__(self, host, redaction):
        self._host = host
        self._redaction = redaction

    def get(self, scope, key):
        """Returns a secret as a text."""
        return self._fetch(scope, key).decode("utf-8", "replace")

    def getBytes(self, scope, key):
        """Returns a secret as bytes."""
        return self._fetch(scope, key)

    def list(self, scope):
        """Lists the keys of a scope, without values."""
        found = self._ask("secrets/list", scope=_text("scope", scope))
        return [SecretMetadata(entry["key"]) for entry in found.get("secrets") or []]

    def listScopes(self):
        """Lists the scopes that you may see."""
        return [SecretScope(entry["name"]) for entry in self._ask("secrets/listScopes").get("scopes") or []]

    def _fetch(self, scope, key):
        scope, key = _text("scope", scope), _text("key", key)
        try:
            data = base64.b64decode(self._host.ask("secrets/get", scope=scope, key=key)["value"])
        except HostError as error:
            if error.code == "RESOURCE_DOES_NOT_EXIST":
                raise IllegalArgumentException(f"Secret does not exist with scope: {scope} and key: {key}") from None
            raise _refused(error) from None
        self._redaction.add(data)
        return data

    def _ask(self, call, **parameters):
        try:
            return self._host.ask(call, **parameters)
        except HostError as error:
            raise _refused(error) from None


def _refused(error):
    return IllegalArgumentException(f"{error.code}: {error.message}")


def _text(name, value):
    if not isinstance(value, str):
        raise TypeError(f"{name} must be a str, not {type(value).__name__}")
    return value
