# Databricks notebook source
# MAGIC %md
# MAGIC # Getting started
# MAGIC This notebook runs in the demo workspace: on your own machine, with nothing sent anywhere.
# MAGIC Start **Demo cluster**, then run the cells from top to bottom.

# COMMAND ----------

# DBTITLE 1,Python keeps its state between cells
greeting = "Hello from the demo cluster"
print(greeting)

# COMMAND ----------

# DBTITLE 1,Tables are real
trips = spark.table("samples.nyctaxi.trips")
print(f"{trips.count()} trips with the columns {', '.join(trips.columns)}")
display(trips.limit(10))

# COMMAND ----------

# DBTITLE 1,So are plots
import matplotlib.pyplot as plt

frame = trips.toPandas()
plt.scatter(frame["trip_distance"], frame["fare_amount"], s=12, alpha=0.5)
plt.xlabel("distance in miles")
plt.ylabel("fare in dollars")
plt.title("What a taxi ride costs")
plt.show()

# COMMAND ----------

# MAGIC %sql
# MAGIC SELECT pickup_zip, count(*) AS trips, round(avg(fare_amount), 2) AS fare
# MAGIC FROM samples.nyctaxi.trips
# MAGIC GROUP BY pickup_zip
# MAGIC ORDER BY trips DESC
# MAGIC LIMIT 5

# COMMAND ----------

# DBTITLE 1,Errors show where they happened
def fare_per_mile(fare, distance):
    return fare / distance


fare_per_mile(10, 0)
