# SPDX-License-Identifier: Apache-2.0
"""RDDs as lists: every transformation is done at once, on this machine."""

import functools
import itertools
import random
from collections import Counter

from trowel_cluster.sql.errors import unsupported


class RDD:
    def __init__(self, items, context, slices=2):
        self._items = items
        self.ctx = self.context = context
        self._slices = max(1, slices)

    def _of(self, items):
        return RDD(list(items), self.ctx, self._slices)

    # Transformations -----------------------------------------------------------------------------------------------

    def map(self, f, preservesPartitioning=False):
        return self._of(map(f, self._items))

    def flatMap(self, f, preservesPartitioning=False):
        return self._of(item for each in self._items for item in f(each))

    def filter(self, f):
        return self._of(filter(f, self._items))

    def distinct(self, numPartitions=None):
        return self._of(dict.fromkeys(self._items))

    def union(self, other):
        return self._of(self._items + other._items)

    __add__ = union

    def intersection(self, other):
        return self._of(dict.fromkeys(item for item in self._items if item in other._items))

    def subtract(self, other, numPartitions=None):
        return self._of(item for item in self._items if item not in other._items)

    def cartesian(self, other):
        return self._of(itertools.product(self._items, other._items))

    def zip(self, other):
        return self._of(zip(self._items, other._items))

    def zipWithIndex(self):
        return self._of((item, index) for index, item in enumerate(self._items))

    zipWithUniqueId = zipWithIndex

    def keyBy(self, f):
        return self._of((f(item), item) for item in self._items)

    def mapPartitions(self, f, preservesPartitioning=False):
        return self._of(item for part in self.glom().collect() for item in f(iter(part)))

    def mapPartitionsWithIndex(self, f, preservesPartitioning=False):
        return self._of(item for index, part in enumerate(self.glom().collect()) for item in f(index, iter(part)))

    def glom(self):
        size, parts = len(self._items), self._slices
        return self._of(self._items[size * index // parts : size * (index + 1) // parts] for index in range(parts))

    def sortBy(self, keyfunc, ascending=True, numPartitions=None):
        return self._of(sorted(self._items, key=keyfunc, reverse=not ascending))

    def sample(self, withReplacement, fraction, seed=None):
        chance = random.Random(seed)
        return self._of(item for item in self._items if chance.random() < fraction)

    def repartition(self, numPartitions):
        return RDD(self._items, self.ctx, numPartitions)

    coalesce = repartition

    def cache(self):
        return self

    def persist(self, storageLevel=None):
        return self

    def unpersist(self, blocking=False):
        return self

    def setName(self, name):
        return self

    # Pairs ---------------------------------------------------------------------------------------------------------

    def keys(self):
        return self._of(key for key, _ in self._items)

    def values(self):
        return self._of(value for _, value in self._items)

    def mapValues(self, f):
        return self._of((key, f(value)) for key, value in self._items)

    def flatMapValues(self, f):
        return self._of((key, item) for key, value in self._items for item in f(value))

    def _grouped(self):
        groups = {}
        for key, value in self._items:
            groups.setdefault(key, []).append(value)
        return groups

    def groupByKey(self, numPartitions=None):
        return self._of(self._grouped().items())

    def groupBy(self, f, numPartitions=None):
        return self._of(self.keyBy(f)._grouped().items())

    def reduceByKey(self, func, numPartitions=None):
        return self._of((key, functools.reduce(func, values)) for key, values in self._grouped().items())

    def foldByKey(self, zeroValue, func, numPartitions=None):
        return self._of((key, functools.reduce(func, values, zeroValue)) for key, values in self._grouped().items())

    def aggregateByKey(self, zeroValue, seqFunc, combFunc, numPartitions=None):
        return self._of((key, functools.reduce(seqFunc, values, zeroValue)) for key, values in self._grouped().items())

    def combineByKey(self, createCombiner, mergeValue, mergeCombiners, numPartitions=None):
        return self._of(
            (key, functools.reduce(mergeValue, values[1:], createCombiner(values[0]))) for key, values in self._grouped().items()
        )

    def sortByKey(self, ascending=True, numPartitions=None, keyfunc=lambda key: key):
        return self._of(sorted(self._items, key=lambda pair: keyfunc(pair[0]), reverse=not ascending))

    def _joined(self, other, left, right):
        ours, theirs = self._grouped(), other._grouped()
        keys = [key for key in ours if left or key in theirs] + [key for key in theirs if right and key not in ours]
        for key in keys:
            for pair in itertools.product(ours.get(key, [None]), theirs.get(key, [None])):
                yield key, pair

    def join(self, other, numPartitions=None):
        return self._of(self._joined(other, False, False))

    def leftOuterJoin(self, other, numPartitions=None):
        return self._of(self._joined(other, True, False))

    def rightOuterJoin(self, other, numPartitions=None):
        return self._of(pair for pair in self._joined(other, False, True))

    def fullOuterJoin(self, other, numPartitions=None):
        return self._of(self._joined(other, True, True))

    def countByKey(self):
        return Counter(key for key, _ in self._items)

    def lookup(self, key):
        return self._grouped().get(key, [])

    def collectAsMap(self):
        return dict(self._items)

    # Actions -------------------------------------------------------------------------------------------------------

    def collect(self):
        return list(self._items)

    def take(self, num):
        return self._items[:num]

    def first(self):
        if not self._items:
            raise ValueError("RDD is empty")
        return self._items[0]

    def top(self, num, key=None):
        return sorted(self._items, key=key, reverse=True)[:num]

    def takeOrdered(self, num, key=None):
        return sorted(self._items, key=key)[:num]

    def takeSample(self, withReplacement, num, seed=None):
        return random.Random(seed).sample(self._items, min(num, len(self._items)))

    def count(self):
        return len(self._items)

    def countByValue(self):
        return Counter(self._items)

    def isEmpty(self):
        return not self._items

    def reduce(self, f):
        if not self._items:
            raise ValueError("Can not reduce() empty RDD")
        return functools.reduce(f, self._items)

    def fold(self, zeroValue, op):
        return functools.reduce(op, self._items, zeroValue)

    def aggregate(self, zeroValue, seqOp, combOp):
        return functools.reduce(seqOp, self._items, zeroValue)

    def sum(self):
        return sum(self._items)

    def max(self, key=None):
        return max(self._items, key=key)

    def min(self, key=None):
        return min(self._items, key=key)

    def mean(self):
        return sum(self._items) / len(self._items)

    def variance(self):
        mean = self.mean()
        return sum((item - mean) ** 2 for item in self._items) / len(self._items)

    def stdev(self):
        return self.variance() ** 0.5

    def foreach(self, f):
        for item in self._items:
            f(item)

    def foreachPartition(self, f):
        for part in self.glom().collect():
            f(iter(part))

    def toLocalIterator(self, prefetchPartitions=False):
        return iter(self._items)

    def getNumPartitions(self):
        return self._slices

    def toDF(self, schema=None, sampleRatio=None):
        return self.ctx._session.createDataFrame(self._items, schema)

    def saveAsTextFile(self, path, compressionCodecClass=None):
        rows = [(str(item),) for item in self._items]
        self.ctx._session.createDataFrame(rows, "value string").write.text(path)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise unsupported(f"RDD.{name}")

    def __repr__(self):
        return "ParallelCollectionRDD[0] at parallelize"
