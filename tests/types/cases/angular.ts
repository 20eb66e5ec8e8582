import { Component, inject, type ApplicationConfig, type Signal } from "@angular/core";
import { ConnectDirective, ConnectService, provideConnect } from "connect-widget/angular";
import { anny } from "connect-widget/providers";
import type { OpenOptions, Status, TokenResponse } from "connect-widget";

export const appConfig: ApplicationConfig = { providers: [provideConnect({ debug: true, labels: { success: "" } }), provideConnect()] };

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
