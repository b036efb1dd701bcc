"""Measures what docs/performance.md and docs/quality.md show. Loopback only, bounded in count and time."""
