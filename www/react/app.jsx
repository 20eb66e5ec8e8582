import { StrictMode, useEffect, useState } from "react";
import { createRoot } from "react-dom/client";
import { ConnectButton } from "connect-widget/react";
import { baseURL, list, mintSession, save } from "../showroom/backend.js";

function App() {
  const [accounts, setAccounts] = useState([]);
  const [problem, setProblem] = useState("");
  const refresh = () => list().then(setAccounts);

  useEffect(() => {
    refresh();
  }, []);

  const onSuccess = async (grants) => {
    setProblem("");
    await save(grants);
    await refresh();
  };

  return (
    <>
      <ConnectButton
        token={mintSession}
        baseURL={baseURL}
        onSuccess={onSuccess}
        onError={(error) => setProblem(error.message)}
      >
        Connect an account
      </ConnectButton>
      <p role="alert">{problem}</p>
      <ul>
        {accounts.map(({ id, provider_name, account }) => (
          <li key={id}>
            <strong>{provider_name}</strong> {account}
          </li>
        ))}
      </ul>
    </>
  );
}

createRoot(document.getElementById("app")).render(<StrictMode><App /></StrictMode>);
