// Compiled in the browser: what the CLI does ahead of time is tested by tests/packaging, with the CLI itself.
import "@angular/compiler";
import { Component, inject, provideZoneChangeDetection, provideZonelessChangeDetection, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import { ConnectDirective, ConnectService, provideConnect } from "connect-widget/angular";
import { options } from "./backend.js";

class App {
  connect = inject(ConnectService);
  rendering = signal(1);
  shown = signal(true);
  one = () => options(this.rendering(), "one");
  oneOptions = this.one();
  twoOptions = options(1, "two");
  render() {
    this.rendering.update((number) => number + 1);
    this.oneOptions = this.one();
  }
  hook() {
    this.connect.open(options(this.rendering(), "hook"));
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
    @if (shown()) { <button id="one" [connectWidget]="oneOptions">Connect</button> }
    <button id="two" [connectWidget]="twoOptions">Connect another</button>
    <button (click)="hook()" [attr.aria-busy]="connect.status() === 'open'">Connect by hook</button>
    <p id="state">{{ state() }}</p>
    <button (click)="render()">Render</button>
    <button (click)="shown.set(!shown())">Toggle</button>
  </main>`,
})(App) ?? App;

const zone = new URLSearchParams(location.search).has("zone");
if (zone) await import("zone.js");
await bootstrapApplication(Root, {
  providers: [provideConnect(), zone ? provideZoneChangeDetection() : provideZonelessChangeDetection()],
});
