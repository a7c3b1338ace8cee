# SPDX-License-Identifier: Apache-2.0
import contextlib
import datetime
import io
import unittest
from decimal import Decimal

from sql_session import SparkTest

try:
    import pandas
except ImportError:
    pandas = None


class DataFrameTest(SparkTest):
    def setUp(self):
        super().setUp()
        from pyspark.sql import Row, Window
        from pyspark.sql import functions as F

        self.F, self.Row, self.Window = F, Row, Window
        self.df = self.spark.createDataFrame([(1, "a", 2.5), (2, "b", None), (3, "a", 1.0)], ["id", "k", "v"])

    def values(self, df):
        return [tuple(row) for row in df.collect()]

    def printed(self, action):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            action()
        return out.getvalue()

    def test_frames_of_many_kinds_of_data(self):
        create, Row = self.spark.createDataFrame, self.Row
        self.assertEqual(create([Row(a=1, b="x"), Row(a=2, b=None)]).dtypes, [("a", "bigint"), ("b", "string")])
        self.assertEqual(create([{"a": 1}, {"a": 2, "b": 2.5}]).collect(), [Row(a=1, b=None), Row(a=2, b=2.5)])
        typed = create([(1, datetime.date(2024, 1, 2), Decimal("1.5"), ["x"], {"k": 1}, (1, "z"))], "i int, d date, n decimal(10,2), l array<string>, m map<string,int>, s struct<a:int,b:string>")
        self.assertEqual(typed.dtypes, [("i", "int"), ("d", "date"), ("n", "decimal(10,2)"), ("l", "array<string>"), ("m", "map<string,int>"), ("s", "struct<a:int,b:string>")])
        (row,) = typed.collect()
        self.assertEqual(row, (1, datetime.date(2024, 1, 2), Decimal("1.50"), ["x"], {"k": 1}, Row(a=1, b="z")))
        self.assertEqual(row.asDict(recursive=True)["s"], {"a": 1, "b": "z"})
        self.assertEqual(create([1, 2], "int").collect()[0].value, 1)
        self.assertEqual(create([], "a int").count(), 0)
        self.assertIn("CANNOT_INFER_EMPTY_SCHEMA", self.error_of(lambda: create([])))
        self.assertIn("LENGTH_SHOULD_BE_THE_SAME", self.error_of(lambda: create([(1, 2)], "a int")))
        from pyspark.sql.types import IntegerType, StringType, StructField, StructType

        schema = StructType([StructField("n", IntegerType(), False), StructField("s", StringType())])
        self.assertEqual(create([(1, "x")], schema).dtypes, [("n", "int"), ("s", "string")])
        self.assertEqual(self.values(self.spark.range(2, 8, 3)), [(2,), (5,)])

    def test_columns(self):
        F, df = self.F, self.df
        self.assertEqual(df.select("id", df.k, F.col("v") * 2, F.lit("x").alias("l")).columns, ["id", "k", "(v * 2)", "l"])
        self.assertEqual(self.values(df.withColumn("v", F.coalesce("v", F.lit(0.0))).withColumn("n", F.col("id") + 1).filter("id = 2")), [(2, "b", 0.0, 3)])
        self.assertEqual(df.withColumnRenamed("k", "key").drop("v", "nope").columns, ["id", "key"])
        self.assertEqual(df.selectExpr("id + 1 AS n", "upper(k)").columns, ["n", "upper(k)"])
        self.assertEqual(df.toDF("a", "b", "c").columns, ["a", "b", "c"])
        self.assertEqual(df.select(F.col("id").cast("string")).dtypes, [("id", "string")])
        self.assertEqual(repr(df), "DataFrame[id: bigint, k: string, v: double]")
        self.assertEqual(repr(F.upper("k").alias("u")), "Column<'upper(k) AS u'>")
        self.assertIn("[UNRESOLVED_COLUMN.WITH_SUGGESTION]", self.error_of(lambda: df.select("nope")))
        self.assertIn("'DataFrame' object has no attribute 'nope'", self.error_of(lambda: df.nope))
        self.assertIn("CANNOT_CONVERT_COLUMN_INTO_BOOL", self.error_of(lambda: df.filter(df.id > 1 and df.id < 3)))
        struct = df.select(F.struct("id", "k").alias("s"))
        self.assertEqual(self.values(struct.select("s.id", F.col("s")["k"], "s.*").limit(1)), [(1, "a", 1, "a")])

    def test_rows(self):
        F, df = self.F, self.df
        self.assertEqual(self.values(df.filter((df.id > 1) & ~(df["k"] == "b"))), [(3, "a", 1.0)])
        self.assertEqual(self.values(df.where(df.k.isin("b") | df.v.isNull()).select("id")), [(2,)])
        self.assertEqual(self.values(df.orderBy(F.desc("k"), "id").select("id")), [(2,), (1,), (3,)])
        self.assertEqual(self.values(df.orderBy("v", ascending=False).limit(1).select("id")), [(1,)])
        self.assertEqual(self.values(df.sort(df.v.asc_nulls_last()).select("v")), [(1.0,), (2.5,), (None,)])
        self.assertEqual(df.select("k").distinct().count(), 2)
        self.assertEqual(df.dropDuplicates(["k"]).count(), 2)
        self.assertEqual((df.first().id, df.head(2)[1].k, len(df.take(5)), df.tail(1)[0].id, df.isEmpty()), (1, "b", 3, 3, False))
        self.assertEqual(sum(part.count() for part in df.randomSplit([0.5, 0.5], seed=1)), 3)
        self.assertEqual([row["id"] for row in df.toLocalIterator()], [1, 2, 3])

    def test_groups(self):
        F, df = self.F, self.df
        made = df.groupBy("k").agg(F.sum("v").alias("s"), F.count("*"), F.countDistinct("id"), F.collect_list("id"), F.first("id")).orderBy("k")
        self.assertEqual(made.columns, ["k", "s", "count(1)", "count(DISTINCT id)", "collect_list(id)", "first(id)"])
        self.assertEqual(self.values(made), [("a", 3.5, 2, 2, [1, 3], 1), ("b", None, 1, 1, [2], 2)])
        self.assertEqual(self.values(df.groupBy("k").count().orderBy("k")), [("a", 2), ("b", 1)])
        self.assertEqual(df.groupBy().max().columns, ["max(id)", "max(v)"])
        self.assertEqual(self.values(df.agg({"id": "max"})), [(3,)])
        self.assertEqual(self.values(df.groupBy("k").pivot("id", [1, 2]).sum("v").orderBy("k")), [("a", 2.5, None), ("b", None, None)])
        self.assertEqual(self.values(df.rollup("k").count().orderBy("k")), [(None, 3), ("a", 2), ("b", 1)])
        self.assertEqual(self.values(df.groupBy((F.col("id") % 2).alias("odd")).agg(F.max("id")).orderBy("odd")), [(0, 2), (1, 3)])

    def test_long_chains(self):
        """SQLite's parser takes no more than some twenty brackets within each other."""
        F = self.F
        frame = self.spark.range(2)
        for number in range(60):
            frame = frame.withColumn(f"c{number}", F.col("id") + number).filter(F.col("id") >= 0)
        self.assertEqual(frame.select("c59").collect()[1][0], 60)
        many = self.spark.range(1)
        for _ in range(40):
            many = many.union(self.spark.range(1))
        self.assertEqual(many.count(), 41)
        total, choice = F.col("id"), F.lit(-1)
        for number in range(60):
            total, choice = total + 1, F.when(F.col("id") == number, number).otherwise(choice)
        self.assertEqual(self.values(self.spark.range(1).select(total, choice)), [(60, 0)])
        steps = ", ".join(f"s{n} AS (SELECT x + 1 AS x FROM s{n - 1})" for n in range(1, 40))
        self.assertEqual(self.rows(f"WITH s0 AS (SELECT 0 AS x), {steps} SELECT x FROM s39"), [(39,)])
        self.assertEqual(len(self.rows("SELECT id FROM range(900) WHERE " + " OR ".join(f"id = {n}" for n in range(500)))), 500)

    def test_columns_become_rows(self):
        wide = self.spark.createDataFrame([(1, 2, 3)], ["id", "a", "b"])
        self.assertEqual(self.values(wide.unpivot("id", ["a", "b"], "k", "v")), [(1, "a", 2), (1, "b", 3)])
        self.assertEqual(wide.melt(["id"], None, "k", "v").columns, ["id", "k", "v"])

    def test_joins(self):
        F, df = self.F, self.df
        other = self.spark.createDataFrame([(1, "one"), (4, "four")], ["id", "name"])
        joined = df.join(other, df.id == other.id, "left")
        self.assertEqual(joined.columns, ["id", "k", "v", "id", "name"])
        self.assertEqual(self.values(joined.select(df.id, other.id, "name").orderBy(df.id)), [(1, 1, "one"), (2, None, None), (3, None, None)])
        self.assertEqual(joined.drop(other.id).columns, ["id", "k", "v", "name"])
        self.assertIn("AMBIGUOUS_REFERENCE", self.error_of(lambda: joined.select("id")))
        self.assertEqual(self.values(df.join(other, "id", "full").select("id", "name").orderBy("id")), [(1, "one"), (2, None), (3, None), (4, "four")])
        self.assertEqual(self.values(df.join(other, ["id"], "left_anti").select("id")), [(2,), (3,)])
        self.assertEqual(df.join(other, on="id", how="semi").columns, ["id", "k", "v"])
        self.assertEqual(df.crossJoin(other).count(), 6)
        a, b = df.alias("a"), df.filter("id < 3").alias("b")
        self.assertEqual(self.values(a.join(b, F.col("a.id") == F.col("b.id")).select("a.id", "b.k").orderBy("a.id")), [(1, "a"), (2, "b")])
        self.assertEqual(df.filter("id = 1").join(other, df.id == other.id).count(), 1)
        self.assertEqual(df.union(df).count(), 6)
        self.assertEqual(self.values(df.limit(1).unionByName(df.select("v", "k", "id").limit(1))), [(1, "a", 2.5)] * 2)
        self.assertEqual(self.values(df.select("id").limit(1).unionByName(other.limit(1), allowMissingColumns=True)), [(1, None), (1, "one")])
        self.assertEqual(self.values(df.select("id").intersect(other.select("id"))), [(1,)])
        self.assertEqual(self.values(df.select("id").subtract(other.select("id")).orderBy("id")), [(2,), (3,)])

    def test_windows(self):
        F = self.F
        window = self.Window.partitionBy("k").orderBy(F.desc("id"))
        made = self.df.withColumn("n", F.row_number().over(window)).withColumn("before", F.lag("id").over(window)).orderBy("id")
        self.assertEqual(self.values(made.select("id", "n", "before")), [(1, 2, 3), (2, 1, None), (3, 1, None)])
        running = self.Window.orderBy("id").rowsBetween(self.Window.unboundedPreceding, self.Window.currentRow)
        self.assertEqual([row[0] for row in self.df.select(F.sum("id").over(running)).collect()], [1, 3, 6])

    def test_functions(self):
        F = self.F
        one = self.spark.range(1)
        cases = [
            (F.when(F.lit(1) > 2, "a").when(F.lit(True), "b").otherwise("c"), "b"),
            (F.concat_ws("-", F.lit("a"), F.lit("b")), "a-b"),
            (F.regexp_replace(F.lit("a1"), r"\d", "#"), "a#"),
            (F.split(F.lit("a,b"), ",")[1], "b"),
            (F.substring(F.lit("hello"), 2, 3), "ell"),
            (F.lit("hello").substr(1, 2), "he"),
            (F.lpad(F.lit("7"), 3, "0"), "007"),
            (F.to_date(F.lit("02/01/2024"), "dd/MM/yyyy"), datetime.date(2024, 1, 2)),
            (F.date_format(F.lit("2024-05-06"), "yyyy/MM"), "2024/05"),
            (F.date_add(F.lit("2024-02-28"), 2), datetime.date(2024, 3, 1)),
            (F.datediff(F.lit("2024-01-03"), F.lit("2024-01-01")), 2),
            (F.trunc(F.lit("2024-05-06"), "month"), datetime.date(2024, 5, 1)),
            (F.date_trunc("year", F.lit("2024-05-06")), datetime.datetime(2024, 1, 1)),
            (F.round(F.lit(2.567), 1), 2.6),
            (F.expr("1 + 1"), 2),
            (F.transform(F.array(F.lit(1), F.lit(2)), lambda x: x * 10), [10, 20]),
            (F.filter(F.array(F.lit(1), F.lit(2)), lambda x: x > 1), [2]),
            (F.aggregate(F.array(F.lit(1), F.lit(2)), F.lit(0), lambda a, x: a + x), 3),
            (F.create_map(F.lit("a"), F.lit(1))["a"], 1),
            (F.array_contains(F.array(F.lit("x")), "x"), True),
            (F.element_at(F.array(F.lit(5)), 1), 5),
            (F.from_json(F.lit('{"a":1}'), "a int")["a"], 1),
            (F.to_json(F.struct(F.lit(1).alias("a"))), '{"a":1}'),
            (F.get_json_object(F.lit('{"a":"b"}'), "$.a"), "b"),
            (F.sha2(F.lit("a"), 256)[0:3] if False else F.length(F.sha2(F.lit("a"), 256)), 64),
            (F.greatest(F.lit(1), F.lit(3)), 3),
            (F.isnull(F.lit(None)), True),
            (F.lit("abc").contains("b") & F.lit("abc").startswith("a") & F.lit("abc").like("a%") & F.lit("abc").rlike("c$"), True),
            (F.lit(5).between(1, 9), True),
            (-F.lit(2) + 3 ** F.lit(2), 7.0),
            (F.lit(datetime.date(2024, 1, 2)), datetime.date(2024, 1, 2)),
            (F.lit(Decimal("1.50")), Decimal("1.50")),
        ]
        for column, wanted in cases:
            with self.subTest(repr(column)):
                self.assertEqual(one.select(column).collect()[0][0], wanted)
        self.assertEqual(self.values(one.select(F.explode(F.array(F.lit(1), F.lit(2))).alias("x"))), [(1,), (2,)])
        self.assertEqual(one.select(F.posexplode(F.array(F.lit("a")))).columns, ["pos", "col"])
        self.assertEqual(self.values(self.spark.range(2).select(F.monotonically_increasing_id())), [(0,), (1,)])
        names = {}
        exec("from pyspark.sql.functions import *", names)
        self.assertTrue({"col", "sum", "max", "row_number", "udf"} <= set(names) and "len" not in names)
        self.assertIn("is not part of the Trowel emulator", self.error_of(lambda: F.nonsense))

    def test_python_functions(self):
        F = self.F

        @F.udf(returnType="int")
        def double(n):
            return 2 * n

        self.assertEqual(self.values(self.df.select(double("id"))), [(2,), (4,), (6,)])
        self.assertEqual(self.df.select(double("id")).columns, ["double(id)"])
        day = F.udf(lambda d: d.isoformat(), "string")
        self.assertEqual(self.spark.range(1).select(day(F.lit(datetime.date(2024, 1, 2)))).collect()[0][0], "2024-01-02")
        self.spark.udf.register("plus", lambda a, b: a + b, "long")
        self.df.createOrReplaceTempView("t")
        self.assertEqual(self.rows("SELECT plus(id, 1) FROM t"), [(2,), (3,), (4,)])
        bad = F.udf(lambda n: 1 / 0, "int")
        self.assertIn("ZeroDivisionError: division by zero", self.error_of(lambda: self.df.select(bad("id")).collect()))

    def test_missing_values(self):
        df = self.df
        self.assertEqual(self.values(df.na.fill(0).select("v")), [(2.5,), (0.0,), (1.0,)])
        self.assertEqual(self.values(df.fillna({"v": 9.0, "k": "x"}).filter("id = 2")), [(2, "b", 9.0)])
        self.assertEqual(df.dropna().count(), 2)
        self.assertEqual(df.na.drop(subset=["k"]).count(), 3)
        self.assertEqual(self.values(df.replace("a", "z").select("k").distinct().orderBy("k")), [("b",), ("z",)])

    def test_statistics(self):
        described = {row[0]: tuple(row)[1:] for row in self.df.describe().collect()}
        self.assertEqual(described["count"], ("3", "3", "2"))
        self.assertEqual(described["mean"], ("2.0", None, "1.75"))
        self.assertEqual([row[0] for row in self.df.summary().collect()], ["count", "mean", "stddev", "min", "25%", "50%", "75%", "max"])
        self.assertEqual(self.df.approxQuantile("id", [0.5], 0.0), [2.0])
        self.assertEqual(self.df.stat.corr("id", "id"), 1.0)
        self.assertEqual(self.df.crosstab("k", "id").columns, ["k_id", "1", "2", "3"])

    def test_showing(self):
        self.assertEqual(self.printed(lambda: self.df.limit(1).show()), "+---+---+---+\n| id|  k|  v|\n+---+---+---+\n|  1|  a|2.5|\n+---+---+---+\n\n")
        self.assertTrue(self.printed(lambda: self.df.show(2)).endswith("only showing top 2 rows\n\n"))
        self.assertIn("|NULL|", self.printed(self.df.show))
        wide = self.spark.createDataFrame([("x" * 30,)], ["t"])
        self.assertIn("|xxxxxxxxxxxxxxxxx...|", self.printed(wide.show))
        self.assertIn("|" + "x" * 30 + "|", self.printed(lambda: wide.show(truncate=False)))
        self.assertIn("-RECORD 0", self.printed(lambda: wide.show(vertical=True)))
        self.assertEqual(self.printed(self.df.printSchema), "root\n |-- id: long (nullable = true)\n |-- k: string (nullable = true)\n |-- v: double (nullable = true)\n\n")
        self.df.display()
        self.assertEqual(self.displayed, [self.df])

    def test_tables(self):
        df = self.df
        df.write.saveAsTable("main.default.saved")
        self.assertIn("TABLE_OR_VIEW_ALREADY_EXISTS", self.error_of(lambda: df.write.saveAsTable("saved")))
        df.select("k", "id", "v").write.mode("append").saveAsTable("saved")
        self.assertEqual(self.spark.table("saved").filter("id = 1").collect(), [(1, "a", 2.5)] * 2)
        df.write.insertInto("saved", overwrite=True)
        self.assertEqual(self.spark.table("main.default.saved").count(), 3)
        extra = df.withColumn("n", self.F.lit(1))
        self.assertIn("schema mismatch", self.error_of(lambda: extra.write.mode("append").saveAsTable("saved")))
        extra.write.mode("append").option("mergeSchema", "true").saveAsTable("saved")
        self.assertEqual(self.spark.table("saved").columns, ["id", "k", "v", "n"])
        df.limit(1).write.mode("overwrite").saveAsTable("saved")
        self.assertEqual(self.spark.sql("SELECT * FROM saved").count(), 1)
        df.writeTo("made").createOrReplace()
        self.assertTrue(self.spark.catalog.tableExists("made"))
        self.assertEqual([table.name for table in self.spark.catalog.listTables()], ["made", "saved"])
        self.assertEqual(self.spark.catalog.listColumns("made")[0].dataType, "bigint")
        df.createOrReplaceTempView("tmp")
        self.assertEqual(self.spark.sql("SELECT count(*) FROM tmp WHERE id > :n", {"n": 1}).first()[0], 2)
        self.assertEqual(self.spark.sql("SELECT * FROM {d} WHERE id = {n}", d=df, n=2).count(), 1)
        self.assertEqual(self.spark.sql("SELECT ? + ?", args=[1, 2]).first()[0], 3)
        self.assertTrue(self.spark.catalog.dropTempView("tmp"))
        self.spark.catalog.setCurrentDatabase("main.default")
        self.assertEqual((self.spark.catalog.currentCatalog(), self.spark.catalog.currentDatabase()), ("main", "default"))
        self.assertEqual(self.spark.sql("SHOW TABLES").filter("tableName = 'made'").count(), 1)

    def test_delta_tables(self):
        from delta.tables import DeltaTable

        self.df.write.saveAsTable("t")
        table = DeltaTable.forName(self.spark, "main.default.t")
        table.delete("id = 3")
        table.update(self.F.col("id") == 2, {"v": "id * 10", "k": self.F.lit("z")})
        new = self.spark.createDataFrame([(1, "n", 7.0), (9, "m", 8.0)], ["id", "k", "v"])
        merged = table.alias("t").merge(new.alias("s"), "t.id = s.id")
        merged.whenMatchedUpdate(set={"v": "s.v + t.v"}).whenNotMatchedInsertAll().execute()
        self.assertEqual(self.values(table.toDF().orderBy("id")), [(1, "a", 9.5), (2, "z", 20.0), (9, "m", 8.0)])
        self.assertEqual([row.operation for row in table.history().collect()], ["MERGE", "UPDATE", "DELETE", "CREATE TABLE AS SELECT"])

    def test_files(self):
        df, spark = self.df, self.spark
        df.write.csv("/out/csv", header=True)
        self.assertEqual(spark.read.csv("dbfs:/out/csv", header=True, inferSchema=True).dtypes, [("id", "int"), ("k", "string"), ("v", "double")])
        self.assertEqual(spark.read.option("header", True).schema("id long, k string, v double").csv("/out/csv").collect(), df.collect())
        df.write.mode("overwrite").json("/Volumes/main/default/v/json")
        self.assertEqual(spark.read.json("/Volumes/main/default/v/json").select("id", "k", "v").collect(), df.collect())
        df.write.format("delta").save("/out/delta")
        self.assertEqual(spark.read.load("/out/delta").collect(), df.collect())
        self.assertEqual(spark.sql("SELECT count(*) FROM delta.`/out/delta`").first()[0], 3)
        df.select("k").write.text("/out/text")
        self.assertEqual([row.value for row in spark.read.text("/out/text").collect()], ["a", "b", "a"])
        self.assertIn("[PATH_NOT_FOUND] Path does not exist: dbfs:/nope.", self.error_of(lambda: spark.read.csv("/nope")))
        self.assertIn("[PATH_ALREADY_EXISTS] Path dbfs:/out/csv already exists", self.error_of(lambda: df.write.csv("/out/csv")))
        self.assertIn("[INVALID_SAVE_MODE]", self.error_of(lambda: df.write.mode("whatever")))

    @unittest.skipIf(pandas is None, "needs pandas")
    def test_pandas(self):
        frame = self.df.toPandas()
        self.assertEqual([str(kind) for kind in frame.dtypes], ["int64", "object", "float64"])
        made = self.spark.createDataFrame(pandas.DataFrame({"a": [1, 2], "b": ["x", None], "t": pandas.to_datetime(["2024-01-01", None])}))
        self.assertEqual(made.dtypes, [("a", "bigint"), ("b", "string"), ("t", "timestamp")])
        self.assertEqual(made.collect()[1], (2, None, None))
        counted = self.df.groupBy("k").applyInPandas(lambda part: part.assign(n=len(part))[["k", "n"]], "k string, n long").distinct().orderBy("k")
        self.assertEqual(self.values(counted), [("a", 2), ("b", 1)])

    def test_rdds(self):
        sc = self.spark.sparkContext
        rdd = sc.parallelize([1, 2, 3, 4])
        self.assertEqual(rdd.map(lambda x: x * 2).filter(lambda x: x > 2).collect(), [4, 6, 8])
        self.assertEqual((rdd.sum(), rdd.count(), rdd.reduce(lambda a, b: a * b), rdd.mean(), rdd.max()), (10, 4, 24, 2.5, 4))
        words = sc.parallelize("a b a".split()).map(lambda word: (word, 1)).reduceByKey(lambda a, b: a + b)
        self.assertEqual(sorted(words.collect()), [("a", 2), ("b", 1)])
        self.assertEqual(sc.parallelize([(1, "x")]).toDF(["n", "s"]).collect()[0].s, "x")
        self.assertEqual(self.df.rdd.map(lambda row: row.id).collect(), [1, 2, 3])

    def test_partitions_are_as_many_as_asked_for(self):
        self.assertEqual(self.df.repartition(4).rdd.getNumPartitions(), 4)
        self.assertEqual(self.df.repartition(4).coalesce(3).rdd.getNumPartitions(), 3)
        self.assertEqual(self.df.repartition("k").count(), 3)

    @unittest.skipUnless(pandas, "needs pandas")
    def test_functions_of_pandas_series(self):
        F = self.F

        @F.pandas_udf("double")
        def half(values: pandas.Series) -> pandas.Series:
            return values / 2

        upper = F.pandas_udf(lambda texts, more: texts.str.upper() + more, "string")
        self.assertEqual(self.values(self.df.select(half("v"), upper("k", F.lit("!")))), [(1.25, "A!"), (None, "B!"), (0.5, "A!")])

        def mean(values: pandas.Series) -> float:
            return values.mean()

        self.assertIn("pandas_udf as an aggregate", self.error_of(lambda: F.pandas_udf(mean, "double")))

    def test_json_lines_of_an_rdd(self):
        lines = self.spark.sparkContext.parallelize(['{"a": 1}', '{"a": 2, "b": "x"}'])
        self.assertEqual(self.values(self.spark.read.json(lines)), [(1, None), (2, "x")])
        self.assertEqual(self.spark.read.json(lines, "a string").dtypes, [("a", "string")])

    def test_tables_are_put_together(self):
        from delta.tables import DeltaTable, IdentityGenerator

        builder = DeltaTable.createIfNotExists(self.spark).tableName("main.default.built").comment("it's").property("a.b", "c")
        table = builder.addColumn("id", "BIGINT", generatedAlwaysAs=IdentityGenerator(5)).addColumns(self.df.select("k").schema).execute()
        self.df.select("k").write.mode("append").saveAsTable("main.default.built")
        self.assertEqual(self.values(table.toDF().orderBy("id")), [(5, "a"), (6, "b"), (7, "a")])
        table.update("id = 5", {"k": "'z'"})
        self.assertEqual(table.toDF().orderBy("id").first().k, "z")
        self.assertIn("TABLE_OR_VIEW_ALREADY_EXISTS", self.error_of(lambda: DeltaTable.create(self.spark).tableName("main.default.built").addColumn("x", "int").execute()))

    def test_windows_of_time(self):
        F = self.F
        times = [datetime.datetime(2024, 1, 1, 10, minute) for minute in (5, 50)] + [datetime.datetime(2024, 1, 1, 11)]
        df = self.spark.createDataFrame([(time,) for time in times], ["at"])
        spans = df.groupBy(F.window("at", "1 hour")).count().orderBy("window").select("window.start", F.col("window.end"), "count")
        self.assertEqual(self.values(spans), [(times[0].replace(minute=0), times[2], 2), (times[2], times[2].replace(hour=12), 1)])
        shifted = df.limit(1).select(F.window("at", "30 minutes", startTime="10 minutes")["start"])
        self.assertEqual(shifted.collect()[0][0], datetime.datetime(2024, 1, 1, 9, 40))
        self.assertIn("window() that slides", self.error_of(lambda: df.select(F.window("at", "1 hour", "5 minutes"))))
        self.assertIn("CANNOT_PARSE_INTERVAL", self.error_of(lambda: df.select(F.window("at", "soon"))))

    def test_the_schema_of_a_json_text(self):
        F = self.F
        text = '{"b": [{"x": 1}, {"x": 2.5, "y": "z"}], "a": true}'
        kind = self.df.limit(1).select(F.schema_of_json(text)).collect()[0][0]
        self.assertEqual(kind, "STRUCT<a: BOOLEAN, b: ARRAY<STRUCT<x: DOUBLE, y: STRING>>>")
        frame = self.df.limit(1).select(F.from_json(F.lit(text), F.schema_of_json(F.lit(text))).alias("j"))
        self.assertEqual(frame.select("j.a", F.col("j.b")[1]["y"]).collect()[0][:2], (True, "z"))
        self.assertEqual(frame.select(F.from_json(F.lit(text), kind).alias("j")).select("j.a").collect()[0][0], True)

    def test_assertions_of_pyspark_testing(self):
        from pyspark.testing import assertDataFrameEqual, assertSchemaEqual

        again = self.spark.createDataFrame([(3, "a", 1.0 + 1e-9), (2, "b", None), (1, "a", 2.5)], ["id", "k", "v"])
        assertDataFrameEqual(self.df, again)
        assertSchemaEqual(self.df.schema, again.schema)
        assertDataFrameEqual(self.df, self.df.collect(), checkRowOrder=True)
        with self.assertRaisesRegex(AssertionError, "DIFFERENT_ROWS.*100.0"):
            assertDataFrameEqual(self.df, self.df.select("id", "k", (self.df.v + 1).alias("v")).filter("v IS NOT NULL").limit(0))
        with self.assertRaisesRegex(AssertionError, "DIFFERENT_ROWS"):
            assertDataFrameEqual(self.df, again, checkRowOrder=True)
        with self.assertRaisesRegex(AssertionError, "DIFFERENT_SCHEMA"):
            assertDataFrameEqual(self.df, self.df.select("id"))

    def test_what_is_missing_says_so(self):
        for action in (lambda: self.df.writeStream, lambda: self.spark.readStream, lambda: self.spark.sparkContext.hadoopFile):
            self.assertIn("is not part of the Trowel emulator", self.error_of(action))
        self.assertEqual(self.spark.conf.get("spark.sql.shuffle.partitions"), "200")
        self.spark.conf.set("my.key", True)
        self.assertEqual((self.spark.conf.get("my.key"), self.spark.conf.get("none", "default")), ("true", "default"))
        self.assertIn("SQL_CONF_NOT_FOUND", self.error_of(lambda: self.spark.conf.get("none")))
        from pyspark.sql import SparkSession

        self.assertIs(SparkSession.builder.appName("x").getOrCreate(), self.spark)


class TypesTest(SparkTest):
    def test_types_as_objects(self):
        from pyspark.sql import types as T

        schema = T.StructType().add("a", "int", False).add("b", T.ArrayType(T.StringType())).add("m", T.MapType(T.StringType(), T.DecimalType(5, 2)))
        self.assertEqual(schema.simpleString(), "struct<a:int,b:array<string>,m:map<string,decimal(5,2)>>")
        self.assertEqual(T.StructType.fromJson(schema.jsonValue()), schema)
        self.assertEqual(T.StructType.fromDDL("a int, b array<string>").names, ["a", "b"])
        self.assertEqual(repr(schema["a"]), "StructField('a', IntegerType(), False)")
        self.assertEqual(self.spark.createDataFrame([], schema).schema["m"].dataType, T.MapType(T.StringType(), T.DecimalType(5, 2)))
        self.assertIn(" |    |-- element: string (containsNull = true)", schema.treeString())
        self.assertNotEqual(T.IntegerType(), T.LongType())


if __name__ == "__main__":
    unittest.main()
