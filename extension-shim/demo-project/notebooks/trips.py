# Databricks notebook source
# MAGIC %md
# MAGIC # Taxi trips
# MAGIC A *source notebook*: plain text in the repository, a notebook in the editor.

# COMMAND ----------

total = sum(range(1, 11))
print(f"The sum from 1 to 10 is {total}")

# COMMAND ----------

# MAGIC %sql
# MAGIC SELECT 'trowel' AS tool, 6 * 7 AS answer

# COMMAND ----------

import matplotlib.pyplot as plt

plt.figure(figsize=(4, 2))
plt.plot([1, 2, 3, 4], [1, 4, 9, 16], marker="o")
plt.title("Squares")
plt.show()

# COMMAND ----------

# DBTITLE 1,An error on purpose
fares = {"short": 5}
fares["long"]
