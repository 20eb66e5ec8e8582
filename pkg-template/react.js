"use client";
import { createElement, forwardRef, useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { Controller, isBusy, optionNames } from "./controller.js";

export function useConnect(options) {
  const latest = useRef(options);
  // An effect runs before the next click is handled, and unlike a write during rendering it is of a render that counts.
  useEffect(() => {
    latest.current = options;
  });
  const [controller] = useState(() => new Controller({ options: () => latest.current }));
  useEffect(() => {
    controller.mount();
    return () => controller.unmount();
  }, [controller]);
  const current = useCallback(() => controller.state, [controller]);
  const state = useSyncExternalStore(controller.subscribe, current, current);
  return useMemo(() => ({
    ...state,
    // As event handlers they are called with an event, which is not theirs.
    open: () => controller.open(),
    authorize: () => controller.authorize(),
    close: () => controller.close(),
    focus: () => controller.focus(),
    ref: (element) => void (controller.trigger = element),
  }), [controller, state]);
}

export const ConnectButton = forwardRef(function ConnectButton({ children = "Connect", onClick, ...props }, forwarded) {
  const { attributes, options } = split(props);
  const connect = useConnect({ ...options, id: attributes.id });
  const trigger = connect.ref;
  const ref = useCallback((element) => {
    trigger(element);
    if (typeof forwarded === "function") forwarded(element);
    else if (forwarded) forwarded.current = element;
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
  const attributes = { ...props };
  const options = {};
  for (const name of optionNames) {
    if (name in attributes) options[name] = attributes[name];
    delete attributes[name];
  }
  return { attributes, options };
}
