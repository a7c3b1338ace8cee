# SPDX-License-Identifier: Apache-2.0
"""Tasks of jobs that are no notebooks: a Python file, and an entry point of wheels."""

import configparser
import importlib
import io
import linecache
import os
import sys
import tempfile
import zipfile

from . import dbutils, errors, results


def run(driver, request):
    """What the program printed; an error has that as its output."""
    try:
        (run_file if request["kind"] == "file" else run_wheel)(driver, request)
    except (dbutils.NotebookExit, dbutils.Restart):
        raise
    except BaseException as error:  # whatever user code raises, SystemExit included
        return {**errors.any_error(error), "output": driver.output.logs()}
    return results.text(driver.output.logs())


def run_file(driver, request):
    """Runs a file as __main__, with its folder first on the search path."""
    paths = driver.session.paths
    seen = paths.plain(request["path"])
    local = seen if os.path.exists(seen) else paths.real(seen)
    with open(local, "rb") as file:
        code = file.read()
    linecache.lazycache(seen, {"__name__": "__main__"})
    folder = os.path.dirname(seen)
    sys.path[0] = folder if os.path.isdir(folder) else os.path.dirname(local)
    if not driver.configuration.get("cwd"):
        os.chdir(sys.path[0])
    driver.main.__dict__["__file__"] = seen
    _as_program([seen, *request.get("parameters", [])], lambda: exec(compile(code, seen, "exec"), driver.main.__dict__))
    driver.outbox.collect_figures()


def run_wheel(driver, request):
    """Calls an entry point of the wheels' metadata, or else the package's function of that name."""
    paths = driver.session.paths
    for wheel in request["wheels"]:
        _unpack(wheel if os.path.exists(wheel) else paths.local(wheel))
    package, name = request["package"], request["entry_point"]
    target = _entry_point(package, name)
    parameters = list(request.get("parameters") or [])
    parameters += [f"--{key}={value}" for key, value in (request.get("named_parameters") or {}).items()]
    _as_program([package, *map(str, parameters)], target)
    driver.outbox.collect_figures()


def _as_program(arguments, function):
    """With its own sys.argv; leaving by sys.exit(0) is no failure."""
    sys.argv = arguments
    try:
        function()
    except SystemExit as end:
        if end.code not in (None, 0):
            raise


def _unpack(wheel):
    folder = tempfile.mkdtemp(prefix="wheel-", dir=os.getcwd() if os.access(os.getcwd(), os.W_OK) else None)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    # Where setup.py would put data and scripts is none of an entry point's business.
    sys.path.insert(0, folder)
    importlib.invalidate_caches()


def _distribution(package):
    """The metadata folder of a package on the search path."""
    wanted = package.lower().replace("-", "_").replace(".", "_")
    for folder in sys.path:
        if not os.path.isdir(folder):
            continue
        for name in os.listdir(folder):
            if name.endswith(".dist-info") and name.split("-")[0].lower().replace(".", "_") == wanted:
                return os.path.join(folder, name)
    return None


def _entry_point(package, name):
    metadata = _distribution(package)
    entries = os.path.join(metadata, "entry_points.txt") if metadata else ""
    if os.path.isfile(entries):
        parser = configparser.ConfigParser(delimiters=("=",), interpolation=None)
        parser.optionxform = str
        with open(entries, encoding="utf-8") as file:
            parser.read_file(io.StringIO(file.read()))
        for group in parser.sections():
            if name in parser[group]:
                return _resolve(parser[group][name].split("[")[0].strip())
    try:
        module = importlib.import_module(package.replace("-", "_"))
        return getattr(module, name)
    except (ImportError, AttributeError) as error:
        raise _missing(package, name) from error


def _resolve(reference):
    module, _, attribute = reference.partition(":")
    value = importlib.import_module(module.strip())
    for part in filter(None, attribute.strip().split(".")):
        value = getattr(value, part)
    return value


def _missing(package, name):
    return ImportError(
        f"Entry point {name} of package {package} is in no entry_points.txt and no attribute of the package."
    )
