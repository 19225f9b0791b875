"""Benchmarks: `frontdesk bench NAME`. What is compared runs in turns on the same servers, so that ratios hold."""
