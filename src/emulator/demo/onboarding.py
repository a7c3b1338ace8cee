# Databricks notebook source
# MAGIC %md
# MAGIC # Team onboarding
# MAGIC 1. Clone the project into your own folder beneath `/Repos`.
# MAGIC 2. Run the cell below on **Shared analytics**.
# MAGIC 3. Read the revenue report.

# COMMAND ----------

display(spark.sql("SHOW TABLES IN main.sales"))
