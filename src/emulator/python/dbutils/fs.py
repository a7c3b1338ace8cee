# SPDX-License-Identifier: Apache-2.0
"""dbutils.fs over the trees on disk: DBFS, volumes, workspace files and the machine's own files."""

import os
import re
import shutil
from collections import namedtuple

from .java import fs_error
from .manual import Documented

_TREES = ("/dbfs", "/Volumes", "/Workspace")
_MOUNTS = {
    "/": "DatabricksRoot",
    "/databricks-datasets": "databricks-datasets",
    "/databricks-results": "databricks-results",
    "/databricks/mlflow-registry": "databricks/mlflow-registry",
    "/databricks/mlflow-tracking": "databricks/mlflow-tracking",
    "/Volumes": "UnityCatalogVolumes",
}

MountInfo = namedtuple("MountInfo", "mountPoint source encryptionType")


class FileInfo(namedtuple("FileInfo", "path name size modificationTime")):
    """`modificationTime` is in milliseconds since 1970."""

    __slots__ = ()

    def isDir(self):
        return self.path.endswith("/")

    def isFile(self):
        return not self.isDir()

    @property
    def __fields__(self):
        return list(self._fields)


class Paths:
    """Between the addresses that user code writes and the files they stand for, which lie beneath `root`."""

    def __init__(self, root=""):
        self._root = root

    def local(self, path, call="ls"):
        return self.real(self.plain(path, call))

    def real(self, path):
        """A path as user code would open it -> where its file is."""
        if self._root and path.startswith(_TREES) and (path + "/").startswith(tuple(tree + "/" for tree in _TREES)):
            return self._root + path
        return path

    @staticmethod
    def plain(path, call="ls"):
        """The path with which open() reads what the address names."""
        if not isinstance(path, str) or not path:
            raise fs_error(call, "java.lang.IllegalArgumentException: Can not create a Path from an empty string")
        found = re.match(r"([A-Za-z][\w+.-]*):(.*)", path, re.DOTALL)
        scheme, rest = (found.group(1), found.group(2)) if found else ("", path)
        if rest.startswith("//"):
            rest = re.sub(r"^/+", "/", rest)
        if not rest.startswith("/"):
            if scheme:
                raise fs_error(
                    call,
                    "java.lang.IllegalArgumentException: java.net.URISyntaxException: Relative path in absolute URI: " + path,
                )
            rest = "/" + rest
        if scheme in ("", "dbfs"):
            clean = os.path.normpath(rest)
            own = clean.split("/")[1] in ("Volumes", "Workspace") if clean != "/" else False
            return clean if own else ("/dbfs" + clean).rstrip("/")
        if scheme == "file":
            return os.path.normpath(rest)
        raise fs_error(call, f'org.apache.hadoop.fs.UnsupportedFileSystemException: No FileSystem for scheme "{scheme}"')

    @staticmethod
    def address(plain):
        """The inverse of plain()."""
        if plain == "/dbfs" or plain.startswith("/dbfs/"):
            return "dbfs:" + (plain[5:] or "/")
        return ("dbfs:" if plain.startswith("/Volumes") else "file:") + plain


