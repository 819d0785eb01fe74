"""The beta distribution, without a statistics library."""

from __future__ import annotations

import math

__all__ = ["beta_quantile", "beta_share"]


def beta_quantile(alpha: float, beta: float, share: float) -> float:
    """The inverse of the regularised incomplete beta function by bisection."""
    if share <= 0:
        return 0.0
    if share >= 1:
        return 1.0
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if beta_share(alpha, beta, middle) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def beta_share(alpha: float, beta: float, x: float) -> float:
    """Regularised incomplete beta function by Lentz's continued fraction (DLMF 8.17.22)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (alpha + 1) / (alpha + beta + 2):
        return 1 - beta_share(beta, alpha, 1 - x)
    front = (
        math.exp(math.lgamma(alpha + beta) - math.lgamma(alpha) - math.lgamma(beta) + alpha * math.log(x) + beta * math.log1p(-x)) / alpha
    )
    tiny = 1e-300
    fraction, upper, lower = 1.0, 1.0, 0.0
    for index in range(400):
        m = index // 2
        if index == 0:
            step = 1.0
        elif index % 2 == 0:
            step = m * (beta - m) * x / ((alpha + 2 * m - 1) * (alpha + 2 * m))
        else:
            step = -(alpha + m) * (alpha + beta + m) * x / ((alpha + 2 * m) * (alpha + 2 * m + 1))
        lower = 1 / ((1 + step * lower) or tiny)
        upper = (1 + step / upper) or tiny
        fraction *= upper * lower
        if abs(1 - upper * lower) < 1e-15:
            break
    return front * (fraction - 1)
