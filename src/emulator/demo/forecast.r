# Databricks notebook source
# MAGIC %md
# MAGIC # Forecast
# MAGIC The emulator shows R notebooks and does not run them: its clusters allow Python and SQL.

# COMMAND ----------

sales <- data.frame(day = 1:90, revenue = 900 + 3 * (1:90) + rnorm(90, sd = 40))

# COMMAND ----------

model <- lm(revenue ~ day, data = sales)
summary(model)
