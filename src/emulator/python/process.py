# SPDX-License-Identifier: Apache-2.0
"""The driver as a process: what it may see of our environment, where it works, and how it starts anew."""

import json
import os
import shutil
import signal
import sys

# What user code sees of our environment: none of our user's secrets.
_ENVIRONMENT = {
    "PATH", "HOME", "USER", "LANG", "LC_ALL", "TMPDIR", "TZ", "XDG_CACHE_HOME", "MPLBACKEND", "LD_LIBRARY_PATH",
    "LD_PRELOAD", "TROWEL_ROOT", "DATABRICKS_RUNTIME_VERSION",
}  # fmt: skip
_OURS = {"LD_PRELOAD", "TROWEL_ROOT"}  # without these, code sees no paths of the workspace
# As the emulator starts it: the configuration is a file, because everybody on the machine may read arguments.
_CONFIGURATION_FD = 4
_BOOTSTRAP = (
    "import os, sys; sys.path.insert(0, sys.argv[1]); from trowel_cluster.driver import main; "
    f"main(os.fdopen({_CONFIGURATION_FD}, encoding='utf-8').read())"
)

_environment = {}


def settle():
    """Leaves of the environment what user code may see. Limits are the keeper's to set (keeper/main.cpp)."""
    for name in set(os.environ) - _ENVIRONMENT:
        del os.environ[name]
    _environment.update(os.environ)


def enter(configuration):
    """Environment, working directory and module search path as a cluster has them for this code."""
    _take_variables(configuration.get("cluster") or {})
    # User code must not see our folder in its search path; the package itself stays importable.
    del sys.path[0]
    work = configuration.get("cwd")
    if work:
        work = _seen(work, configuration)
        os.chdir(work)
    sys.path[0] = work or os.getcwd()
    sys.path[1:1] = list(configuration.get("sysPath") or [])
    if os.path.isdir(_libraries(configuration)):  # of the time before a restart
        sys.path.insert(1, _libraries(configuration))
    sys.argv = [""]


def _take_variables(cluster):
    """The cluster's own, which may name others, as its shell would read them."""
    if cluster.get("runtime"):
        os.environ["DATABRICKS_RUNTIME_VERSION"] = cluster["runtime"]
    for name, value in (cluster.get("environment") or {}).items():
        if name and "=" not in name and "\0" not in name + value and name not in _OURS:
            os.environ[name] = os.path.expandvars(value)


def _seen(path, configuration):
    """A path of user code as this process can open it, also where nothing translates it."""
    return path if os.path.isdir(path) else (configuration.get("root") or "") + path


def _libraries(configuration):
    return os.path.join(os.path.dirname(configuration["tables"]), "work", ".libraries", str(os.getpid()))


def libraries(configuration):
    """The folder for what %pip installs: of this context only. Those of contexts that are gone are removed."""
    own = _libraries(configuration)
    parent = os.path.dirname(own)
    os.makedirs(own, exist_ok=True)
    for pid in os.listdir(parent):
        if not os.path.exists(f"/proc/{pid}"):
            shutil.rmtree(os.path.join(parent, pid), ignore_errors=True)
    return own


def start_anew(channel, configuration):
    """The same process with a new Python: nothing of the old one's state is left."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # until the new driver can take it
    channel.hand_over()
    modules = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    work = os.path.join(os.path.dirname(configuration["tables"]), "work")
    if os.path.isdir(work):
        os.chdir(work)
    file = os.memfd_create("configuration")
    with os.fdopen(os.dup(file), "w", encoding="utf-8") as stream:
        json.dump(configuration, stream)
    os.lseek(file, 0, os.SEEK_SET)
    os.dup2(file, _CONFIGURATION_FD, inheritable=True)
    arguments = [sys.executable, "-E", "-B", "-c", _BOOTSTRAP, modules]
    os.execve(sys.executable, arguments, _environment)
