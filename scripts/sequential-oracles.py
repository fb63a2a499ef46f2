"""Writes packages/core/src/statistics/sequential/oracles.json, the numbers the sequential methods are tested against.

Each value comes from the definition (an integral, a sum of log-gammas, a constrained maximum, a walk in fractions), not
from the formula the code uses, with mpmath at 60 digits (the last table in doubles). Made with mpmath 1.4 and scipy 1.17; to make it again:

    python3 -m venv /tmp/oracles && /tmp/oracles/bin/pip install mpmath scipy
    /tmp/oracles/bin/python scripts/sequential-oracles.py

A row is [arguments..., value]; the tests read the names.
"""

import json
import math
from fractions import Fraction
from pathlib import Path

from mpmath import mp, mpf
from scipy.integrate import quad
from scipy.optimize import brentq

mp.dps = 60


def log_integral(hits, misses, a, b, low, high):
    """ln of the integral over [low, high] of t^(a+hits-1) (1-t)^(b+misses-1)."""
    x, y = a + hits - 1, b + misses - 1

    def log_f(t):
        return x * mp.log(t) + y * mp.log(1 - t)

    mode = x / (x + y) if x > 0 and y > 0 else (low + high) / 2
    at = min(max(mode, low), high)
    top = log_f(at) if 0 < at < 1 else log_f((low + high) / 2)
    width = mp.sqrt(at * (1 - at) / (x + y)) if 0 < at < 1 and x + y > 1 else (high - low) / 8
    # A cut-off peak falls faster than its width says: its scale is 1/|slope|.
    slope = abs(x / at - y / (1 - at)) if 0 < at < 1 else mpf(1)
    if slope > 1 / width:
        width = 1 / slope
    marks = sorted({low, high, *(min(max(at + k * width, low), high) for k in (-60, -40, -25, -15, -8, -4, -2, -1, 0, 1, 2, 4, 8, 15, 25, 40, 60))})
    return top + mp.log(mp.quad(lambda t: mp.exp(log_f(t) - top), marks))


def binomial_log_e(hits, misses, share, side, concentration):
    p = mpf(share)
    a, b = mpf(concentration) * p, mpf(concentration) * (1 - p)
    hits, misses = mpf(hits), mpf(misses)
    base = hits * mp.log(p) + misses * mp.log(1 - p)
    if side == "two":
        lb = lambda u, v: mp.loggamma(u) + mp.loggamma(v) - mp.loggamma(u + v)
        return lb(a + hits, b + misses) - lb(a, b) - base
    low, high = (p, mpf(1)) if side == "greater" else (mpf(0), p)
    return log_integral(hits, misses, a, b, low, high) - log_integral(mpf(0), mpf(0), a, b, low, high) - base


def binomial_rows():
    rows = []
    cases = [(25, 9, 0.5, 20), (120, 80, 0.5, 20), (9, 25, 0.5, 20), (0, 40, 0.5, 20), (40, 0, 0.5, 20), (60, 50, 0.4375, 20), (700, 300, 0.65625, 12.5), (5, 995, 0.0078125, 300), (30000, 29000, 0.5, 100), (1000000, 1001000, 0.5, 20), (500040000, 499960000, 0.5, 100), (700040000, 700000000, 0.5, 100), (500000020000000, 500000000000000, 0.5, 20), (300000000000000, 700000000000000, 0.5, 20)]
    for hits, misses, share, concentration in cases:
        for side in ("two", "greater", "less"):
            rows.append([hits, misses, share, side, concentration, float(binomial_log_e(hits, misses, share, side, concentration))])
    return rows


def score_rows():
    rows = []
    stakes = [mpf(0.9) * mpf(0.545) ** k for k in range(16)]
    for scores, counts, mean in [([0, 1, -1], [500, 60, 30], 0), ([0, 1, -1.0625, -0.0625], [300, 130, 20, 700], 0), ([0, 0.25, 0.5, 0.75, 1], [10, 40, 90, 60, 20], 0.5), ([0, 1, -1], [0, 0, 50], -0.0625), ([0, 1], [900, 100], 0.0625), ([0, 1, -1], [10**14, 10**12, 10**12 + 10**6], 0)]:
        worst = -(mpf(min(scores)) - mpf(mean))
        wealths = [mp.fprod((1 + s / worst * (mpf(x) - mpf(mean))) ** mpf(c) for x, c in zip(scores, counts)) for s in stakes]
        rows.append([scores, counts, mean, float(mp.log(sum(wealths) / 16))])
    return rows


