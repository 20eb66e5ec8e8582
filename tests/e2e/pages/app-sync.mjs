import Connect, { ConnectError } from "/pkg/sync.js";
import { run } from "./harness.mjs";

run(Connect, ConnectError);
