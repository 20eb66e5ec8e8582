import { Component, inject, type ApplicationConfig, type Signal } from "@angular/core";
import { ConnectDirective, ConnectService, provideConnect } from "connect-widget/angular";
import { anny } from "connect-widget/providers";
import type { Connect, OpenOptions, Status, TokenResponse } from "connect-widget";

export const appConfig: ApplicationConfig = { providers: [provideConnect({ debug: true, labels: { success: "" } }), provideConnect()] };

// What an app may not have is given as it is, also where optional properties are exact
declare const perhaps: { labels?: { success?: string }; connect?: Connect; id?: string };
export const undecided = [provideConnect({ connect: perhaps.connect, labels: perhaps.labels }), provideConnect({ connect: undefined, labels: undefined })];
export const start = (service: ConnectService) => service.open({ token: "", id: perhaps.id, labels: perhaps.labels, connect: perhaps.connect });

@Component({ selector: "app-root", imports: [ConnectDirective], template: `<button [connectWidget]="options">Connect</button>` })
export class App {
  readonly connect = inject(ConnectService);
  readonly status: Signal<Status> = this.connect.status;
  options: OpenOptions = { token: () => "" };
  start = () => this.connect.open({ token: "", onSuccess: (grants) => grants.length });
  async redirected(): Promise<{ session: string } | null> {
    return this.connect.handleRedirect({ exchange: async ({ code }) => ({ session: code }) });
  }
  token(): Promise<TokenResponse> {
    // @ts-expect-error no clientId
    this.connect.authorize(anny({ redirectUri: "" }));
    // @ts-expect-error a misspelt option
    this.connect.open({ token: "", onSucces: () => {} });
    return this.connect.authorize(anny({ clientId: "", redirectUri: "" }));
  }
}
