import { useState } from 'react'
import { ConnectButton } from 'connect-widget/react'

const mintSession = () => fetch('/api/session', { method: 'POST' }).then((response) => response.text())

export default function App() {
  const [account, setAccount] = useState('')
  return (
    <>
      <ConnectButton token={mintSession} baseURL={globalThis.baseURL} onSuccess={([grant]) => setAccount(grant.account_identifier)}>
        Connect
      </ConnectButton>
      <p id="result">{account}</p>
    </>
  )
}
