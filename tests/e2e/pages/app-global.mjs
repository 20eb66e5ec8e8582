import { run } from "./harness.mjs";

run(window.ConnectWidget, window.ConnectWidget.ConnectError);
