SELECT day, revenue
FROM main.sales.revenue_by_day
ORDER BY revenue DESC
LIMIT 5
