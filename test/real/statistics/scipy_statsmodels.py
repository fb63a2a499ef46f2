"""Compares `gauntlet stat` with scipy and statsmodels on random inputs, one process per statistic, in bulk.

    python scipy_statsmodels.py <node> <gauntlet.mjs> [<part of a name>...]

Prints one JSON object a line: {"check", "inputs", "worst", "tolerance", "failed", "example"}. `worst` is the largest
|ours − theirs| as a multiple of tolerance·|theirs| + floor, so that up to 1 is agreement.
"""

import gc
import json
import multiprocessing
import subprocess
import sys
import warnings
import zlib

import numpy as np
from scipy import special, stats
from statsmodels.stats import contingency_tables, multitest, proportion

N = 10_000
NODE, GAUNTLET, *ONLY = sys.argv[1:]
FLOOR = 1e-290
random = np.random.default_rng()
CHECKS = []


def check(name, statistic, tolerance, inputs=N, floor=FLOOR):
    """Registers a function that draws inputs and gives, for each, what is expected: {path of a field: value}."""

    def register(function):
        CHECKS.append((name, statistic, tolerance, inputs, floor, function))
        return function

    return register


def floats(values):
    return [float(value) for value in values]


def ints(values):
    return [int(value) for value in values]


def rows(**columns):
    """Inputs from columns of equal length."""
    names = list(columns)
    return [dict(zip(names, values)) for values in zip(*columns.values())]


def log_uniform(low, high, n):
    return np.exp(random.uniform(np.log(low), np.log(high), n))


def hits_of(n, most):
    of = ints(log_uniform(1, most, n).round())
    share = random.beta(0.7, 0.7, n)
    return [{"hits": int(random.binomial(o, s)), "of": o} for o, s in zip(of, share)]


# Distributions


@check("normal", "normal", 1e-12)
def _(n):
    z = random.uniform(-37, 37, n)
    return rows(z=floats(z)), rows(survival=special.ndtr(-z), cdf=special.ndtr(z))