class FileSystem(Documented):
    """dbutils.fs works with files: dbfs:/ (also what has no scheme), /Volumes, /Workspace and file:/ paths."""

    _name = "dbutils.fs"

    def __init__(self, root=""):
        self._paths = Paths(root)

    def ls(self, dir):
        """Lists the contents of a directory."""
        plain, local = self._existing(dir, "ls")
        if not os.path.isdir(local):
            return [self._info(plain, local)]
        return [self._info(f"{plain}/{name}", f"{local}/{name}") for name in sorted(os.listdir(local))]

    def cp(self, from_, to, recurse=False):
        """Copies a file, or with recurse=True a directory, possibly across file systems."""
        plain, local = self._existing(from_, "cp")
        target = self._target(to, plain, "cp")
        if os.path.isdir(local):
            if not recurse:
                raise fs_error("cp", f"java.io.IOException: Cannot copy directory {from_} unless recurse is set to true")
            self._guarded("cp", to, lambda: shutil.copytree(local, self._paths.local(to, "cp"), dirs_exist_ok=True))
        else:
            self._guarded("cp", to, lambda: _copy(local, target))
        return True

    def mv(self, from_, to, recurse=False):
        """Moves a file, or with recurse=True a directory, possibly across file systems."""
        self._refuse_roots(from_, "mv")
        plain, local = self._existing(from_, "mv")
        if os.path.isdir(local) and not recurse:
            raise fs_error("mv", f"java.io.IOException: Cannot move directory {from_} unless recurse is set to true")
        self.cp(from_, to, recurse)
        return self.rm(from_, recurse)

    def rm(self, dir, recurse=False):
        """Removes a file or directory; false where there is none."""
        self._refuse_roots(dir, "rm")
        local = self._paths.local(dir, "rm")
        if not os.path.lexists(local):
            return False
        if not os.path.isdir(local) or os.path.islink(local):
            self._guarded("rm", dir, lambda: os.remove(local))
        elif recurse:
            self._guarded("rm", dir, lambda: shutil.rmtree(local))
        elif os.listdir(local):
            raise fs_error("rm", f"java.io.IOException: Directory {dir} is not empty. Use recurse=True to delete it.")
        else:
            self._guarded("rm", dir, lambda: os.rmdir(local))
        return True

    def mkdirs(self, dir):
        """Creates a directory and its parents where they are missing."""
        local = self._paths.local(dir, "mkdirs")
        self._guarded("mkdirs", dir, lambda: os.makedirs(local, exist_ok=True))
        return True

    def put(self, file, contents, overwrite=False):
        """Writes a text, encoded in UTF-8, to a file."""
        local = self._paths.local(file, "put")
        if os.path.exists(local) and not overwrite:
            address = self._paths.address(self._paths.plain(file, "put"))
            raise fs_error("put", f"java.nio.file.FileAlreadyExistsException: {address}")
        data = contents.encode("utf-8")
        self._guarded("put", file, lambda: _write(local, data))
        print(f"Wrote {len(data)} bytes.")
        return True

    def head(self, file, maxBytes=65536):
        """Returns up to maxBytes bytes of a file as a text in UTF-8."""
        _, local = self._existing(file, "head")
        if os.path.isdir(local):
            raise fs_error("head", f"java.lang.IllegalArgumentException: Cannot head a directory: {file}")
        with open(local, "rb") as stream:
            data = stream.read(maxBytes)
        if os.path.getsize(local) > maxBytes:
            print(f"[Truncated to first {maxBytes} bytes]")
        return data.decode("utf-8", "replace")

    def mounts(self):
        """Lists what is mounted in DBFS."""
        return [MountInfo(point, source, "") for point, source in _MOUNTS.items()]

    def mount(self, source, mount_point, encryption_type="", owner=None, extra_configs=None):
        """Mounts object storage; workspaces without mounts, as this one, refuse it."""
        raise _mounts_disabled("mount")

    def updateMount(self, source, mount_point, encryption_type="", owner=None, extra_configs=None):
        """Changes a mount; refused here."""
        raise _mounts_disabled("updateMount")

    def unmount(self, mount_point):
        """Removes a mount; refused here."""
        raise _mounts_disabled("unmount")

    def refreshMounts(self):
        """Makes all machines of the cluster read the list of mounts anew."""
        return True

    def _refuse_roots(self, path, call):
        """The roots of the trees, and the places of homes, catalogs, schemas and volumes, are nobody's to remove."""
        names = self._paths.plain(path, call).strip("/").split("/")
        shared = names[0] == "Workspace" and names[1:] in ([], ["Users"], ["Shared"], ["Repos"])
        if shared or names in ([""], ["dbfs"]) or names[0] == "Volumes" and len(names) <= 4:
            raise fs_error(call, f"java.nio.file.AccessDeniedException: {path}: The root cannot be deleted.")

    def _existing(self, path, call):
        plain = self._paths.plain(path, call)
        local = self._paths.real(plain)
        if not os.path.exists(local):
            raise fs_error(call, f"java.io.FileNotFoundException: No such file or directory {self._paths.address(plain)}")
        return plain, local

    def _target(self, to, source, call):
        local = self._paths.local(to, call)
        into = to.endswith("/") or os.path.isdir(local)
        return os.path.join(local, os.path.basename(source)) if into else local

    def _info(self, plain, local):
        status = os.stat(local) if os.path.exists(local) else os.lstat(local)
        directory = os.path.isdir(local)
        name = os.path.basename(plain) + ("/" if directory else "")
        address = self._paths.address(os.path.normpath(plain)) + ("/" if directory else "")
        return FileInfo(address, name, 0 if directory else status.st_size, status.st_mtime_ns // 1_000_000)

    def _guarded(self, call, path, action):
        try:
            return action()
        except OSError as error:
            kind = {
                "FileExistsError": "org.apache.hadoop.fs.FileAlreadyExistsException",
                "FileNotFoundError": "java.io.FileNotFoundException",
                "NotADirectoryError": "org.apache.hadoop.fs.ParentNotDirectoryException",
                "PermissionError": "java.nio.file.AccessDeniedException",
            }.get(type(error).__name__, "java.io.IOException")
            raise fs_error(call, f"{kind}: {path}: {error.strerror}") from None


def _mounts_disabled(call):
    return fs_error(
        call,
        "java.rmi.RemoteException: com.databricks.api.base.DatabricksServiceException: FEATURE_DISABLED: DBFS mounts are "
        "disabled in this workspace. Use volumes instead.",
    )


def _copy(source, target):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    shutil.copyfile(source, target)


def _write(target, data):
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "wb") as stream:
        stream.write(data)