def srm_rows():
    rows = []
    for counts, parts, concentration in [([1000, 1200], [1, 1], 1000), ([310, 98], [3, 1], 1000), ([80100, 19900], [80, 20], 1000), ([900, 60, 40], [90, 5, 5], 500), ([5, 0], [1, 1], 10), ([500000000000000, 500000040000000], [1, 1], 1000)]:
        whole = sum(parts)
        alphas = [mpf(concentration) * part / whole for part in parts]
        n = sum(counts)
        log_e = mp.loggamma(mpf(concentration)) - mp.loggamma(mpf(concentration) + n)
        for count, alpha, part in zip(counts, alphas, parts):
            log_e += mp.loggamma(alpha + count) - mp.loggamma(alpha) - count * mp.log(mpf(part) / whole)
        rows.append([counts, parts, concentration, float(log_e)])
    return rows


def normal_rows():
    rows = []
    for s, v, rho in [(10, 100, 12.5), (-10, 100, 12.5), (45.5, 400, 60), (300, 10000, 600), (-9000, 10000, 600), (0, 0, 5)]:
        s_, v_, rho_ = mpf(s), mpf(v), mpf(rho)
        # Both from the mixing integral over normal(0, 1/rho) of exp(l s - l^2 v / 2).
        def mix(low):
            spread, centre = 1 / mp.sqrt(v_ + rho_), s_ / (v_ + rho_)
            at = max(centre, low) if low == 0 else centre
            top = at * s_ - at**2 * (v_ + rho_) / 2
            step = min(spread, 1 / max(abs(s_ - at * (v_ + rho_)), mpf("1e-30")))
            marks = [at + k * step for k in ((0, 1, 3, 8, 20, 60, 200) if at == low else (-40, -15, -6, -2, 0, 2, 6, 15, 40))]
            marks = sorted({max(m, low) for m in marks})
            return top + mp.log(mp.sqrt(rho_ / (2 * mp.pi)) * mp.quad(lambda l: mp.exp(l * s_ - l**2 * (v_ + rho_) / 2 - top), marks))
        rows.append([s, v, rho, 2, float(mix(-mp.inf))])
        rows.append([s, v, rho, 1, float(mp.log(2) + mix(mpf(0)))])
    return rows


def gsprt_rows():
    """Constrained maxima by solving the conditions of Lagrange for all shares at once."""
    rows = []
    for counts, elo0, elo1, scale in [([300, 1000, 420], 0, 10, "logistic"), ([300, 1000, 420], 0, 10, "normalized"), ([10789, 19328, 33806, 19402, 10543], -3, 1, "logistic"), ([39, 2226, 31451, 2412, 40], 0.764, 3.439, "normalized"), ([13, 37, 50, 25, 3], 0, 4, "normalized"), ([5, 900, 25], 0, 5, "normalized"), ([40, 5, 90], -20, 20, "logistic")]:
        k = len(counts)
        n = mpf(sum(counts))
        seen = [mpf(c) / n for c in counts]
        a = [mpf(i) / (k - 1) for i in range(k)]
        games = 2 if k == 5 else 1

        def constraint(p, elo):
            mean = sum(x * y for x, y in zip(a, p))
            if scale == "logistic":
                return mean - 1 / (1 + mpf(10) ** (-mpf(elo) / 400))
            sd = mp.sqrt(sum((x - mean) ** 2 * y for x, y in zip(a, p)))
            return mean - mpf(1) / 2 - mpf(elo) * mp.log(10) / 800 * mp.sqrt(games) * sd

        def maximum(elo):
            def gradient(p, i):
                h = mpf("1e-25")
                up = [x + (h if j == i else 0) for j, x in enumerate(p)]
                down = [x - (h if j == i else 0) for j, x in enumerate(p)]
                return (constraint(up, elo) - constraint(down, elo)) / (2 * h)

            def conditions(*u):
                p, l1, l2 = list(u[:k]), u[k], u[k + 1]
                return [seen[i] / p[i] - l1 - l2 * gradient(p, i) for i in range(k)] + [sum(p) - 1, constraint(p, elo)]

            found = mp.findroot(conditions, [*seen, mpf(1), mpf(0)], tol=mpf("1e-35"), maxsteps=60)
            return [found[i] for i in range(k)]

        p0, p1 = maximum(elo0), maximum(elo1)
        rows.append([counts, elo0, elo1, scale, float(n * sum(s * mp.log(y / x) for s, x, y in zip(seen, p0, p1)))])
    return rows


