# SPDX-License-Identifier: Apache-2.0
"""Storage levels: names only, nothing is cached."""


class StorageLevel:
    def __init__(self, name):
        self._name = name

    def __repr__(self):
        return f"StorageLevel({self._name})"


for _name in ("DISK_ONLY", "MEMORY_ONLY", "MEMORY_AND_DISK", "MEMORY_AND_DISK_DESER", "OFF_HEAP", "NONE"):
    setattr(StorageLevel, _name, StorageLevel(_name))
