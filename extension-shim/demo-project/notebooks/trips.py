# Databricks notebook source
# MAGIC %md
# MAGIC # Taxi trips
# MAGIC A *source notebook*: plain text in the repository, a notebook in the editor.

# COMMAND ----------

total = spark.table("samples.nyctaxi.trips").count()
print(f"There are {total} trips")

# COMMAND ----------

# MAGIC %sql
# MAGIC SELECT pickup_zip, count(*) AS trips, round(avg(fare_amount), 2) AS average_fare
# MAGIC FROM samples.nyctaxi.trips
# MAGIC GROUP BY pickup_zip
# MAGIC ORDER BY trips DESC
# MAGIC LIMIT 3

# COMMAND ----------

import matplotlib.pyplot as plt

trips = spark.table("samples.nyctaxi.trips").toPandas()
trips.plot.scatter("trip_distance", "fare_amount", s=4, figsize=(5, 2))
plt.show()

# COMMAND ----------

# DBTITLE 1,An error on purpose
fares = {"short": 5}
fares["long"]
