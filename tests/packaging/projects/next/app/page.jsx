import Connector from "./connector";

export default function Page() {
  return (
    <main>
      <h1>Rendered on the server</h1>
      <Connector />
    </main>
  );
}
