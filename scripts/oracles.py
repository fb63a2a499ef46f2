"""Writes packages/core/src/statistics/oracles.json, the numbers the statistics are tested against.

Each value is computed with mpmath at 60 digits, or with whole numbers and fractions, from the doubles that are given as
arguments, and must agree with scipy to 1e-9 (scipy's own tails are less exact than that table). Made with scipy 1.17 and
mpmath 1.4; to make it again:

    python3 -m venv /tmp/oracles && /tmp/oracles/bin/pip install scipy mpmath
    /tmp/oracles/bin/python scripts/oracles.py

A row is [arguments..., value]; the tests read the names. Rows whose value is "tiny" (|ln value| > 100) are far tails.
"""

import json
from fractions import Fraction
from math import comb
from pathlib import Path

from mpmath import mp, mpf
from scipy import special, stats

mp.dps = 60


def close(exact, other, what):
    if exact == 0 or abs(exact) < mpf("1e-290"):
        return
    assert abs(mpf(other) / exact - 1) < 1e-9, (what, exact, other)


def row(arguments, exact, other=None):
    value = float(exact)
    if other is not None:
        close(mpf(exact) if not isinstance(exact, Fraction) else mpf(exact.numerator) / exact.denominator, other, arguments)
    return [*arguments, value]


def normal():
    zs = [-38, -20, -10, -6.5, -3, -2.0000001, -2, -1.96, -1, -0.5, -1e-9, 0, 1e-300, 0.1, 0.7, 1, 1.5, 1.959963984540054, 2, 2.0000001, 2.5, 3, 4.2, 6, 8.3, 12, 20, 30, 37.5]
    return [row([z], mp.erfc(mpf(z) / mp.sqrt(2)) / 2, stats.norm.sf(z)) for z in zs]


def normal_quantile():
    ps = [1e-300, 1e-100, 1e-20, 1e-10, 1e-5, 0.0005, 0.0025, 0.005, 0.025, 0.05, 0.09999, 0.1, 0.1001, 0.25, 0.4, 0.4999999, 0.5, 0.5000001, 0.6, 0.8, 0.9, 0.95, 0.975, 0.995, 0.9999, 0.9999999999]
    rows = []
    for p in ps:
        start = float(stats.norm.ppf(p))
        if p == 0.5:
            exact = mpf(0)
        elif abs(start) < 1:
            exact = mp.sqrt(2) * mp.erfinv(2 * mpf(p) - 1)
        else:
            tail = mpf(p) if p < 0.5 else 1 - mpf(p)
            log_tail = mp.log(tail)
            exact = abs(mp.findroot(lambda z: mp.log(mp.erfc(z / mp.sqrt(2)) / 2) - log_tail, abs(mpf(start))))
            exact = exact if p > 0.5 else -exact
        rows.append(row([p], exact, start))
    return rows


def log_gamma():
    xs = [1e-300, 1e-10, 0.1, 0.4999, 0.5, 0.75, 0.9999999, 1, 1.0000001, 1.2, 1.4616321449683622, 1.5, 1.7, 1.99999, 2, 2.00001, 2.4, 2.5, 2.6, 3, 5.5, 9.99, 10, 10.01, 15, 33.3, 1000, 123456.789, 1e10, 1e100]
    # scipy loses digits beside the zeros at 1 and 2.
    return [row([x], mp.loggamma(mpf(x)), None if 0 < abs(x - round(x)) < 1e-4 else special.gammaln(x)) for x in xs]


def gamma_tails():
    pairs = [(0.5, 1e-10), (0.5, 0.1), (0.5, 1), (0.5, 1.49), (0.5, 1.51), (0.5, 5), (0.5, 50), (0.5, 600), (1, 0.3), (1, 3), (1, 700), (1.5, 0.2), (2.5, 3.4), (2.5, 3.6), (10, 2), (10, 10), (10, 40), (50, 20), (50, 50), (50, 200), (500, 300), (500, 500), (500, 800), (5000, 4800), (5000, 5001), (5000, 6000)]
    lower, upper = [], []
    for a, x in pairs:
        p = mp.gammainc(mpf(a), 0, mpf(x), regularized=True)
        q = mp.gammainc(mpf(a), mpf(x), mp.inf, regularized=True)
        lower.append(row([a, x], p, special.gammainc(a, x)))
        upper.append(row([a, x], q, special.gammaincc(a, x)))
    return lower, upper


def beta_tails():
    triples = [(0.1, 1, 1), (0.25, 2, 3), (0.5, 5, 5), (0.5, 1.5, 7.25), (0.9, 10, 3), (0.01, 3, 20), (0.001, 10, 10), (0.75, 100, 40), (0.4, 100, 100), (0.3, 300, 200), (0.2, 1, 250), (0.875, 900.5, 100.25), (0.0009765625, 2, 1000)]
    lower, upper = [], []
    for x, a, b in triples:
        p = mp.betainc(mpf(a), mpf(b), 0, mpf(x), regularized=True)
        q = mp.betainc(mpf(b), mpf(a), 0, 1 - mpf(x), regularized=True)
        lower.append(row([x, a, b], p, special.betainc(a, b, x)))
        upper.append(row([x, a, b], q, special.betainc(b, a, 1 - x)))
    return lower, upper


