// Loaded before the package: counts what it holds on to, and hears what it says. `instruments.held()` is what is left.
"use strict";

(() => {
  // The stores as they are before a scenario refuses them.
  const stores = [sessionStorage, localStorage];
  const held = { listeners: new Map(), intervals: new Set(), channels: new Set() };
  const said = [];
  const secrets = new Set();

  // Drivers listen to the pointer themselves.
  const DRIVERS = /^(__playwright.*|auxclick|click|contextmenu|dblclick|mouse.*|pointer.*|touch.*)$/;
  // A scenario may have the part that goes on with a response take its time.
  const delay = sessionStorage.getItem("hand-over takes");
  if (delay) {
    const text = JSON.stringify({ imports: { "/pkg/hand-over.js": `/pkg/hand-over.js?sandbox_delay_ms=${delay}` } });
    document.head.append(Object.assign(document.createElement("script"), { type: "importmap", text }));
  }

  const { addEventListener, removeEventListener } = window;
  const of = (type) => held.listeners.get(type) ?? held.listeners.set(type, new Set()).get(type);
  for (const target of [window, document]) {
    target.addEventListener = (type, listener, ...rest) => {
      if (listener && !DRIVERS.test(type)) of(type).add(listener);
      return addEventListener.call(target, type, listener, ...rest);
    };
    target.removeEventListener = (type, listener, ...rest) => {
      of(type).delete(listener);
      return removeEventListener.call(target, type, listener, ...rest);
    };
  }

  const { setInterval, clearInterval } = window;
  window.setInterval = (...values) => {
    const id = setInterval(...values);
    held.intervals.add(id);
    return id;
  };
  window.clearInterval = (id) => {
    held.intervals.delete(id);
    clearInterval(id);
  };

  // Every window that the page opens. A headless browser has no window manager that would move the focus, and drivers move it as
  // they please: here the app loses it to the new window (unless the scenario's app `keepsFocus`), and gets it back when that is
  // closed where the scenario's windows cannot be severed (`givesFocusBack`).
  for (const type of ["blur", "focus"]) {
    addEventListener.call(window, type, (event) => {
      if (event.isTrusted && event.target === window) event.stopImmediatePropagation();
      else if (event.target === window) hasFocus = type === "focus";
    }, true);
  }
  // A page's script may put something else in its place.
  const { Event } = window;
  let hasFocus = true;
  document.hasFocus = () => hasFocus;
  const opened = [];
  const { open } = window;
  window.open = (...values) => {
    const popup = open.apply(window, values);
    const [url, name, features] = values;
    opened.push({ url, name, features, popup });
    if (popup) tellWhenAway(popup, opened.length);
    if (popup && !window.instruments.keepsFocus) setTimeout(() => window.dispatchEvent(new Event("blur")));
    if (popup && window.instruments.givesFocusBack) giveFocusBack(popup);
    return popup;
  };

  // The package looks at its window once a frame. What this has seen a few times, the package has seen too.
  const LOOK = 60, LOOKS = 5;
  function tellWhenAway(popup, nth) {
    window.instruments.say("window", nth);
    let looks = 0;
    const timer = setInterval(() => {
      try {
        if (!popup.closed) return void popup.location.href;
      } catch {
        looks += 1;
        if (looks < LOOKS) return;
        window.instruments.say("away", nth);
      }
      clearInterval(timer);
    }, LOOK);
  }

  function giveFocusBack(popup) {
    const timer = setInterval(() => {
      if (!popup.closed) return;
      clearInterval(timer);
      window.dispatchEvent(new Event("focus"));
    }, 20);
  }

  const Channel = window.BroadcastChannel;
  if (Channel) {
    window.BroadcastChannel = class BroadcastChannel extends Channel {
      constructor(name) {
        super(name);
        held.channels.add(this);
      }
      close() {
        held.channels.delete(this);
        super.close();
      }
    };
  }

  for (const level of ["debug", "log", "info", "warn", "error"]) {
    const write = console[level];
    console[level] = (...values) => {
      said.push(values.map((value) => (value instanceof Error ? `${value.message} ${value.stack}` : text(value))).join(" "));
      write.apply(console, values);
    };
  }
  // What nobody catches is a report of its own: no scenario ends well with one that it does not name.
  const uncaught = (message) => {
    said.push(message);
    window.instruments.say("uncaught", message);
  };
  addEventListener.call(window, "error", ({ message }) => uncaught(message));
  addEventListener.call(window, "unhandledrejection", ({ reason }) => uncaught(String(reason?.message ?? reason)));

  function text(value) {
    try {
      return typeof value === "string" ? value : JSON.stringify(value) ?? String(value);
    } catch {
      return String(value);
    }
  }

  // What goes to a token endpoint and what comes back from it must not be seen anywhere else.
  const SECRET = /^(access_token|refresh_token|id_token|code|code_verifier|codeVerifier|session_token|token)$/;
  function learn(value, depth = 0, isErrors = false) {
    if (!value || typeof value !== "object" || depth > 4) return;
    for (const [key, member] of Object.entries(value)) {
      // An error's code is none.
      if (isErrors && key === "code") continue;
      if (typeof member === "object") learn(member, depth + 1, isErrors || key === "errors");
      else if (SECRET.test(key) && typeof member === "string" && member.length >= 8) secrets.add(member);
    }
  }
  const { fetch } = window;
  window.fetch = async (url, options, ...rest) => {
    const { body } = options ?? {};
    if (typeof body === "string") learn(body.startsWith("{") ? JSON.parse(body) : Object.fromEntries(new URLSearchParams(body)));
    const response = await fetch(url, options, ...rest);
    response.clone().json().then(learn, () => {});
    return response;
  };

  const early = [];
  window.instruments = {
    learn,
    opened,
    /** Reported once the harness has taken its place. */
    early,
    say: (...report) => early.push(report),
    givesFocusBack: false,
    keepsFocus: false,
    setInterval: (...values) => setInterval(...values),
    clearInterval: (id) => clearInterval(id),
    said,
    held: () => ({
      listeners: [...held.listeners].flatMap(([type, all]) => [...all].map(() => type)),
      intervals: held.intervals.size,
      channels: held.channels.size,
      kept: stores.flatMap((store, index) => Object.keys(store).filter((key) => key.startsWith("connect-widget")).map((key) => `${["session", "local"][index]} ${key}: ${store.getItem(key)}`)),
    }),
    /** Where a secret can be seen: console, storage, address, referrer, history. */
    leaks: () => {
      const places = { console: said.join("\n"), storage: stores.map((store) => JSON.stringify({ ...store })).join(""), address: location.href, referrer: document.referrer, history: text(window.history.state), name: window.name };
      return Object.entries(places).flatMap(([place, seen]) => [...secrets].filter((secret) => seen.includes(secret) || seen.includes(encodeURIComponent(secret))).map((secret) => `${place}: ${secret}`));
    },
  };
})();
