# SPDX-License-Identifier: Apache-2.0
"""spark.catalog"""

from collections import namedtuple

from trowel_cluster.sql import types as names
from trowel_cluster.sql.errors import SparkError
from trowel_cluster.sql.queries import QueryParser
from trowel_cluster.sql.show import like

CatalogMetadata = namedtuple("CatalogMetadata", "name description")
Database = namedtuple("Database", "name catalog description locationUri")
Table = namedtuple("Table", "name catalog namespace description tableType isTemporary")
Column = namedtuple("Column", "name description dataType nullable isPartition isBucket")
Function = namedtuple("Function", "name catalog namespace description className isTemporary")


def _parts(name):
    parser = QueryParser(name)
    parts = parser.dotted()
    parser.finish()
    return parts


class Catalog:
    def __init__(self, spark):
        self._spark = spark
        self._session = spark._session
        self._objects = spark._session.objects

    def currentCatalog(self):
        return self._session.catalog

    def setCurrentCatalog(self, catalogName):
        self._session.execute(f"USE CATALOG `{catalogName}`")

    def currentDatabase(self):
        return self._session.schema

    def setCurrentDatabase(self, dbName):
        self._session.execute(f"USE SCHEMA {'.'.join(f'`{part}`' for part in _parts(dbName))}")

    def listCatalogs(self, pattern=None):
        return [CatalogMetadata(name, None) for name in like(self._objects.catalogs(), pattern)]

    def listDatabases(self, pattern=None):
        catalog = self._session.catalog
        return [self._database(catalog, name) for name in like(self._objects.schemas(catalog), pattern)]

    def _database(self, catalog, name):
        detail = self._objects.detail(f"{catalog}.{name}")
        return Database(name, catalog, detail.get("comment") or "", detail.get("location") or "")

    def getDatabase(self, dbName):
        catalog, schema = self._session.schema_of(_parts(dbName))
        self._objects.require_schema(catalog, schema)
        return self._database(catalog, schema)

    def databaseExists(self, dbName):
        catalog, schema = self._session.schema_of(_parts(dbName))
        return catalog in self._objects.catalogs() and self._objects.has_schema(catalog, schema)

    def listTables(self, dbName=None, pattern=None):
        catalog, schema = self._session.schema_of(_parts(dbName) if dbName else None)
        self._objects.require_schema(catalog, schema)
        kinds = dict(self._objects.tables(catalog, schema))
        found = [self._table(catalog, schema, name, kinds[name]) for name in like(list(kinds), pattern)]
        return found + [
            Table(name, None, [], None, "TEMPORARY", True) for name in like(sorted(self._session.views), pattern)
        ]

    def _table(self, catalog, schema, name, kind):
        detail = self._objects.detail(f"{catalog}.{schema}.{name}")
        return Table(name, catalog, [schema], detail.get("comment"), "VIEW" if kind == "view" else "MANAGED", False)

    def getTable(self, tableName):
        found = self._session.find(_parts(tableName))
        if found.name is None:
            return Table(tableName, None, [], None, "TEMPORARY", True)
        catalog, schema, name = found.qualifier
        return self._table(catalog, schema, name, self._objects.kind(found.name))

    def tableExists(self, tableName, dbName=None):
        try:
            self._session.find([*(_parts(dbName) if dbName else []), *_parts(tableName)])
            return True
        except SparkError:
            return False

    def listColumns(self, tableName, dbName=None):
        found = self._session.find([*(_parts(dbName) if dbName else []), *_parts(tableName)])
        comments = self._objects.detail(found.name).get("comments", {}) if found.name else {}
        required = self._objects.required(found.name) if found.name else set()
        return [
            Column(
                column.name,
                comments.get(column.name),
                names.simple(column.type),
                column.name not in required,
                False,
                False,
            )
            for column in found.columns
        ]

    def listFunctions(self, dbName=None, pattern=None):
        from trowel_cluster.sql.functions import names as known

        return [Function(name, None, None, None, "", True) for name in like(known(), pattern)]

    def functionExists(self, functionName, dbName=None):
        from trowel_cluster.sql.functions import names as known

        return functionName.lower() in known() or self._session.function(functionName) is not None

    def dropTempView(self, viewName):
        return self._session.views.pop(viewName.lower(), None) is not None

    dropGlobalTempView = dropTempView

    def isCached(self, tableName):
        self._session.find(_parts(tableName))
        return False

    def cacheTable(self, tableName, storageLevel=None):
        self._session.find(_parts(tableName))

    uncacheTable = refreshTable = recoverPartitions = cacheTable

    def clearCache(self):
        pass

    def refreshByPath(self, path):
        pass

    def createTable(self, tableName, path=None, source=None, schema=None, description=None, **options):
        if path is not None:
            frame = self._spark.read.load(path, source)
        else:
            frame = self._spark.createDataFrame([], schema)
        frame.write.saveAsTable(tableName)
        return frame
