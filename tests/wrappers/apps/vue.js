import { KeepAlive, createApp, defineComponent, effectScope, h, ref } from "vue";
import { RouterView, createRouter, createWebHistory } from "vue-router";
import { ConnectButton, useConnect } from "connect-widget/vue";
import { keeps, menu, options } from "./backend.js";

const hasRouter = new URLSearchParams(location.search).has("router");
const hasStore = new URLSearchParams(location.search).has("store");
const rendering = ref(1);
const shown = ref(true);

const Hook = defineComponent(() => {
  const { status, result, error, open, trigger } = useConnect(() => options(rendering.value, "hook"));
  return () => [
    h("button", { ref: trigger, onClick: open, "aria-busy": status.value === "open" }, "Connect by hook"),
    h("p", { id: "state" }, [status.value, result.value?.[0].account_identifier, error.value?.code].filter(Boolean).join(" ")),
  ];
});

/** A store, as Pinia makes one: in a scope of its own, when the first component asks for it. */
const scope = effectScope(true);
let store;
const Stored = defineComponent(() => {
  store ??= scope.run(() => useConnect(() => options(rendering.value, "store")));
  return () => h("button", { ref: store.trigger, onClick: store.open, "data-status": store.status.value }, "Connect by store");
});

const one = () => shown.value ? h(ConnectButton, { ...options(rendering.value, "one"), ...(menu && { onClick: () => { shown.value = false; } }) }, () => "Connect") : null;

const App = defineComponent(() => () => h("main", [
  h("h1", "Vue"),
  keeps ? h(KeepAlive, one) : one(),
  h(ConnectButton, options(rendering.value, "two"), () => "Connect another"),
  h(Hook),
  hasStore && h(Stored, { key: rendering.value }),
  h("button", { onClick: () => { rendering.value += 1; } }, "Render"),
  h("button", { onClick: () => { shown.value = !shown.value; } }, "Toggle"),
  hasRouter && h(RouterView),
]));

const app = createApp(App);
// A router shows its first page in a while.
if (hasRouter) {
  const component = () => new Promise((resolve) => setTimeout(() => resolve({ render: () => null, mounted: () => { window.isShown = true; } }), 100));
  window.router = createRouter({ history: createWebHistory("/vue/"), routes: [{ path: "/:page(.*)*", component }] });
  app.use(window.router);
}
app.mount("#app");
