"""Writes packages/core/src/statistics/catalogue/oracles.json: inputs of the catalogue and what they must give.

Tails are computed with mpmath at 50 digits from the doubles given; tests with scipy and statsmodels, and with plain
enumeration where these don't reach. Each row is {"input", "expected": {path: value}}. To make it again:

    python3 -m venv /tmp/oracles && /tmp/oracles/bin/pip install scipy==1.17.1 statsmodels==0.15.0 mpmath==1.4.1
    /tmp/oracles/bin/python scripts/statistics-oracles.py
"""

import itertools
import json
import warnings
from fractions import Fraction
from math import comb
from pathlib import Path

import numpy as np
from mpmath import mp, mpf
from scipy import stats
from statsmodels.stats import contingency_tables, multitest, proportion

mp.dps = 50
random = np.random.default_rng(7)
warnings.simplefilter("ignore")


def row(given, **expected):
    return {"input": given, "expected": {path.replace("__", "."): float(value) for path, value in expected.items()}}


def erf():
    xs = [-27, -10, -6, -3, -2, -1.5, -1.0001, -1, -0.9, -0.5, -0.1, -1e-10, 0, 1e-300, 1e-10, 0.01, 0.1, 0.3, 0.5, 0.9, 0.9999, 1, 1.0001, 1.5, 2, 3, 4, 5, 7, 10, 15, 20, 25, 26.5]
    return [row({"x": x}, erf=mp.erf(mpf(x)), erfc=mp.erfc(mpf(x))) for x in xs]


def t_two_sided(t, df):
    t, df = mpf(t), mpf(df)
    return mp.betainc(df / 2, mpf(1) / 2, 0, df / (df + t * t), regularized=True)


def student_t():
    pairs = [(t, df) for df in (0.1, 0.5, 1, 1.5, 2, 4.7, 10, 33.3, 100, 1000, 54321.5) for t in (-3, 0.01, 0.5, 1.7, 1.8, 6, 40)]
    pairs += [(1e-8, 3), (1e5, 2), (1e10, 3.5), (1e40, 7), (200, 30), (2, 1e6), (30, 1000)]
    return [row({"t": t, "df": df}, twoSided=t_two_sided(t, df), survival=t_two_sided(t, df) / 2 if t > 0 else 1 - t_two_sided(t, df) / 2) for t, df in pairs]


def student_t_quantile():
    rows = []
    for df in (1, 2, 3.5, 10, 100, 12345.6):
        for p in (1e-12, 1e-5, 0.025, 0.2, 0.3, 0.499, 0.75, 0.975, 0.9999):
            start = float(stats.t.ppf(p, df))
            target = mp.log(2 * min(mpf(p), 1 - mpf(p)))
            if abs(p - 0.5) < 0.3:
                between = 2 * abs(mpf(p) - mpf(1) / 2)
                t = mp.findroot(lambda t: mp.betainc(mpf(1) / 2, mpf(df) / 2, 0, t * t / (df + t * t), regularized=True) - between, abs(start))
            else:
                t = mp.findroot(lambda t: mp.log(t_two_sided(t, df)) - target, abs(start))
            rows.append(row({"p": p, "df": df}, value=-abs(t) if p < 0.5 else abs(t)))
    return rows


def f():
    rows = []
    for a, b in ((0.5, 0.5), (1, 1), (1, 30), (2, 7.5), (5, 2), (10, 100), (300, 20), (1000, 1000)):
        for x in (1e-6, 0.1, 1, 1.7, 12, 1e5):
            share = mpf(a) * x / (mpf(a) * x + b)
            rows.append(row({"f": x, "numerator": a, "denominator": b}, survival=mp.betainc(mpf(b) / 2, mpf(a) / 2, 0, 1 - share, regularized=True), cdf=mp.betainc(mpf(a) / 2, mpf(b) / 2, 0, share, regularized=True)))
    return rows


