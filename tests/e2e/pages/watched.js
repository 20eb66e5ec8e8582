// On the callback page, before the package: reports what is written to a store and sent on a channel there, and refuses to
// rewrite the address, to open a channel (or has none), or to store anything more, or waits a fiftieth of the time, where the
// scenario has asked for that (`localStorage["e2e address"]`, `["e2e channels"]`, `["e2e store"]`, `["e2e clock"]`).
"use strict";

(() => {
  const [id] = (localStorage.getItem("e2e") ?? "").split("~");
  const load = String(Math.random());
  const isFast = localStorage.getItem("e2e clock") === "fast";
  let count = 0;
  const say = (kind, value) => navigator.sendBeacon(`/api/beacon/${id}`, JSON.stringify({ load, count: (count += 1), kind, value }));

  const { setItem } = Storage.prototype;
  Storage.prototype.setItem = function (key, value) {
    say("written", { store: this === sessionStorage ? "session" : "local", key, value: String(value) });
    setItem.call(this, key, value);
  };
  if (window.BroadcastChannel) {
    const { postMessage } = BroadcastChannel.prototype;
    BroadcastChannel.prototype.postMessage = function (message) {
      if (!isFast) say("sent", { channel: this.name, message });
      postMessage.call(this, message);
    };
  }
  if (isFast) {
    const { setInterval } = window;
    window.setInterval = (work, pause) => setInterval(work, pause / 50);
  }
  if (localStorage.getItem("e2e channels") === "missing") delete window.BroadcastChannel;
  if (localStorage.getItem("e2e channels") === "refused") {
    window.BroadcastChannel = class {
      constructor() {
        throw new DOMException("The operation is insecure.", "SecurityError");
      }
    };
  }
  if (localStorage.getItem("e2e store") === "full") {
    Storage.prototype.setItem = () => {
      throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
    };
  }
  if (localStorage.getItem("e2e address") === "fixed") {
    History.prototype.replaceState = () => {
      throw new DOMException("this address cannot be rewritten", "SecurityError");
    };
  }
})();
