export function StatsPage(): React.JSX.Element {
  return <h1>Stats</h1>;
}
