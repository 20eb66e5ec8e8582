// Code that a server has in common with a page: no DOM, no Node.
import Connect, { ConnectError, type Grant, type OpenOptions } from "connect-widget";
import { alter } from "connect-widget/providers";

export const grants: Grant[] = [];
export const options: OpenOptions = alter({ token: "" });
export const connect: Connect = Connect.create();
export const isOurs = (error: unknown) => error instanceof ConnectError && error.code === "no_window";
