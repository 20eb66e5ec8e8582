// Servers that tests and the benchmark need for as long as they run, on free ports of this machine.
import { createServer } from "node:http";

/**
 * Serves on a free port.
 * @param {import("node:http").RequestListener} [answer]
 * @param {string} [host]  the address to listen at
 * @returns {Promise<{port: number, stop: () => Promise<void>}>} `stop` ends what is connected, too
 */
export async function listen(answer, host = "127.0.0.1") {
  const server = createServer(answer);
  await new Promise((resolve) => server.listen(0, host, resolve));
  const stop = () => new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
  return { port: server.address().port, stop };
}

/** A port that nobody listens at. */
export async function freePort() {
  const { port, stop } = await listen();
  await stop();
  return port;
}
