// Compiled in the browser: what the CLI does ahead of time is tested by tests/packaging, with the CLI itself.
import "@angular/compiler";
import { ApplicationRef, Component, ErrorHandler, inject, provideZoneChangeDetection, provideZonelessChangeDetection, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import { Connect } from "connect-widget";
import { ConnectDirective, ConnectService, provideConnect } from "connect-widget/angular";
import { log, menu, mint, options, own } from "./backend.js";

const query = new URLSearchParams(location.search);
window.checks = 0;

/** Notes in which zone the app's functions are called. */
window.zones = [];
const note = (name) => window.zones.push(`${name} ${globalThis.Zone ? Zone.current.name : "none"}`);
const noted = ({ token, onSuccess, ...others }) => ({
  ...others,
  token: (context) => { note("token"); return token(context); },
  onSuccess: (grants) => {
    note("success");
    onSuccess(grants);
    if (query.has("throws")) throw new Error("of the app");
  },
});

class App {
  connect = inject(ConnectService);
  app = inject(ApplicationRef).isStable.subscribe((stable) => { window.stable = stable; });
  ngDoCheck() {
    window.checks += 1;
  }
  rendering = signal(1);
  shown = signal(true);
  one = () => noted(options(this.rendering(), "one"));
  oneOptions = query.has("late") ? null : this.one(); // as of the async pipe
  constructor() {
    const { authorize, close, handleRedirect, refresh } = this.connect;
    window.hook = { authorize: () => authorize(options(this.rendering(), "hook")), close, handleRedirect, refresh };
  }
  /** What a template has of a button. */
  keep(flow) {
    if (this.flow === flow) return;
    this.flow = flow;
    window.box = { open: flow.open, authorize: flow.authorize, close: flow.close };
    if (!menu) return;
    flow.connectSuccess.subscribe({ next: ([grant]) => log.push(`one observer ${grant.account_identifier}`) });
    flow.connectSuccess.subscribe(() => log.push("one that listens no more")).unsubscribe();
  }
  emitted(name) {
    (window.emitted ??= []).push(name);
  }
  twoOptions = { ...options(1, "two"), labels: undefined, connect: undefined };
  render() {
    this.rendering.update((number) => number + 1);
    this.oneOptions = this.one();
  }
  hook() {
    this.connect.open({ ...options(this.rendering(), "hook"), ...(own && { token: minted }) });
  }
  pressed() {
    if (menu) this.shown.set(false);
  }
  heard([grant]) {
    if (menu || query.has("throws")) log.push(`one output ${grant.account_identifier}`);
  }
  state() {
    const { status, result, error } = this.connect;
    return [status(), result()?.[0].account_identifier, error()?.code].filter(Boolean).join(" ");
  }
}

const Root = Component({
  selector: "#app",
  imports: [ConnectDirective],
  template: `<main>
    <h1>Angular</h1>
    @if (shown()) { <button id="one" #flow="connectWidget" [attr.data-kept]="keep(flow)" [connectWidget]="oneOptions" (connectSuccess)="heard($event)" (connectError)="emitted($event.code)" (connectExit)="emitted('exit')" (connectEvent)="emitted($event.name)" (click)="pressed()">Connect</button> }
    <button id="two" [connectWidget]="twoOptions">Connect another</button>
    <button (click)="hook()" [attr.aria-busy]="connect.status() === 'open'">Connect by hook</button>
    <p id="state">{{ state() }}</p>
    <button (click)="render()">Render</button>
    <button (click)="shown.set(!shown())">Toggle</button>
  </main>`,
})(App) ?? App;

const zone = query.has("zone");
const provided = query.has("german") ? { labels: { success: "Verbunden." } } : undefined;
// An instance for all, and a token that was there before the click.
const minted = own && await mint();
const connect = own ? Connect.create() : undefined;
connect?.on("success", ([grant]) => log.push(`shared ${grant.account_identifier}`));
const handled = (window.handled = []);
if (zone) await import("zone.js");
await bootstrapApplication(Root, {
  providers: [
    // Nobody has to provide any.
    ...(zone && !own ? [] : [provideConnect(own ? { connect } : query.has("plain") ? { wasm: false } : provided)]),
    { provide: ErrorHandler, useValue: { handleError: (error) => void handled.push(error.message) } },
    zone ? provideZoneChangeDetection() : provideZonelessChangeDetection(),
  ],
});
