import { Component } from '@angular/core';
import type { AlterOptions, Grant } from 'connect-widget';
import { ConnectDirective } from 'connect-widget/angular';

@Component({
  selector: 'app-root',
  standalone: true,
  imports: [ConnectDirective],
  template: `
    <button [connectWidget]="options" (connectSuccess)="save($event)">Connect</button>
    <p id="result">{{ account }}</p>
  `,
})
export class AppComponent {
  account = '';
  options: AlterOptions = {
    token: () => fetch('/api/session', { method: 'POST' }).then((response) => response.text()),
    baseURL: (globalThis as { baseURL?: string }).baseURL,
  };

  save([grant]: Grant[]) {
    this.account = grant.account_identifier;
  }
}
