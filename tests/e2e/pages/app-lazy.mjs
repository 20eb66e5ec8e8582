import Connect, { ConnectError } from "/pkg/lazy.js";
import { run } from "./harness.mjs";

run(Connect, ConnectError);
