# Databricks notebook source
# MAGIC %md
# MAGIC Fails on purpose, so that there is a failed run to look at.

# COMMAND ----------

missing = spark.sql("SELECT count(*) AS n FROM main.sales.daily WHERE revenue < 1000").first()["n"]
print(f"{missing} rows below the threshold")

# COMMAND ----------

if missing > 0:
    raise ValueError(f"{missing} rows of main.sales.daily have a revenue below 1000")
