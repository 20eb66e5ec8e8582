import { Component, inject, signal } from '@angular/core';
import type { AlterOptions, Grant } from 'connect-widget';
import { ConnectDirective, ConnectService } from 'connect-widget/angular';

@Component({
  selector: 'app-root',
  imports: [ConnectDirective],
  template: `
    <button #c="connectWidget" [connectWidget]="options" (connectSuccess)="save($event)" [class.busy]="c.busy()">Connect</button>
    <p id="result">{{ account() }}</p>
    <p>{{ connect.status() }}</p>
  `,
})
export class App {
  protected readonly connect = inject(ConnectService);
  protected readonly account = signal('');
  protected readonly options: AlterOptions = {
    token: () => fetch('/api/session', { method: 'POST' }).then((response) => response.text()),
    baseURL: (globalThis as { baseURL?: string }).baseURL,
  };

  protected save([grant]: Grant[]) {
    this.account.set(grant.account_identifier);
  }
}
