import { KeepAlive, computed, createApp, defineComponent, effectScope, h, ref } from "vue";
import { RouterView, createRouter, createWebHistory } from "vue-router";
import { ConnectButton, useConnect } from "connect-widget/vue";
import { keeps, log, menu, options } from "./backend.js";

const hasRouter = new URLSearchParams(location.search).has("router");
const hasStore = new URLSearchParams(location.search).has("store");
const rendering = ref(1);
const shown = ref(true);

const Hook = defineComponent(() => {
  const { status, result, error, open, authorize, close, trigger } = useConnect(() => options(rendering.value, "hook"));
  window.hook = { authorize, close };
  return () => [
    h("button", { ref: trigger, onClick: open, "aria-busy": status.value === "open" }, "Connect by hook"),
    h("p", { id: "state" }, [status.value, result.value?.[0].account_identifier, error.value?.code].filter(Boolean).join(" ")),
  ];
});

/** A store, as Pinia makes one: in a scope of its own, when the first component asks for it. */
const scope = effectScope(true);
let store;
const Stored = defineComponent(() => {
  store ??= scope.run(() => useConnect(computed(() => options(rendering.value, "store"))));
  return () => h("button", { ref: store.trigger, onClick: store.open, "data-status": store.status.value }, "Connect by store");
});

/** An item of a menu, with several listeners, one of them for once. */
const item = ({ onSuccess }) => menu && { onClick: () => { shown.value = false; }, onSuccess: [onSuccess, () => log.push("one heard too")], onSuccessOnce: () => log.push("one heard once") };
const first = (given) => h(ConnectButton, { ...given, ...item(given) }, () => "Connect");
const one = () => shown.value ? first(options(rendering.value, "one")) : null;

// What a template ref of a button has, and what it is told.
const box = ref(null);
window.box = { open: () => box.value.open(), authorize: () => box.value.authorize(), close: () => box.value.close() };
window.milestones = [];
const two = () => h(ConnectButton, { ref: box, ...options(1, "two"), onEvent: (name) => window.milestones.push(name) }, ({ status }) => h("span", { "data-slot": status }, "Connect another"));

const App = defineComponent(() => () => h("main", [
  h("h1", "Vue"),
  keeps ? h(KeepAlive, one) : one(),
  two(),
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
