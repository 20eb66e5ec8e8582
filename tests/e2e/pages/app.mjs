import Connect, { ConnectError } from "/pkg/index.js";
import { run } from "./harness.mjs";

run(Connect, ConnectError);
