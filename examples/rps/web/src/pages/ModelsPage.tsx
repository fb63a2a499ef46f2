export function ModelsPage(): React.JSX.Element {
  return <h1>Models</h1>;
}
