"use client";

import { useState } from "react";
import { useConnect } from "connect-widget/react";

const mintSession = () => fetch("/api/session", { method: "POST" }).then((response) => response.text());

export default function Connector() {
  const [account, setAccount] = useState("");
  const { open, status } = useConnect({
    token: mintSession,
    baseURL: globalThis.baseURL,
    onSuccess: ([grant]) => setAccount(grant.account_identifier),
  });
  return (
    <>
      <button onClick={open} aria-busy={status === "open"}>Connect</button>
      <p id="result">{account}</p>
    </>
  );
}
