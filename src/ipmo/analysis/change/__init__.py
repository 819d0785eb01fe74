"""What would follow: changes applied and tried, portfolios compared, movements explained, decisions queued."""
