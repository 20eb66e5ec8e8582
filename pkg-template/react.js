"use client";
import { createElement, forwardRef, useCallback, useEffect, useInsertionEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { Controller, isBusy } from "./controller.js";
import { optionNames } from "./options.js";

export function useConnect(options) {
  const latest = useRef(options);
  // In the commit itself, before whoever could call: React runs a plain effect after a click that has come in between. Unlike a write during
  // rendering it is of a render that counts.
  useInsertionEffect(() => {
    latest.current = options;
  });
  const [controller] = useState(() => new Controller({ options: () => latest.current }));
  useEffect(() => {
    controller.mount();
    return () => controller.unmount();
  }, [controller]);
  const current = () => controller.state;
  const state = useSyncExternalStore(controller.subscribe, current, current);
  // The same ones for good: an effect that depends on one runs when the app's own values change, not with every status.
  const verbs = useMemo(() => ({
    open: controller.open,
    authorize: controller.authorize,
    close: controller.close,
    focus: controller.focus,
    ref: (element) => void (controller.trigger = element),
  }), [controller]);
  return useMemo(() => ({ ...state, ...verbs }), [state, verbs]);
}

export const ConnectButton = forwardRef(function ConnectButton({ children = "Connect", onClick, ...props }, forwarded) {
  const { attributes, options } = split(props);
  const connect = useConnect({ ...options, id: attributes.id });
  const trigger = connect.ref;
  const ref = useCallback((element) => {
    trigger(element);
    const cleanUp = typeof forwarded === "function" ? forwarded(element) : void (forwarded && (forwarded.current = element));
    // React 19: what a ref answers is called in place of the ref itself with null.
    return typeof cleanUp === "function" ? () => (trigger(null), cleanUp()) : undefined;
  }, [trigger, forwarded]);
  return createElement("button", {
    type: "button",
    "data-status": connect.status,
    "aria-busy": isBusy(connect),
    ...attributes,
    ref,
    onClick(event) {
      if (onClick) onClick(event);
      if (!event.defaultPrevented) connect.open();
    },
  }, children);
});

function split(props) {
  const attributes = { __proto__: null, ...props };
  const options = {};
  for (const name of optionNames) {
    if (name in attributes) options[name] = attributes[name];
    delete attributes[name];
  }
  return { attributes, options };
}
