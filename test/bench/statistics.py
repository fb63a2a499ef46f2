"""What scipy and statsmodels say of one input a line, one result a line: python statistics.py <statistic>. As `gauntlet stat`, with fewer figures."""
import json
import sys

from scipy import stats
from statsmodels.stats import contingency_tables, proportion

STATISTICS = {
    "fisher": lambda i: {"twoSided": stats.fisher_exact([[i["a"], i["b"]], [i["c"], i["d"]]]).pvalue},
    "mcnemar": lambda i: {"exact": contingency_tables.mcnemar([[0, i["b"]], [i["c"], 0]], exact=True).pvalue},
    "wilson": lambda i: dict(zip(("low", "high"), proportion.proportion_confint(i["proportion"]["hits"], i["proportion"]["of"], method="wilson"))),
    "mann-whitney": lambda i: {"p": stats.mannwhitneyu(i["first"], i["second"], method="asymptotic").pvalue},
}

compute = STATISTICS[sys.argv[1]]
for line in sys.stdin:
    print(json.dumps({name: float(value) for name, value in compute(json.loads(line)).items()}))
