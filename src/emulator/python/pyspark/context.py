# SPDX-License-Identifier: Apache-2.0
"""SparkContext: one machine, no jobs; RDDs are lists."""

from trowel_cluster.sql.errors import unsupported

from .rdd import RDD


class SparkConf:
    def __init__(self, *_arguments, **_options):
        self._values = {}

    def set(self, key, value):
        self._values[key] = str(value)
        return self

    def setAppName(self, value):
        return self.set("spark.app.name", value)

    def setMaster(self, value):
        return self.set("spark.master", value)

    def setAll(self, pairs):
        for key, value in pairs:
            self.set(key, value)
        return self

    def get(self, key, defaultValue=None):
        return self._values.get(key, defaultValue)

    def getAll(self):
        return list(self._values.items())


class Broadcast:
    def __init__(self, value):
        self.value = value

    def unpersist(self, blocking=False):
        pass

    destroy = unpersist


class Accumulator:
    def __init__(self, value):
        self.value = value

    def add(self, term):
        self.value += term

    def __iadd__(self, term):
        self.value += term
        return self


class SparkContext:
    version = "3.5.0"
    appName = "Databricks Shell"
    applicationId = "app-00000000000000-0000"
    master = "local[*]"
    defaultParallelism = 2
    defaultMinPartitions = 2
    uiWebUrl = None
    _active = None

    def __init__(self, session):
        self._session = session
        SparkContext._active = self

    @classmethod
    def getOrCreate(cls, conf=None):
        return cls._active

    def parallelize(self, c, numSlices=None):
        return RDD(list(c), self, numSlices or self.defaultParallelism)

    def range(self, start, end=None, step=1, numSlices=None):
        return self.parallelize(range(start) if end is None else range(start, end, step), numSlices)

    def emptyRDD(self):
        return self.parallelize([])

    def textFile(self, name, minPartitions=None, use_unicode=True):
        rows = self._session.read.text(name).collect()
        return self.parallelize([row[0] for row in rows])

    def union(self, rdds):
        return self.parallelize([item for rdd in rdds for item in rdd.collect()])

    def broadcast(self, value):
        return Broadcast(value)

    def accumulator(self, value, accum_param=None):
        return Accumulator(value)

    def getConf(self):
        conf = SparkConf()
        return conf.setAll(self._session.conf.getAll.items())

    def setLogLevel(self, logLevel):
        pass

    def setJobGroup(self, groupId, description, interruptOnCancel=False):
        pass

    def setJobDescription(self, value):
        pass

    def setLocalProperty(self, key, value):
        pass

    def getLocalProperty(self, key):
        return None

    def setCheckpointDir(self, dirName):
        pass

    def addFile(self, path, recursive=False):
        pass

    def addPyFile(self, path):
        import sys

        sys.path.insert(1, path)

    def stop(self):
        pass  # a cluster's context is not stopped by a notebook

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise unsupported(f"SparkContext.{name}")

    def __repr__(self):
        return f"<SparkContext master={self.master} appName={self.appName}>"
