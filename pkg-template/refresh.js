// refresh(): loaded at its first call, because most apps never make one.

/** The name of locks and channels begins with it. */
const NAME = "connect-widget";

const refreshes = new Map();

/**
 * One request per refresh token, in this page and, with Web Locks, in all pages of the origin: who waits gets the answer. The
 * request itself is never cancelled, because its answer may hold the only live token; an abort is the caller's alone.
 */
export function refresh(given, request, { ConnectError, error }) {
  const { signal, ...options } = { __proto__: null, ...given };
  if (signal?.aborted) return Promise.reject(error("aborted"));
  const name = [NAME, options.tokenEndpoint, options.refreshToken].join();
  if (!refreshes.has(name)) refreshes.set(name, alone(name, () => request(options), ConnectError).finally(() => refreshes.delete(name)));
  const answer = refreshes.get(name);
  if (!signal) return answer;
  return new Promise((resolve, reject) => {
    const abort = () => reject(error("aborted"));
    signal.addEventListener("abort", abort);
    answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** Runs while no other page of the origin does, or answers what that page was answered, error or not. */
async function alone(secret, run, ConnectError) {
  const { locks } = navigator;
  if (!locks || !window.BroadcastChannel) return run();
  // Names of locks can be listed by every script of the origin.
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  const name = NAME + new Uint8Array(digest);
  const channel = new BroadcastChannel(name);
  const heard = new Promise((resolve) => (channel.onmessage = ({ data }) => resolve(data)));
  // The cause of an error may be something that cannot go to another page.
  let ownCause;
  const share = async () => {
    const answer = await run().then(
      (value) => ({ value }),
      ({ code, message, details, cause }) => ((ownCause = cause), { error: [code, message, details] }),
    );
    channel.postMessage(answer);
    return answer;
  };
  // Only a page that was closed in mid-request leaves nothing to hear.
  const overdue = () => new Promise((resolve) => setTimeout(resolve, 3000));
  try {
    const first = await locks.request(name, { ifAvailable: true }, (lock) => lock && share());
    const { value, error } = first || (await locks.request(name, async () => (await Promise.race([heard, overdue()])) || share()));
    if (error) throw new ConnectError(...error, ownCause);
    return value;
  } finally {
    channel.close();
  }
}
