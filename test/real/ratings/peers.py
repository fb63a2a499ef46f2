"""What choix and openskill say of matches that are drawn here, one JSON object a line, on standard output."""
import json
import random
import sys

import choix
import numpy as np
from openskill.models import PlackettLuce

random.seed(20260101)
rng = np.random.default_rng(20260101)


def say(**case):
    sys.stdout.write(json.dumps(case) + "\n")


def strengths_of(n):
    return rng.normal(0, 1, n)


def pairs():
    """Bradley-Terry: wins of one over another, by Newton's method without a prior."""
    n = int(rng.integers(3, 13))
    theta = strengths_of(n)
    # Everybody beats the next, and the last the first, so that a maximum exists.
    data = [(i, (i + 1) % n) for i in range(n)]
    for _ in range(int(rng.integers(10, 80))):
        a, b = (int(x) for x in rng.choice(n, 2, replace=False))
        data.append((a, b) if rng.random() < 1 / (1 + np.exp(theta[b] - theta[a])) else (b, a))
    say(check="choix.opt_pairwise", kind="rankings", players=n, rankings=data, strengths=list(choix.opt_pairwise(n, data, alpha=0.0, method="Newton-CG", tol=1e-13)))


def rankings():
    """Plackett-Luce: whole rankings of some of the players."""
    n = int(rng.integers(3, 9))
    theta = strengths_of(n)
    data = [tuple((i + k) % n for k in range(n)) for i in range(n)]
    for _ in range(int(rng.integers(5, 40))):
        some = rng.choice(n, int(rng.integers(2, n + 1)), replace=False)
        order = sorted((int(x) for x in some), key=lambda i: -(theta[i] + rng.gumbel()))
        data.append(tuple(order))
    say(check="choix.opt_rankings", kind="rankings", players=n, rankings=data, strengths=list(choix.opt_rankings(n, data, alpha=0.0, method="Newton-CG", tol=1e-13)))


def update():
    """openskill: one match of single players, ties included, from any beliefs."""
    model = PlackettLuce()
    n = random.randint(2, 8)
    beliefs = [(random.uniform(5, 45), random.uniform(1, 10)) for _ in range(n)]
    places = [random.randint(1, n) for _ in range(n)]
    rated = model.rate([[model.rating(mu=mu, sigma=sigma)] for mu, sigma in beliefs], ranks=places)
    say(check="openskill.PlackettLuce.rate", kind="update", beliefs=beliefs, places=places, after=[[team[0].mu, team[0].sigma] for team in rated])


for _ in range(60):
    pairs()
    rankings()
for _ in range(2000):
    update()
