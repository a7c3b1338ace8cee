// Databricks notebook source
// MAGIC %md
// MAGIC # Word count
// MAGIC The emulator shows Scala notebooks and does not run them: its clusters allow Python and SQL.

// COMMAND ----------

val lines = Seq("to be or not to be", "that is the question")

// COMMAND ----------

val counts = lines
  .flatMap(_.split(" "))
  .groupBy(identity)
  .map { case (word, all) => word -> all.size }

counts.toSeq.sortBy(-_._2).foreach(println)
