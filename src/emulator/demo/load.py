# Databricks notebook source
from datetime import date

dbutils.widgets.text("day", str(date.today()))
day = dbutils.widgets.get("day")
print(f"loading the sales of {day}")

# COMMAND ----------

display(spark.sql("SELECT region, units, revenue FROM main.sales.daily LIMIT 10"))
