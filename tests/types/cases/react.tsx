import { createRef, type ReactNode } from "react";
import { ConnectButton, useConnect, type UseConnect } from "connect-widget/react";
import type { ConnectButtonElement } from "connect-widget/element";
import { anny, stackOne } from "connect-widget/providers";
import { Connect, type Grant, type TokenResponse } from "connect-widget";

declare function mint(): Promise<string>;
const connect = Connect.create();

export function Buttons(): ReactNode {
  const ref = createRef<HTMLButtonElement>();
  return (
    <>
      <ConnectButton token={mint} onSuccess={(grants) => grants[0]!.grant_id}>Connect</ConnectButton>
      <ConnectButton token={async ({ state }) => state} baseURL="" className="primary" disabled aria-label="Connect" data-test="x" key="k" ref={ref} id="a" labels={{ success: "" }} connect={connect} onClick={(event) => event.preventDefault()} />
      <ConnectButton {...anny({ clientId: "", redirectUri: "" })} onSuccess={(token) => token.access_token.length} onError={({ code }) => code.length} />
      <ConnectButton {...stackOne({ link: "", verify: async () => ({ id: "" }) })} onSuccess={({ id }) => id.length} />
      {/* @ts-expect-error no token */}
      <ConnectButton onSuccess={() => {}} />
      {/* @ts-expect-error a misspelt option */}
      <ConnectButton token="" onSucces={() => {}} />
      {/* @ts-expect-error the result is a list of grants */}
      <ConnectButton token="" onSuccess={(token: TokenResponse) => token} />
    </>
  );
}

export function Elements(): ReactNode {
  const ref = createRef<ConnectButtonElement>();
  return (
    <>
      <connect-button token-url="/api/session">Connect</connect-button>
      <connect-button ref={ref} key="k" id="a" className="primary" name="grants" form="f" required labels={{ success: "" }} connect={connect} token={async ({ state }) => state} onClick={(event) => event.currentTarget.open()} />
      <connect-button tokenUrl="" onsuccess={({ detail }) => detail[0].grant_id} onerror={({ detail }) => detail.code.length} onexit={() => {}} onclose={() => {}} onevent={({ detail }) => detail.name} />
      {/* @ts-expect-error a token is a string */}
      <connect-button token={1} />
      {/* @ts-expect-error the status is the element's */}
      <connect-button status="idle" />
      {/* @ts-expect-error a misspelt property */}
      <connect-button tokenURL="" />
    </>
  );
}

// What an app may not have is given as it is, also where optional properties are exact
declare const perhaps: { id?: string; labels?: { success?: string }; connect?: Connect; form?: string; listener?: () => void };
export function Undecided(): ReactNode {
  const { id, labels, connect, form, listener } = perhaps;
  useConnect({ token: mint, id, labels, connect });
  useConnect({ token: mint, id: undefined, labels: undefined, connect: undefined });
  return (
    <>
      <ConnectButton token={mint} labels={labels} connect={connect} onExit={listener} />
      <connect-button token={mint} timeout={undefined} labels={labels} connect={connect} class={id} form={form} onexit={listener} onsuccess={undefined} />
    </>
  );
}

export function Hook() {
  const alter = useConnect({ token: mint, onSuccess: (grants) => grants.length });
  const grants: Grant[] | null = alter.result;
  const token = useConnect({ ...anny({ clientId: "", redirectUri: "" }), id: "anny" });
  const declared: UseConnect<TokenResponse> = token;
  token.authorize().then(({ access_token }) => access_token);
  // @ts-expect-error no such status
  alter.status === "closed";
  // @ts-expect-error a misspelt option
  useConnect({ token: "", lables: {} });
  return <button ref={alter.ref} onClick={alter.open} onBlur={token.close}>{alter.status} {alter.error?.code} {grants?.length} {declared.result?.scope}</button>;
}
