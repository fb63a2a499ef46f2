export function LeaderboardPage(): React.JSX.Element {
  return <h1>Leaderboard</h1>;
}