def chi_square_quantile():
    rows = []
    for df in (1, 2, 3, 9, 50, 1000):
        for p in (1e-10, 0.001, 0.3, 0.5, 0.95, 0.9999, 1 - 1e-9):
            start = mpf(float(stats.chi2.ppf(p, df)))
            if p < 0.5:
                u = mp.findroot(lambda u: mp.log(mp.gammainc(mpf(df) / 2, 0, mp.exp(u) / 2, regularized=True)) - mp.log(mpf(p)), mp.log(start))
            else:
                u = mp.findroot(lambda u: mp.log(mp.gammainc(mpf(df) / 2, mp.exp(u) / 2, mp.inf, regularized=True)) - mp.log(1 - mpf(p)), mp.log(start))
            rows.append(row({"p": p, "df": df}, value=mp.exp(u)))
    return rows


def hypergeometric():
    rows = []
    for total, marked, drawn in ((10, 4, 3), (20, 5, 8), (100, 50, 50), (1000, 30, 400), (5000, 2500, 100), (10**6, 300, 20000), (50, 20, 10), (300, 10, 100), (7, 0, 3), (7, 7, 3)):
        low, high = max(0, drawn + marked - total), min(marked, drawn)
        whole = comb(total, drawn)
        for k in sorted({low, (3 * low + high) // 4, (low + high) // 2, high}):
            masses = {i: comb(marked, i) * comb(total - marked, drawn - i) for i in range(low, high + 1)}
            tail = lambda keep: Fraction(sum(m for i, m in masses.items() if keep(i)), whole)
            rows.append(row({"k": k, "total": total, "marked": marked, "drawn": drawn}, mass=Fraction(masses[k], whole), cdf=tail(lambda i: i <= k), survival=tail(lambda i: i > k)))
    return rows


def kolmogorov():
    def survival(x):
        return mp.nsum(lambda j: 2 * (-1) ** (int(j) - 1) * mp.exp(-2 * j * j * mpf(x) ** 2), [1, 200]) if x > 0.1 else mpf(1)

    xs = [0.05, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.999, 1, 1.001, 1.1, 1.2, 1.36, 1.5, 1.63, 1.95, 2, 2.5, 3, 5, 10, 18]
    return [row({"lambda": x}, survival=survival(x)) for x in xs]


def kolmogorov_exact():
    """Durbin's matrix, at 50 digits."""
    rows = []
    for n in (1, 2, 3, 5, 8, 13, 20, 33, 50):
        for scale in (0.6, 1, 1.4, 1.9, 2.3):
            d = float(scale / np.sqrt(n))
            if d >= 1 or d <= 0.5 / n:
                continue
            k = int(mp.floor(n * mpf(d))) + 1
            h, m = k - n * mpf(d), 2 * k - 1
            matrix = mp.matrix(m, m)
            for i in range(m):
                for j in range(m):
                    matrix[i, j] = 1 if i - j + 1 >= 0 else 0
            for i in range(m):
                matrix[i, 0] -= h ** (i + 1)
                matrix[m - 1, i] -= h ** (m - i)
            matrix[m - 1, 0] += (2 * h - 1) ** m if 2 * h > 1 else 0
            for i in range(m):
                for j in range(m):
                    if i - j + 1 > 0:
                        matrix[i, j] /= mp.factorial(i - j + 1)
            cdf = (matrix**n)[k - 1, k - 1] * mp.factorial(n) / mpf(n) ** n
            rows.append(row({"d": d, "n": n}, survival=1 - cdf))
    return rows


COUNTS = [(0, 1), (1, 1), (0, 10), (10, 10), (7, 34), (1, 34), (48, 80), (56, 70), (5, 83), (12, 99), (640, 800), (170, 200), (3, 100000), (99999, 100000), (5 * 10**14, 10**15), (5 * 10**14 + 10**8, 10**15)]
PAIRS = [(a, b) for a, b in itertools.product(COUNTS, COUNTS) if a < b and 10 * min(a[1], b[1]) > 1][::2]


def hits(case):
    return {"hits": case[0], "of": case[1]}


def two_proportion_z():
    rows = []
    for a, b in PAIRS:
        if not 0 < a[0] + b[0] < a[1] + b[1]:
            continue
        p, q, total = mpf(a[0]) / a[1], mpf(b[0]) / b[1], a[1] + b[1]
        pooled = mpf(a[0] + b[0]) / total
        error = mp.sqrt(pooled * (1 - pooled) * (mpf(1) / a[1] + mpf(1) / b[1]))
        shrunk = max(mpf(0), abs(p - q) - (mpf(1) / a[1] + mpf(1) / b[1]) / 2)
        two = lambda z: mp.erfc(abs(z) / mp.sqrt(2))
        rows.append(row({"first": hits(a), "second": hits(b)}, z=(p - q) / error, p=two((p - q) / error), correctedP=two(shrunk / error)))
    return rows


def interval_rows(method):
    rows = []
    for a, b in PAIRS:
        if max(a[1], b[1]) > 10**6:
            continue
        low, high = proportion.confint_proportions_2indep(*a, *b, method=method, compare="diff")
        if low != high:
            rows.append(row({"first": hits(a), "second": hits(b)}, low=max(-1, low), high=min(1, high)))
    return rows


def clopper_pearson():
    rows = []
    for (k, n), level in itertools.product(COUNTS[:14], (0.9, 0.95, 0.999)):
        low = 0 if k == 0 else stats.beta.ppf((1 - level) / 2, k, n - k + 1)
        high = 1 if k == n else stats.beta.isf((1 - level) / 2, k + 1, n - k)
        rows.append(row({"proportion": {"hits": k, "of": n}, "level": level}, low=low, high=high))
    return rows


def binomial_test():
    cases = [(k, n, p) for n in (1, 4, 10, 35, 200) for k in sorted({0, n // 3, n // 2, n}) for p in (0.5, 0.1, 0.93)]
    rows = []
    for k, n, p in cases:
        masses = [mp.binomial(n, i) * mpf(p) ** i * (1 - mpf(p)) ** (n - i) for i in range(n + 1)]
        rows.append(row({"proportion": {"hits": k, "of": n}, "p": p}, twoSided=sum(m for m in masses if m <= masses[k] * (1 + mpf("1e-7"))), less=sum(masses[: k + 1]), greater=sum(masses[k:])))
    return rows


def mcnemar_rows():
    rows = []
    for b, c in [(0, 0), (1, 0), (8, 0), (5, 5), (25, 10), (60, 40), (1, 7), (15, 19), (100, 50), (300, 200), (1000, 999), (3000, 2500), (0, 50), (0, 400)] + [tuple(int(x) for x in random.poisson(m, 2)) for m in range(2, 40, 2)]:
        n, fewer = b + c, min(b, c)
        below = sum(comb(n, i) for i in range(fewer + 1))
        chi = mpf((b - c) ** 2) / n if n else mpf(0)
        cc = mpf(max(0, abs(b - c) - 1) ** 2) / n if n else mpf(0)
        mid = Fraction(2 * below - comb(n, fewer), 2**n) if b != c else 1
        rows.append(row({"b": b, "c": c}, exact=min(Fraction(1), Fraction(2 * below, 2**n)), midP=mid, chiSquareP=mp.erfc(mp.sqrt(chi / 2)), correctedP=mp.erfc(mp.sqrt(cc / 2))))
    return rows


def samples(n):
    return [[[float(x) for x in random.normal(shift, 1, random.integers(2, 10))] for shift in (0, random.normal() * 2)] for _ in range(n)]


def welch():
    rows = []
    for a, b in samples(30):
        found = stats.ttest_ind(a, b, equal_var=False)
        interval = found.confidence_interval()
        rows.append(row({"first": {"values": a}, "second": {"values": b}}, t=found.statistic, p=found.pvalue, df=found.df, interval__low=interval.low, interval__high=interval.high))
    for n1, v1, n2, v2, gap in [(2, 1, 2, 1, 5), (10**15, 1, 10**15, 4, 1e-7), (1000, 1e-12, 5, 1e12, 1), (50, 0, 50, 2, 3), (400, 1, 300, 1, 9), (10**6, 3, 10**6, 3, 0.05)]:
        spread = mpf(v1) / n1 + mpf(v2) / n2
        df = spread**2 / ((mpf(v1) / n1) ** 2 / (n1 - 1) + (mpf(v2) / n2) ** 2 / (n2 - 1))
        t = mpf(gap) / mp.sqrt(spread)
        p = t_two_sided(t, df) if df < 10**7 else mp.erfc(t / mp.sqrt(2))
        rows.append(row({"first": {"n": n1, "mean": gap, "variance": v1}, "second": {"n": n2, "mean": 0, "variance": v2}}, t=t, df=df, p=p))
    return rows


def mann_whitney():
    rows = []
    for a, b in samples(20):
        rows.append(row({"first": a, "second": b}, u=stats.mannwhitneyu(a, b).statistic, exact__twoSided=stats.mannwhitneyu(a, b, method="exact").pvalue))
    for _ in range(15):
        a, b = ([int(x) for x in random.poisson(mean, random.integers(2, 30))] for mean in (2, 3))
        sides = {f"asymptotic__{ours}": stats.mannwhitneyu(a, b, method="asymptotic", alternative=theirs).pvalue for ours, theirs in (("twoSided", "two-sided"), ("greater", "greater"), ("less", "less"))}
        rows.append(row({"first": a, "second": b}, **sides))
    return rows


def kolmogorov_smirnov():
    rows = []
    for a, b in samples(35):
        found = stats.ks_2samp(a, b, method="exact")
        rows.append(row({"first": a, "second": b}, d=found.statistic, exact=found.pvalue))
    return rows


def contingency():
    rows = []
    for mean in np.geomspace(3, 1e12, 35):
        table = random.poisson(mean, (random.integers(2, 5), random.integers(2, 5))) + 1
        found = stats.chi2_contingency(table, correction=False)
        rows.append(row({"table": table.tolist()}, chiSquare=found.statistic, df=found.dof, p=found.pvalue))
    return rows


def adjusted(method):
    lists = [[float(p) for p in random.beta(0.4, 1, random.integers(1, 12))] for _ in range(30)] + [[0.0, 1.0], [1e-300, 1e-10, 0.5], [0.2] * 5]
    return [row({"p": p}, **{f"adjusted__{i}": v for i, v in enumerate(multitest.multipletests(p, method=method)[1])}) for p in lists]


def main():
    table = {
        "erf": erf(), "student-t": student_t(), "student-t-quantile": student_t_quantile(), "f": f(), "chi-square-quantile": chi_square_quantile(),
        "hypergeometric": hypergeometric(), "kolmogorov": kolmogorov(), "kolmogorov-exact": kolmogorov_exact(),
        "two-proportion-z": two_proportion_z(), "newcombe": interval_rows("newcomb"), "agresti-caffo": interval_rows("agresti-caffo"), "wald": interval_rows("wald"),
        "clopper-pearson": clopper_pearson(), "binomial-test": binomial_test(), "mcnemar": mcnemar_rows(), "welch": welch(),
        "mann-whitney": mann_whitney(), "kolmogorov-smirnov": kolmogorov_smirnov(), "contingency": contingency(),
        "holm": adjusted("holm"), "benjamini-hochberg": adjusted("fdr_bh"),
    }
    for name, rows in table.items():
        print(name, len(rows))
    lines = [f' "{name}": [\n' + ",\n".join(f"  {json.dumps(one)}" for one in rows) + "\n ]" for name, rows in table.items()]
    target = Path(__file__).parent.parent / "packages/core/src/statistics/catalogue/oracles.json"
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n")


main()