@check("normal quantile", "normal-quantile", 1e-12, floor=1e-15)
def _(n):
    p = np.concatenate([log_uniform(1e-300, 0.5, n // 2), random.uniform(0.001, 0.999, n - n // 2)])
    return rows(p=floats(p)), rows(value=special.ndtri(p))


@check("erf, erfc", "erf", 1e-12)
def _(n):
    x = random.uniform(-6, 26, n)
    return rows(x=floats(x)), rows(erf=special.erf(x), erfc=special.erfc(x))


@check("ln gamma", "log-gamma", 1e-12, floor=1e-14)
def _(n):
    x = log_uniform(1e-10, 1e10, n)
    return rows(x=floats(x)), rows(value=special.gammaln(x))


@check("incomplete gamma", "gamma", 1e-10)
def _(n):
    a = log_uniform(0.5, 1e5, n)
    x = a * log_uniform(0.5, 2, n)
    return rows(a=floats(a), x=floats(x)), rows(cdf=special.gammainc(a, x), survival=special.gammaincc(a, x))


@check("incomplete beta", "beta", 1e-10)
def _(n):
    a, b = log_uniform(0.5, 1e4, n), log_uniform(0.5, 1e4, n)
    x = random.beta(a * 0.5, b * 0.5).clip(1e-6, 1 - 1e-6)
    # The complement is compared through the same double 1 − x that a caller would have to make.
    return rows(x=floats(x), a=floats(a), b=floats(b)), rows(cdf=special.betainc(a, b, x), survival=special.betaincc(a, b, x))


@check("Student's t", "student-t", 1e-10)
def _(n):
    t, df = random.standard_cauchy(n) * 3, log_uniform(0.5, 1e6, n)
    return rows(t=floats(t), df=floats(df)), rows(survival=stats.t.sf(t, df), cdf=stats.t.cdf(t, df), twoSided=2 * stats.t.sf(abs(t), df))


@check("Student's t quantile", "student-t-quantile", 1e-9, floor=1e-12)
def _(n):
    p, df = random.uniform(0.0001, 0.9999, n), log_uniform(1, 1e5, n)
    return rows(p=floats(p), df=floats(df)), rows(value=stats.t.ppf(p, df))


@check("F", "f", 1e-10)
def _(n):
    a, b = log_uniform(0.5, 1e4, n), log_uniform(0.5, 1e4, n)
    f = log_uniform(0.05, 20, n)
    return rows(f=floats(f), numerator=floats(a), denominator=floats(b)), rows(survival=stats.f.sf(f, a, b), cdf=stats.f.cdf(f, a, b))


@check("χ²", "chi-square", 1e-10)
def _(n):
    df = ints(log_uniform(1, 5000, n).round())
    x = np.array(df) * log_uniform(0.1, 5, n)
    return rows(x=floats(x), df=df), rows(survival=stats.chi2.sf(x, df))


@check("χ² quantile", "chi-square-quantile", 1e-9)
def _(n):
    df, p = ints(log_uniform(1, 5000, n).round()), random.uniform(1e-6, 1 - 1e-6, n)
    return rows(p=floats(p), df=df), rows(value=stats.chi2.ppf(p, df))


@check("binomial", "binomial", 1e-9)
def _(n):
    trials = ints(log_uniform(1, 1e5, n).round())
    p = random.uniform(0.001, 0.999, n)
    k = ints(random.binomial(trials, p * random.uniform(0.8, 1, n)))
    return rows(k=k, n=trials, p=floats(p)), rows(mass=stats.binom.pmf(k, trials, p), cdf=stats.binom.cdf(k, trials, p), survival=stats.binom.sf(k, trials, p))


@check("hypergeometric", "hypergeometric", 1e-8, floor=1e-13)
def _(n):
    total = np.array(ints(log_uniform(2, 1e4, n).round()))
    marked, drawn = random.integers(0, total + 1), random.integers(0, total + 1)
    k = random.hypergeometric(marked, total - marked, drawn)
    expected = rows(mass=stats.hypergeom.pmf(k, total, marked, drawn), cdf=stats.hypergeom.cdf(k, total, marked, drawn), survival=stats.hypergeom.sf(k, total, marked, drawn))
    return rows(k=ints(k), total=ints(total), marked=ints(marked), drawn=ints(drawn)), expected


@check("Kolmogorov's limit", "kolmogorov", 1e-12)
def _(n):
    x = random.uniform(0, 8, n)
    return rows(**{"lambda": floats(x)}), rows(survival=special.kolmogorov(x))


@check("Kolmogorov, exact", "kolmogorov-exact", 1e-9)
def _(n):
    # Above 140 values scipy takes an approximation.
    size = random.integers(1, 101, n)
    d = (random.uniform(0.3, 3, n) / np.sqrt(size)).clip(0, 0.999)
    return rows(d=floats(d), n=ints(size)), rows(survival=stats.kstwo.sf(d, size))


# Proportions and pairs


@check("two-proportion z", "two-proportion-z", 1e-10, inputs=10_400)
def _(n):
    first, second = hits_of(n, 1e6), hits_of(n, 1e6)
    inputs, expected = [], []
    for a, b in zip(first, second):
        if 0 < a["hits"] + b["hits"] < a["of"] + b["of"]:
            z, p = proportion.proportions_ztest([a["hits"], b["hits"]], [a["of"], b["of"]])
            table = [[a["hits"], a["of"] - a["hits"]], [b["hits"], b["of"] - b["hits"]]]
            inputs.append({"first": a, "second": b})
            expected.append({"z": z, "p": p, "correctedP": stats.chi2_contingency(table, correction=True).pvalue})
    return inputs, expected


def intervals(method):
    def draw(n):
        first, second = hits_of(n, 1e5), hits_of(n, 1e5)
        expected = []
        for a, b in zip(first, second):
            low, high = proportion.confint_proportions_2indep(a["hits"], a["of"], b["hits"], b["of"], method=method, compare="diff", alpha=0.1)
            expected.append({"low": max(-1, low), "high": min(1, high)})
        keep = [i for i, row in enumerate(expected) if row["low"] != row["high"]]
        return [{"first": first[i], "second": second[i], "level": 0.9} for i in keep], [expected[i] for i in keep]

    return draw


check("Newcombe", "newcombe", 1e-9, inputs=10_200, floor=1e-12)(intervals("newcomb"))
check("Agresti–Caffo", "agresti-caffo", 1e-9, inputs=10_200, floor=1e-12)(intervals("agresti-caffo"))


@check("Wald", "wald", 1e-9, floor=1e-12, inputs=11_000)
def _(n):
    inputs, expected = [], []
    for a, b in zip(hits_of(n, 1e5), hits_of(n, 1e5)):
        low, high = proportion.confint_proportions_2indep(a["hits"], a["of"], b["hits"], b["of"], method="wald", compare="diff")
        if 0 < a["hits"] < a["of"] or 0 < b["hits"] < b["of"]:
            inputs.append({"first": a, "second": b})
            expected.append({"low": max(-1, low), "high": min(1, high)})
    return inputs, expected


@check("risk ratio", "risk-ratio", 1e-9, inputs=14_000)
def _(n):
    inputs, expected = [], []
    for a, b in zip(hits_of(n, 1e5), hits_of(n, 1e5)):
        if a["hits"] > 0 and b["hits"] > 0 and (a["hits"] < a["of"] or b["hits"] < b["of"]):
            found = stats.contingency.relative_risk(a["hits"], a["of"], b["hits"], b["of"])
            low, high = found.confidence_interval(0.95)
            inputs.append({"first": a, "second": b})
            expected.append({"ratio": found.relative_risk, "interval.low": low, "interval.high": high})
    return inputs, expected


@check("Wilson", "wilson", 1e-9, floor=1e-14)
def _(n):
    cases = hits_of(n, 1e7)
    low, high = proportion.proportion_confint([c["hits"] for c in cases], [c["of"] for c in cases], alpha=0.05, method="wilson")
    return [{"proportion": c} for c in cases], rows(low=low, high=high)


@check("Clopper–Pearson", "clopper-pearson", 1e-8)
def _(n):
    cases = hits_of(n, 1e5)
    low, high = proportion.proportion_confint(np.array([c["hits"] for c in cases]), np.array([c["of"] for c in cases]), alpha=0.01, method="beta")
    return [{"proportion": c, "level": 0.99} for c in cases], rows(low=low, high=high)


# Below 1e-200 scipy leaves the other side out of a two-sided p.
@check("binomial test", "binomial-test", 1e-9, floor=1e-200)
def _(n):
    cases, p = hits_of(n, 5000), floats(random.uniform(0.05, 0.95, n))
    tests = [{side: stats.binomtest(c["hits"], c["of"], q, alternative=name).pvalue for side, name in [("twoSided", "two-sided"), ("less", "less"), ("greater", "greater")]} for c, q in zip(cases, p)]
    return [{"proportion": c, "p": q} for c, q in zip(cases, p)], tests


@check("Fisher", "fisher", 1e-8)
def _(n):
    tables = [ints(random.poisson(mean, 4)) for mean in log_uniform(1, 300, n)]
    expected = [{"twoSided": stats.fisher_exact([t[:2], t[2:]]).pvalue, "less": stats.fisher_exact([t[:2], t[2:]], "less").pvalue} for t in tables]
    return [dict(zip("abcd", t)) for t in tables], expected


@check("McNemar", "mcnemar", 1e-9)
def _(n):
    pairs = [ints(random.poisson(mean, 2) + [1, 0]) for mean in log_uniform(0.5, 500, n)]
    expected = []
    for b, c in pairs:
        table = [[0, b], [c, 0]]
        plain = contingency_tables.mcnemar(table, exact=False, correction=False)
        corrected = contingency_tables.mcnemar(table, exact=False, correction=True)
        # statsmodels corrects b = c as well, by (0 − 1)²; the correction never goes beyond no difference.
        expected.append({"exact": contingency_tables.mcnemar(table, exact=True).pvalue, "chiSquareP": plain.pvalue, **({"correctedP": corrected.pvalue} if b != c else {})})
    return [{"b": b, "c": c} for b, c in pairs], expected


# Means


@check("Welch", "welch", 1e-9)
def _(n):
    cases = []
    for _ in range(n):
        cases.append([(int(round(size)), float(mean), float(variance)) for size, mean, variance in zip(log_uniform(2, 1e6, 2), random.normal(0, 3, 2), log_uniform(0.01, 100, 2))])
    expected = []
    for (n1, m1, v1), (n2, m2, v2) in cases:
        t, p = stats.ttest_ind_from_stats(m1, v1**0.5, n1, m2, v2**0.5, n2, equal_var=False)
        expected.append({"t": t, "p": p})
    return [dict(zip(("first", "second"), [dict(zip(("n", "mean", "variance"), arm)) for arm in case])) for case in cases], expected


@check("Welch from values", "welch", 1e-8, floor=1e-12)
def _(n):
    samples = [[random.gamma(2, 3, random.integers(2, 40)) for _ in range(2)] for _ in range(n)]
    expected = []
    for a, b in samples:
        found = stats.ttest_ind(a, b, equal_var=False)
        interval = found.confidence_interval(0.95)
        expected.append({"t": found.statistic, "p": found.pvalue, "df": found.df, "interval.low": interval.low, "interval.high": interval.high})
    return [{"first": {"values": floats(a)}, "second": {"values": floats(b)}} for a, b in samples], expected


@check("clustered mean (OLS, cov_type cluster)", "clustered-mean", 1e-7)
def _(n):
    from statsmodels.regression.linear_model import OLS

    inputs, expected = [], []
    for _ in range(n):
        sizes = random.integers(1, 6, random.integers(3, 15))
        groups = np.repeat(np.arange(len(sizes)), sizes)
        values = random.normal(5, 1, len(groups)) + random.normal(0, 1, len(sizes))[groups]
        fit = OLS(values, np.ones(len(values))).fit(cov_type="cluster", cov_kwds={"groups": groups})
        sums = np.bincount(groups, values)
        inputs.append({"clusters": {"x": floats(sums), "y": ints(sizes)}, "squares": float((values**2).sum())})
        expected.append({"summary.mean": fit.params[0], "standardError": fit.bse[0]})
    return inputs, expected


@check("CUPED (OLS with the covariate)", "cuped", 1e-7, floor=1e-10)
def _(n):
    from statsmodels.regression.linear_model import OLS

    inputs, expected = [], []
    for _ in range(n):
        arms = random.integers(0, 2, random.integers(12, 60))
        arms[:6] = [0, 0, 0, 1, 1, 1]
        x = random.normal(10, 2, len(arms))
        y = 0.7 * x + 0.3 * arms + random.normal(0, 1, len(arms))
        fit = OLS(y, np.column_stack([np.ones(len(arms)), arms, x])).fit()
        inputs.append({name: {"x": floats(x[arms == arm]), "y": floats(y[arms == arm])} for name, arm in [("first", 1), ("second", 0)]})
        expected.append({"theta": fit.params[2], "test.difference": fit.params[1]})
    return inputs, expected


# Samples


@check("Mann–Whitney, exact", "mann-whitney", 1e-9)
def _(n):
    samples = [[random.normal(shift, 1, random.integers(1, 13)) for shift in (0, random.normal())] for _ in range(n)]
    expected = []
    for a, b in samples:
        found = stats.mannwhitneyu(a, b, method="exact")
        expected.append({"u": found.statistic, "exact.twoSided": found.pvalue})
    return [{"first": floats(a), "second": floats(b)} for a, b in samples], expected


@check("Mann–Whitney, ties", "mann-whitney", 1e-9)
def _(n):
    inputs, expected = [], []
    while len(inputs) < n:
        a, b = (random.poisson(mean, random.integers(2, 30)) for mean in (2, 2.5))
        if len(set(a) | set(b)) < 2:
            continue
        ours, theirs = [("twoSided", "two-sided"), ("greater", "greater"), ("less", "less")][len(inputs) % 3]
        sides = {f"asymptotic.{ours}": stats.mannwhitneyu(a, b, method="asymptotic", alternative=theirs).pvalue}
        inputs.append({"first": ints(a), "second": ints(b)})
        expected.append(sides)
    return inputs, expected


@check("Kolmogorov–Smirnov", "kolmogorov-smirnov", 1e-9)
def _(n):
    samples = [[random.normal(shift, 1, random.integers(1, 25)) for shift in (0, random.normal())] for _ in range(n)]
    expected = []
    for a, b in samples:
        found = stats.ks_2samp(a, b, method="exact")
        expected.append({"d": found.statistic, "exact": found.pvalue, "limit": special.kolmogorov(found.statistic * (len(a) * len(b) / (len(a) + len(b))) ** 0.5)})
    return [{"first": floats(a), "second": floats(b)} for a, b in samples], expected


@check("Kolmogorov–Smirnov, one sample", "kolmogorov-smirnov-one", 1e-9)
def _(n):
    samples = [random.beta(1, random.uniform(0.7, 1.5), random.integers(1, 60)) for _ in range(n)]
    found = [stats.ks_1samp(a, stats.uniform.cdf, method="exact") for a in samples]
    return [{"positions": floats(a)} for a in samples], [{"d": f.statistic, "exact": f.pvalue} for f in found]


# Tables


@check("contingency", "contingency", 1e-9)
def _(n):
    inputs, expected = [], []
    for mean in log_uniform(2, 1e5, n):
        table = random.poisson(mean, (random.integers(2, 6), random.integers(2, 6))) + 1
        found = stats.chi2_contingency(table, correction=False)
        row = {"chiSquare": found.statistic, "p": found.pvalue, "df": found.dof}
        if table.shape == (2, 2):
            row["correctedP"] = stats.chi2_contingency(table).pvalue
        inputs.append({"table": table.tolist()})
        expected.append(row)
    return inputs, expected


@check("sample ratio", "sample-ratio", 1e-8)
def _(n):
    inputs, expected = [], []
    for total in ints(log_uniform(10, 1e7, n)):
        shares = random.dirichlet(np.full(random.integers(2, 5), 20))
        observed = random.multinomial(total, shares)
        found = stats.chisquare(observed, total * shares / shares.sum())
        inputs.append({"observed": ints(observed), "expected": floats(shares)})
        expected.append({"chiSquare": found.statistic, "p": found.pvalue})
    return inputs, expected


def adjustment(method):
    def draw(n):
        lists = [random.beta(0.4, 1, random.integers(1, 20)) for _ in range(n)]
        return [{"p": floats(p)} for p in lists], [{f"adjusted.{i}": value for i, value in enumerate(multitest.multipletests(p, method=method)[1])} for p in lists]

    return draw


check("Holm", "holm", 1e-12)(adjustment("holm"))
check("Benjamini–Hochberg", "benjamini-hochberg", 1e-12)(adjustment("fdr_bh"))


def ours(statistic, inputs):
    text = "\n".join(json.dumps(row) for row in inputs)
    ran = subprocess.run([NODE, GAUNTLET, "stat", statistic, "--json"], input=text, capture_output=True, text=True, check=False)
    results = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(results) == len(inputs), (statistic, len(results), len(inputs), ran.stderr[-500:])
    return results


def at(result, path):
    for step in path.split("."):
        result = result[int(step) if isinstance(result, list) else step]
    return result


def distance(result, expected, tolerance, floor):
    worst = 0.0
    for path, theirs in expected.items():
        try:
            value = at(result, path)
            worst = max(worst, abs(value - float(theirs)) / (tolerance * abs(float(theirs)) + floor))
        except (KeyError, TypeError):
            return float("inf")
    return worst


def compare(place):
    global random
    name, statistic, tolerance, count, floor, draw = CHECKS[place]
    warnings.simplefilter("ignore")
    random = np.random.default_rng(zlib.crc32(name.encode()))
    inputs, expected = draw(count)
    worst, failed, example = 0.0, 0, None
    for given, result, row in zip(inputs, ours(statistic, inputs), expected):
        far = distance(result, row, tolerance, floor)
        if not far <= 1:
            failed += 1
            if example is None:
                example = {"input": given, "ours": result, "theirs": {k: float(v) for k, v in row.items()}}
        worst = max(worst, far)
    worst = worst if worst != float("inf") else 1e300
    return {"check": name, "inputs": len(inputs), "worst": worst, "tolerance": tolerance, "failed": failed, "example": example}


def main():
    # statsmodels collects garbage at every Holm, which takes longer than all the rest.
    gc.collect = lambda *_: 0
    chosen = [i for i, (name, *_) in enumerate(CHECKS) if not ONLY or any(part in name for part in ONLY)]
    with multiprocessing.get_context("fork").Pool() as pool:
        for agreement in pool.imap(compare, chosen, chunksize=1):
            print(json.dumps(agreement), flush=True)


main()
