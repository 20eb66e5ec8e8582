import { Component, provideZonelessChangeDetection, signal } from "@angular/core";
import { bootstrapApplication } from "@angular/platform-browser";
import { ConnectDirective } from "connect-widget/angular";
import type { Grant } from "connect-widget";
import { baseURL, list, mintSession, save } from "../showroom/backend.js";

@Component({
  selector: "app-root",
  imports: [ConnectDirective],
  template: `
    <button
      [connectWidget]="options"
      (connectSuccess)="connected($event)"
      (connectError)="problem.set($event.message)"
    >
      Connect an account
    </button>
    <p role="alert">{{ problem() }}</p>
    <ul>
      @for (connection of accounts(); track connection.id) {
        <li>
          <strong>{{ connection.provider_name }}</strong> {{ connection.account }}
        </li>
      }
    </ul>
  `,
})
class App {
  readonly options = { token: mintSession, baseURL };
  readonly accounts = signal<Awaited<ReturnType<typeof list>>>([]);
  readonly problem = signal("");

  constructor() {
    this.refresh();
  }

  async connected(grants: Grant[]) {
    this.problem.set("");
    await save(grants);
    await this.refresh();
  }

  private async refresh() {
    this.accounts.set(await list());
  }
}

bootstrapApplication(App, { providers: [provideZonelessChangeDetection()] });
