import { computed, defineComponent, getCurrentInstance, h, onMounted, onScopeDispose, shallowRef, unref } from "vue";
import { Controller, isBusy } from "./controller.js";
import { optionNames } from "./options.js";

export function useConnect(options) {
  const controller = new Controller({ options: () => (typeof options === "function" ? options() : unref(options)) });
  const state = shallowRef(controller.state);
  controller.subscribe(() => {
    state.value = controller.state;
  });
  onMounted(() => controller.mount());
  // With its scope: that of a store, or of a composable that is shared, outlives the component that was first to ask for it.
  onScopeDispose(() => controller.unmount());
  return {
    status: computed(() => state.value.status),
    result: computed(() => state.value.result),
    error: computed(() => state.value.error),
    open: controller.open,
    authorize: controller.authorize,
    close: controller.close,
    focus: controller.focus,
    trigger: (element) => void (controller.trigger = element),
  };
}

// The callbacks are this component's events: `onSuccess` is how Vue passes `@success`.
const events = { onSuccess: "success", onError: "error", onExit: "exit", onEvent: "event" };

export const ConnectButton = defineComponent({
  name: "ConnectButton",
  props: optionNames.filter((name) => !events[name]),
  emits: Object.values(events),
  setup(props, { attrs, emit, expose, slots }) {
    const instance = getCurrentInstance();
    // An unmounted component emits nothing; then those are called that listened when the flow began.
    const callbacks = (listeners) => Object.fromEntries(Object.entries(events).map(([name, event]) => [name, (...args) => {
      if (!instance.isUnmounted) return emit(event, ...args);
      for (const listener of [listeners[name], listeners[`${name}Once`]].flat()) if (listener) listener(...args);
    }]));
    const connect = useConnect(() => ({ ...props, ...callbacks(instance.vnode.props || {}), id: attrs.id }));
    expose({ open: connect.open, authorize: connect.authorize, close: connect.close, focus: connect.focus });
    return () => h("button", {
      type: "button",
      ref: connect.trigger,
      "data-status": connect.status.value,
      "aria-busy": isBusy({ status: connect.status.value }),
      onClick: connect.open,
    }, slots.default ? slots.default({ status: connect.status.value }) : "Connect");
  },
});
