"""The sums: plain functions from what a worker told and the dated figures to exact amounts. They know no language."""
