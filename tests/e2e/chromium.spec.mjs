import { register } from "./register.mjs";

await register("chromium");
