// An Angular app's own tests, in CommonJS: Jest's default, for which jest-preset-angular turns Angular's .mjs files into it.
import { expect, jest, test } from "@jest/globals";
import { Component } from "@angular/core";
import { TestBed } from "@angular/core/testing";
import { ConnectDirective, ConnectService, provideConnect } from "connect-widget/angular";

@Component({
  imports: [ConnectDirective],
  template: `<button [connectWidget]="{ token: 't' }" #c="connectWidget" (connectError)="heard = $event.code">{{ c.status() }}</button>`,
})
class App {
  heard = "";
}

test("the directive and the service", async () => {
  TestBed.configureTestingModule({ providers: [provideConnect()] });
  const fixture = TestBed.createComponent(App);
  await fixture.whenStable();
  const button: HTMLButtonElement = fixture.nativeElement.querySelector("button");
  expect(button.textContent).toBe("idle");
  window.open = jest.fn(() => null);
  button.click();
  await new Promise((resolve) => setTimeout(resolve, 200));
  await fixture.whenStable();
  expect([button.textContent, fixture.componentInstance.heard]).toEqual(["error", "popup_blocked"]);
  expect(TestBed.inject(ConnectService).status()).toBe("idle");
});
