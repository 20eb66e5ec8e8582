import { createApp, defineComponent, h, ref } from "vue";
import { ConnectButton, useConnect, type ConnectButtonProps } from "connect-widget/vue";
import { anny } from "connect-widget/providers";
import type { Connect, Grant, OpenOptions, TokenResponse } from "connect-widget";

declare function mint(): Promise<string>;

export const Component = defineComponent({
  components: { ConnectButton },
  setup() {
    const alter = useConnect({ token: mint, onSuccess: (grants) => grants.length });
    const grants: Grant[] | null = alter.result.value;
    const computed = useConnect(() => ({ ...anny({ clientId: "", redirectUri: "" }) }));
    const token: TokenResponse | null = computed.result.value;
    useConnect(ref<OpenOptions>({ token: "" }));
    // What a function answers is typed by its protocol, and so are its callbacks' parameters.
    const code = useConnect(() => ({ protocol: "code", authorizationEndpoint: "", tokenEndpoint: "", clientId: "", redirectUri: "", onSuccess: (token) => token.access_token }));
    const codeToken: string | undefined = code.result.value?.access_token;
    useConnect(() => ({ token: mint, onSuccess: (grants) => grants[0]?.grant_id }));
    useConnect(() => anny({ clientId: "", redirectUri: "", onSuccess: (token) => token.access_token }));
    useConnect(() => ({ ...anny({ clientId: "", redirectUri: "" }), onSuccess: (token: TokenResponse) => token.access_token }));
    const link = useConnect(() => ({ protocol: "anon-link", link: mint, onSuccess(result) { result.state; }, label: "x" }));
    const linked: "success" | undefined = link.result.value?.type;
    const account = useConnect(() => ({ protocol: "stackone-link", link: mint, verify: async () => ({ mine: 1 }), onSuccess: (account) => account }));
    const mine: number | undefined = account.result.value?.mine;
    // @ts-expect-error no such status
    alter.status.value === "closed";
    // @ts-expect-error no token
    useConnect({ onSuccess: () => {} });
    return () => h("div", [
      h("button", { ref: alter.trigger, onClick: alter.open }, [grants?.length, token?.scope]),
      h(ConnectButton, { token: mint, onSuccess: (list: Grant[]) => list.length }, () => "Connect"),
    ]);
  },
});
createApp(Component).component("ConnectButton", ConnectButton);
// What an app may not have is given as it is, also where optional properties are exact
declare const perhaps: { id?: string; labels?: { success?: string }; connect?: Connect; listener?: () => void };
const { id, labels, connect, listener } = perhaps;
const undecided: ConnectButtonProps = { token: "", id, labels, connect, onSuccess: listener, onError: listener, onExit: listener, onEvent: listener };
export const Undecided = () => (useConnect({ token: "", id, labels, connect }), h(ConnectButton, undecided));
declare const button: InstanceType<typeof ConnectButton>;
button.open().then(() => button.focus());
// What any component may have in a template, where vue-tsc checks those strictly: it asks the instance's $props.
const inTemplate: typeof button.$props = { token: mint, ref: "button", key: 1, class: "wide", onVnodeMounted: () => {} };
const goesToTheButton: typeof button.$props = { token: mint, disabled: true, title: "x", tabindex: 0, "aria-label": "x", onClick: (event) => event.clientX, onError: (error) => error.code };
export const templates = [inTemplate, goesToTheButton];
