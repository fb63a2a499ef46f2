# Fits the data sets that come with BradleyTerry2, and writes one JSON object a line to the file named by the first
# argument: {"check", "ties", "seats", "pairs": [[a, b, a won, tied, b won], …], "names", "strengths", "covariance", "tie", "home"}.
# Strengths are against the first name, natural logarithms. Ties with a strength of their own (Davidson 1970) are fitted as
# the log-linear model that they are (Fienberg & Larntz 1976), since BTm knows half wins only.
suppressPackageStartupMessages(library(BradleyTerry2))
options(warn = -1)
out <- file(commandArgs(trailingOnly = TRUE)[1], "w")

num <- function(x) ifelse(is.na(x), "null", sprintf("%.17g", x))
text <- function(x) paste0("\"", x, "\"")
list_of <- function(x) paste0("[", paste(x, collapse = ","), "]")

write_case <- function(check, ties, pairs, names, strengths, covariance, tie = NA, home = NA) {
  rows <- apply(pairs, 1, function(p) list_of(c(text(p[1:2]), as.numeric(p[3:5]))))
  matrix_rows <- apply(covariance, 1, function(r) list_of(num(r)))
  writeLines(paste0("{\"check\":", text(check), ",\"ties\":", text(ties), ",\"seats\":", ifelse(is.na(home), "false", "true"), ",\"pairs\":", list_of(rows),
    ",\"names\":", list_of(text(names)), ",\"strengths\":", list_of(num(strengths)), ",\"covariance\":", list_of(matrix_rows), ",\"tie\":", num(tie), ",\"home\":", num(home), "}"), out)
}

# With the reference, of which nothing is estimated.
padded <- function(names, coefficients, covariance) {
  n <- length(names)
  full <- matrix(0, n, n)
  full[-1, -1] <- covariance
  list(strengths = c(0, coefficients), covariance = full)
}

half_wins <- function(check, first, second, wins, ties, losses, home = FALSE) {
  names <- sort(unique(c(as.character(first), as.character(second))))
  a <- data.frame(team = factor(first, levels = names), at.home = 1)
  b <- data.frame(team = factor(second, levels = names), at.home = 0)
  formula <- if (home) ~ team + at.home else ~ team
  fit <- BTm(cbind(wins + ties / 2, losses + ties / 2), a, b, formula = formula, id = "team", refcat = names[1], epsilon = 1e-14, maxit = 100)
  keep <- paste0("team", names[-1])
  known <- padded(names, coef(fit)[keep], vcov(fit)[keep, keep])
  write_case(paste(check, "half wins"), "half", cbind(as.character(first), as.character(second), wins, ties, losses), names, known$strengths, known$covariance, home = if (home) unname(coef(fit)["at.home"]) else NA)
}

davidson <- function(check, first, second, wins, ties, losses, home = FALSE) {
  first <- as.character(first)
  second <- as.character(second)
  swap <- !home & first > second
  cells <- aggregate(cbind(w = ifelse(swap, losses, wins), t = ties, l = ifelse(swap, wins, losses)), list(a = ifelse(swap, second, first), b = ifelse(swap, first, second)), sum)
  names <- sort(unique(c(first, second)))
  n <- nrow(cells)
  sides <- function(who) outer(who, names, "==") * 1
  strength <- rbind(sides(cells$a), (sides(cells$a) + sides(cells$b)) / 2, sides(cells$b))[, -1]
  kind <- rep(c("w", "t", "l"), each = n)
  data <- data.frame(count = c(cells$w, cells$t, cells$l), pair = factor(rep(1:n, 3)), tie = (kind == "t") * 1, home = ((kind == "w") - (kind == "l")) / 2)
  formula <- if (home) count ~ pair + strength + tie + home else count ~ pair + strength + tie
  fit <- glm(formula, family = poisson, data = data, epsilon = 1e-14, maxit = 100)
  keep <- paste0("strength", seq_len(ncol(strength)))
  known <- padded(names, coef(fit)[keep], vcov(fit)[keep, keep])
  write_case(paste(check, "ties of their own"), "davidson", cbind(first, second, wins, ties, losses), names, known$strengths, known$covariance, tie = unname(coef(fit)["tie"]), home = if (home) unname(coef(fit)["home"]) else NA)
}

cited <- countsToBinomial(citations)
half_wins("citations", cited$player1, cited$player2, cited$win1, 0, cited$win2)
with(baseball, half_wins("baseball", home.team, away.team, home.wins, 0, away.wins))
with(baseball, half_wins("baseball at home", home.team, away.team, home.wins, 0, away.wins, home = TRUE))
with(icehockey, half_wins("icehockey", visitor, opponent, (result == 1) * 1, (result == 0.5) * 1, (result == 0) * 1))
with(icehockey, davidson("icehockey", visitor, opponent, (result == 1) * 1, (result == 0.5) * 1, (result == 0) * 1))
# Names that sort as text.
with(springall$contests, half_wins("springall", row, col, win, tie, loss))
with(springall$contests, davidson("springall", row, col, win, tie, loss))
with(sound.fields$comparisons, half_wins("sound.fields", field1, field2, win1, tie, win2))
with(sound.fields$comparisons, davidson("sound.fields", field1, field2, win1, tie, win2))
with(football, davidson("football", home, away, (result == 1) * 1, (result == 0) * 1, (result == -1) * 1))
with(football, davidson("football at home", home, away, (result == 1) * 1, (result == 0) * 1, (result == -1) * 1, home = TRUE))
complete <- with(CEMS$preferences, !is.na(win1) & !is.na(win2) & !is.na(tied))
with(CEMS$preferences[complete, ], half_wins("CEMS", school1, school2, win1, tied, win2))
with(CEMS$preferences[complete, ], davidson("CEMS", school1, school2, win1, tied, win2))
close(out)
