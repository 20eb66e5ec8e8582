import { createApp, defineComponent, h, ref } from "vue";
import { ConnectButton, useConnect } from "connect-widget/vue";
import { anny } from "connect-widget/providers";
import type { Grant, OpenOptions, TokenResponse } from "connect-widget";

declare function mint(): Promise<string>;

export const Component = defineComponent({
  components: { ConnectButton },
  setup() {
    const alter = useConnect({ token: mint, onSuccess: (grants) => grants.length });
    const grants: Grant[] | null = alter.result.value;
    const computed = useConnect(() => ({ ...anny({ clientId: "", redirectUri: "" }) }));
    const token: TokenResponse | null = computed.result.value;
    useConnect(ref<OpenOptions>({ token: "" }));
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
declare const button: InstanceType<typeof ConnectButton>;
button.open().then(() => button.focus());
