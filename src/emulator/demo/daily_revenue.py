# Databricks notebook source
# MAGIC %md
# MAGIC Sums up a day's sales. The job *Daily revenue* runs it; `currency` is a parameter of the job.

# COMMAND ----------

dbutils.widgets.text("currency", "EUR")
currency = dbutils.widgets.get("currency")

# COMMAND ----------

daily = spark.sql("SELECT day, round(sum(revenue), 2) AS revenue FROM main.sales.daily GROUP BY day ORDER BY day")
daily.write.mode("overwrite").saveAsTable("main.sales.revenue_by_day")
display(daily)

# COMMAND ----------

best = spark.sql("SELECT max(revenue) AS best FROM main.sales.revenue_by_day").first()["best"]
dbutils.notebook.exit(f"best day: {best:.2f} {currency}")