def binomial_sums(k, n, p):
    """Mass, P(X <= k) and P(X > k), each summed from its own side."""
    p = mpf(p)
    q = 1 - p

    def mass(i):
        return mp.exp(mp.loggamma(n + 1) - mp.loggamma(i + 1) - mp.loggamma(n - i + 1) + i * mp.log(p) + (n - i) * mp.log(q))

    def total(i, step):
        term = mass(i)
        whole = mpf(0)
        while 0 <= i <= n:
            whole += term
            if term < whole * mpf("1e-40") and (i - n * p) * step > 0:
                break
            term = term * (n - i) * p / ((i + 1) * q) if step == 1 else term * i * q / ((n - i + 1) * p)
            i += step
        return whole

    return mass(k), total(k, -1), total(k + 1, 1) if k < n else mpf(0)


def binomial():
    triples = [(0, 1, 0.5), (0, 8, 0.5), (8, 8, 0.5), (3, 10, 0.3), (5, 10, 0.5), (10, 35, 0.5), (40, 100, 0.5), (1, 1000, 0.01), (25, 1000, 0.01), (100, 1000, 0.01), (400, 1000, 0.5), (200, 1000, 0.5), (9000, 10000, 0.875), (9500, 10000, 0.9375), (10000, 1000000, 0.01), (10500, 1000000, 0.01), (12000, 1000000, 0.01), (498000, 1000000, 0.5), (485000, 1000000, 0.5), (0, 1000, 0.5), (999, 1000, 0.001)]
    mass_rows, lower, upper = [], [], []
    for k, n, p in triples:
        mass, below, above = binomial_sums(k, n, p)
        mass_rows.append(row([k, n, p], mass, stats.binom.pmf(k, n, p)))
        lower.append(row([k, n, p], below, stats.binom.cdf(k, n, p)))
        if k < n:
            upper.append(row([k, n, p], above, stats.binom.sf(k, n, p)))
    return mass_rows, lower, upper


def log_binomial():
    """Where the value itself is 0 in a double."""
    rows = []
    for k, n, p in [(0, 100000, 0.5), (1000, 100000, 0.5), (50, 1000000, 0.25), (3, 20000, 0.125)]:
        _, below, _ = binomial_sums(k, n, p)
        rows.append([k, n, p, float(mp.log(below))])
    return rows


def chi_square():
    pairs = [(0, 1), (0.1, 1), (1.125, 1), (3.841458820694124, 1), (8, 1), (25, 1), (100, 1), (1000, 1), (0.5, 2), (10, 2), (400, 3), (7, 9), (90, 100), (300, 100)]
    return [row([x, df], mp.gammainc(mpf(df) / 2, mpf(x) / 2, mp.inf, regularized=True), stats.chi2.sf(x, df)) for x, df in pairs]


def fisher():
    tables = [(10, 4, 6, 0), (56, 14, 48, 32), (0, 5, 5, 0), (1, 0, 0, 0), (0, 0, 3, 4), (3, 1, 1, 3), (8, 2, 1, 5), (200, 9800, 150, 9850), (12, 988, 30, 970), (0, 1000, 40, 960), (500, 500, 300, 700), (900, 100, 100, 900), (1500, 500, 700, 1300), (7, 100000, 20, 100000)]
    rows = []
    for a, b, c, d in tables:
        n, marked, drawn = a + b + c + d, a + b, a + c
        whole = comb(n, drawn)
        low, high = max(0, drawn + marked - n), min(marked, drawn)
        masses = {k: comb(marked, k) * comb(n - marked, drawn - k) for k in range(low, high + 1)}
        limit = masses[a] + masses[a] // 10**7
        two = Fraction(sum(m for m in masses.values() if m <= limit), whole)
        less = Fraction(sum(m for k, m in masses.items() if k <= a), whole)
        greater = Fraction(sum(m for k, m in masses.items() if k >= a), whole)
        other = float(stats.fisher_exact([[a, b], [c, d]])[1])
        rows.append([*row([a, b, c, d], two, other), float(less), float(greater)])
    return rows


def mcnemar():
    rows = []
    for b, c in [(8, 0), (25, 10), (10, 4), (6, 1), (60, 40), (15, 19), (1, 7), (200, 120), (1000, 400), (3, 3)]:
        n, fewer = b + c, min(b, c)
        below = sum(comb(n, i) for i in range(fewer + 1))
        exact = min(Fraction(1), Fraction(2 * below, 2**n))
        mid = min(Fraction(1), Fraction(2 * below - comb(n, fewer), 2**n))
        rows.append([*row([b, c], exact, stats.binomtest(b, n).pvalue), float(mid)])
    return rows


def wilson():
    rows = []
    for hits, of, level in [(0, 10, 0.95), (10, 10, 0.95), (7, 34, 0.95), (1, 34, 0.95), (640, 800, 0.99), (3, 100000, 0.95)]:
        interval = stats.binomtest(hits, of).proportion_ci(level, method="wilson")
        rows.append([hits, of, level, float(interval.low), float(interval.high)])
    return rows


def main():
    gamma_lower, gamma_upper = gamma_tails()
    beta_lower, beta_upper = beta_tails()
    mass, below, above = binomial()
    table = {
        "normalSurvival": normal(),
        "normalQuantile": normal_quantile(),
        "logGamma": log_gamma(),
        "gammaP": gamma_lower,
        "gammaQ": gamma_upper,
        "betaCdf": beta_lower,
        "betaSurvival": beta_upper,
        "binomialMass": mass,
        "binomialCdf": below,
        "binomialSurvival": above,
        "logBinomialCdf": log_binomial(),
        "chiSquareSurvival": chi_square(),
        "fisher": fisher(),
        "mcnemar": mcnemar(),
        "wilson": wilson(),
    }
    lines = [f' "{name}": [\n' + ",\n".join(f"  {json.dumps(row)}" for row in rows) + "\n ]" for name, rows in table.items()]
    target = Path(__file__).parent.parent / "packages/core/src/statistics/oracles.json"
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n")


main()
