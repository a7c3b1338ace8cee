-- Databricks notebook source
-- MAGIC %md
-- MAGIC # Revenue report
-- MAGIC Daily sales of the first quarter, by region.

-- COMMAND ----------

SELECT region, sum(units) AS units, round(sum(revenue), 2) AS revenue
FROM main.sales.daily
GROUP BY region
ORDER BY revenue DESC

-- COMMAND ----------

-- DBTITLE 1,Month by month
SELECT date_format(day, 'yyyy-MM') AS month, region, round(sum(revenue), 2) AS revenue
FROM main.sales.daily
GROUP BY month, region
ORDER BY month, region

-- COMMAND ----------

-- DBTITLE 1,Customers with open orders
SELECT c.c_name, c.c_mktsegment, count(*) AS orders, sum(o.o_totalprice) AS total
FROM samples.tpch.orders o
JOIN samples.tpch.customer c ON c.c_custkey = o.o_custkey
WHERE o.o_orderstatus = 'O'
GROUP BY c.c_name, c.c_mktsegment
ORDER BY total DESC
LIMIT 10
