export function DebugPage(): React.JSX.Element {
  return <h1>Debug</h1>;
}