def stopped_rows():
    """The walk in fractions: every path of wins, with its boundary from the e-value itself."""
    rows = []
    mp.dps = 30
    for wins, losses, looks in [(14, 1, list(range(1, 16))), (19, 6, [5, 10, 15, 20, 25]), (22, 18, list(range(1, 41))), (9, 21, [10, 20, 30])]:
        n = wins + losses
        limit = mp.log(20)
        table = {}

        def crosses(w, m):
            if (w, m) not in table:
                table[w, m] = binomial_log_e(w, m - w, 0.5, "greater", 20) >= limit
            return table[w, m]

        # Numbers of paths that are alive at n, and that stopped at (w, m) earlier.
        alive = {0: 1}
        stops = []
        for m in range(1, n + 1):
            step = {}
            for w, paths in alive.items():
                step[w] = step.get(w, 0) + paths
                step[w + 1] = step.get(w + 1, 0) + paths
            alive = step
            if m in looks and m < n:
                for w in [w for w in alive if 2 * w > m and crosses(w, m)]:
                    stops.append((w, m, alive.pop(w)))

        def more(theta, least):
            share = sum(paths * theta**w * (1 - theta) ** (m - w) for w, m, paths in stops)
            return share + sum(paths * theta**w * (1 - theta) ** (n - w) for w, paths in alive.items() if w >= least)

        def solve(f):
            low, high = Fraction(0), Fraction(1)
            for _ in range(36):
                middle = (low + high) / 2
                if f(middle) < 0:
                    low = middle
                else:
                    high = middle
            return float(low)

        value = solve(lambda t: more(t, wins) + more(t, wins + 1) - 1)
        rows.append([wins, losses, looks, value, solve(lambda t: more(t, wins) - Fraction(1, 40)), solve(lambda t: more(t, wins + 1) - Fraction(39, 40))])
    mp.dps = 60
    return rows


def stopped_elo_rows():
    """First passage between two bounds by images instead of sines, integrated numerically in doubles."""
    rows = []
    for counts, elo0, elo1 in [([300, 1000, 385], 0, 10), ([420, 1000, 400], 0, 10), ([50, 60, 110], 0, 30)]:
        n = sum(counts)
        mean = (counts[1] / 2 + counts[2]) / n
        var = sum(c / n * (x - mean) ** 2 for c, x in zip(counts, (0, 0.5, 1)))
        s0, s1 = (1 / (1 + 10 ** (-e / 400)) for e in (elo0, elo1))
        rate = (s1 - s0) ** 2 / var
        bound = math.log(19)

        def hits(drift):
            def density(t):
                total = sum((bound + 4 * k * bound) * math.exp(-((bound + 4 * k * bound) ** 2) / (2 * rate * t)) for k in range(-12, 13))
                return math.exp(drift / rate * bound - drift**2 * t / (2 * rate)) * total / math.sqrt(2 * math.pi * rate * t**3)

            return sum(quad(density, n * 1.4 ** -(k + 1), n * 1.4**-k, epsabs=1e-14, epsrel=1e-13)[0] for k in range(30))

        rises = 2 * counts[2] + counts[1] > n * (s0 + s1)

        def solve(target):
            m = brentq(lambda m: (hits((s1 - s0) * (m - (s0 + s1) / 2) / var) if rises else 1 - hits(-(s1 - s0) * (m - (s0 + s1) / 2) / var)) - target, mean - 0.25, mean + 0.25, xtol=1e-13)
            return -400 * math.log10(1 / m - 1)

        rows.append([counts, elo0, elo1, solve(1 / 2), solve(1 / 40), solve(39 / 40)])
    return rows


def main():
    table = {"binomial": binomial_rows(), "score": score_rows(), "sampleRatio": srm_rows(), "normalMixture": normal_rows(), "gsprt": gsprt_rows(), "stoppedPairs": stopped_rows(), "stoppedElo": stopped_elo_rows()}
    lines = [f' "{name}": [\n' + ",\n".join(f"  {json.dumps(row)}" for row in rows) + "\n ]" for name, rows in table.items()]
    target = Path(__file__).parent.parent / "packages/core/src/statistics/sequential/oracles.json"
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n")


main()
