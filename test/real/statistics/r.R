# Draws random inputs, and writes what R says of them to the file named by the first argument, one JSON object a line:
# {"check", "statistic", "tolerance", "input", "expected": {path of a field: value}}.

out <- file(commandArgs(trailingOnly = TRUE)[1], "w")
set.seed(20260101)
N <- 10000
options(warn = -1)

num <- function(x) ifelse(is.nan(x) | is.infinite(x), "null", sprintf("%.17g", x))
list_of <- function(x) paste0("[", paste(num(x), collapse = ","), "]")
object <- function(...) {
  fields <- list(...)
  paste0("{", paste0("\"", names(fields), "\":", unlist(fields), collapse = ","), "}")
}
hits <- function(h, n) object(hits = num(h), of = num(n))
row <- function(check, statistic, tolerance, input, expected) {
  writeLines(object(check = paste0("\"", check, "\""), statistic = paste0("\"", statistic, "\""), tolerance = num(tolerance), input = input, expected = expected), out)
}
size <- function(most) max(1, round(exp(runif(1, 0, log(most)))))

for (i in 1:N) {
  b <- rpois(1, size(300)) + 1
  c <- rpois(1, size(300))
  plain <- mcnemar.test(matrix(c(0, c, b, 0), 2), correct = FALSE)
  corrected <- mcnemar.test(matrix(c(0, c, b, 0), 2))
  row("mcnemar.test", "mcnemar", 1e-10, object(b = num(b), c = num(c)), object(chiSquare = num(plain$statistic), chiSquareP = num(plain$p.value), corrected = num(corrected$statistic), correctedP = num(corrected$p.value)))
}

for (i in 1:N) {
  t <- rpois(4, size(200))
  m <- matrix(t, 2, byrow = TRUE)
  if (any(rowSums(m) == 0) || any(colSums(m) == 0)) m <- m + 1
  t <- c(m[1, ], m[2, ])
  row("fisher.test", "fisher", 1e-7, object(a = num(t[1]), b = num(t[2]), c = num(t[3]), d = num(t[4])),
    object(twoSided = num(fisher.test(m)$p.value), less = num(fisher.test(m, alternative = "less")$p.value), greater = num(fisher.test(m, alternative = "greater")$p.value)))
}

for (i in 1:N) {
  n <- c(size(1e6), size(1e6)) + 1
  x <- rbinom(2, n, runif(1))
  if (sum(x) == 0 || sum(x) == sum(n)) x <- c(1, 0)
  row("prop.test", "two-proportion-z", 1e-9, object(first = hits(x[1], n[1]), second = hits(x[2], n[2])),
    object(p = num(prop.test(x, n, correct = FALSE)$p.value), correctedP = num(prop.test(x, n)$p.value)))
}

for (i in 1:N) {
  x <- rnorm(sample(1:14, 1))
  y <- rnorm(sample(1:14, 1), runif(1, -1, 1))
  exact <- function(side) num(wilcox.test(x, y, alternative = side, exact = TRUE)$p.value)
  row("wilcox.test", "mann-whitney", 1e-10, object(first = list_of(x), second = list_of(y)), object(u = num(wilcox.test(x, y, exact = TRUE)$statistic), exact.twoSided = exact("two.sided"), exact.greater = exact("greater"), exact.less = exact("less")))
}

for (i in 1:N) {
  x <- c(rpois(sample(2:40, 1), 2), 0)
  y <- c(rpois(sample(2:40, 1), 2.5), 9)
  limit <- function(side) num(wilcox.test(x, y, alternative = side, exact = FALSE)$p.value)
  row("wilcox.test with ties", "mann-whitney", 1e-10, object(first = list_of(x), second = list_of(y)), object(asymptotic.twoSided = limit("two.sided"), asymptotic.greater = limit("greater"), asymptotic.less = limit("less")))
}

for (i in 1:N) {
  x <- rnorm(sample(1:30, 1))
  y <- rnorm(sample(1:30, 1), runif(1, -1, 1))
  # R cuts the series of the limit distribution short; that one is compared with scipy.
  found <- ks.test(x, y, exact = TRUE)
  # R takes it as 1 − P(D < d), here and below, which costs a small p its digits.
  row("ks.test", "kolmogorov-smirnov", 1e-7, object(first = list_of(x), second = list_of(y)), object(d = num(found$statistic), exact = num(found$p.value)))
}

if (getRversion() >= "4.2.0") {
  for (i in 1:N) {
    x <- rpois(sample(2:30, 1), 2)
    y <- rpois(sample(2:30, 1), 2.5)
    found <- ks.test(x, y, exact = TRUE)
    row("ks.test with ties", "kolmogorov-smirnov", 1e-7, object(first = list_of(x), second = list_of(y)), object(d = num(found$statistic), exact = num(found$p.value)))
  }
}

for (i in 1:N) {
  u <- rbeta(sample(1:80, 1), 1, runif(1, 0.7, 1.5))
  found <- ks.test(u, "punif", exact = TRUE)
  row("ks.test, one sample", "kolmogorov-smirnov-one", 1e-7, object(positions = list_of(u)), object(d = num(found$statistic), exact = num(found$p.value)))
}

for (i in 1:N) {
  x <- rnorm(sample(2:60, 1), 0, runif(1, 0.1, 5))
  y <- rexp(sample(2:60, 1), runif(1, 0.2, 5))
  found <- t.test(x, y)
  row("t.test", "welch", 1e-8, object(first = object(values = list_of(x)), second = object(values = list_of(y))),
    object(t = num(found$statistic), df = num(found$parameter), p = num(found$p.value), greater = num(t.test(x, y, alternative = "greater")$p.value), interval.low = num(found$conf.int[1]), interval.high = num(found$conf.int[2])))
}

for (i in 1:N) {
  n <- size(5000)
  p <- runif(1, 0.05, 0.95)
  k <- rbinom(1, n, min(0.99, max(0.01, p + rnorm(1, 0, 0.1))))
  test <- function(side) num(binom.test(k, n, p, alternative = side)$p.value)
  row("binom.test", "binomial-test", 1e-9, object(proportion = hits(k, n), p = num(p)), object(twoSided = test("two.sided"), less = test("less"), greater = test("greater")))
  interval <- binom.test(k, n)$conf.int
  row("binom.test, interval", "clopper-pearson", 1e-8, object(proportion = hits(k, n)), object(low = num(interval[1]), high = num(interval[2])))
}

for (i in 1:N) {
  m <- matrix(rpois(12, size(1e4)) + 1, sample(c(2, 3, 4), 1))
  found <- chisq.test(m, correct = FALSE)
  row("chisq.test", "contingency", 1e-9, object(table = paste0("[", paste(apply(m, 1, list_of), collapse = ","), "]")), object(chiSquare = num(found$statistic), df = num(found$parameter), p = num(found$p.value)))
}

close(out)
cat(as.character(getRversion()), "\n")
