// What the Angular compiler would make of a service and a directive with decorators: partial declarations, which the
// Angular CLI finishes for the version that the app uses (https://angular.dev/tools/libraries/angular-package-format).
// It looks for them in the text, so the names after `i0.` must reach the package as they are written here.
import * as i0 from "@angular/core";
import { Controller, isBusy } from "./controller.js";

const CONFIG = new i0.InjectionToken("connect-widget config");

export function provideConnect(config = {}) {
  return i0.makeEnvironmentProviders([{ provide: CONFIG, useValue: config }]);
}

/** A controller whose state is a signal, and whose callbacks run where Angular sees what they change. */
function controllerIn(options) {
  const { connect, labels, ...config } = i0.inject(CONFIG, { optional: true }) || {};
  const zone = i0.inject(i0.NgZone);
  const inZone = (callback) => callback && ((...args) => zone.run(() => callback(...args)));
  const controller = new Controller({
    config: { ...config, ...(labels && { labels }) },
    options: () => {
      const given = { connect, labels, ...options() };
      for (const name of ["onSuccess", "onError", "onExit", "onEvent"]) if (given[name]) given[name] = inZone(given[name]);
      return given;
    },
  });
  const state = i0.signal(controller.state);
  controller.subscribe(() => state.set(controller.state));
  i0.inject(i0.DestroyRef).onDestroy(() => controller.unmount());
  return {
    controller,
    status: i0.computed(() => state().status),
    result: i0.computed(() => state().result),
    error: i0.computed(() => state().error),
    busy: i0.computed(() => isBusy(state())),
  };
}

export class ConnectService {
  constructor() {
    let latest = {};
    const { controller, status, result, error } = controllerIn(() => latest);
    Object.assign(this, { status, result, error });
    this.open = (options) => {
      if (!controller.connect.isOpen()) latest = options;
      return controller.open();
    };
    this.authorize = (options) => {
      if (!controller.connect.isOpen()) latest = options;
      return controller.authorize();
    };
    this.close = controller.close;
    this.focus = controller.focus;
    this.handleRedirect = (handlers) => controller.connect.handleRedirect(handlers);
    this.refresh = (options) => controller.connect.refresh(options);
  }
}

ConnectService.ɵfac = i0.ɵɵngDeclareFactory({
  minVersion: "12.0.0", version: "17.0.0", ngImport: i0, type: ConnectService, deps: [], target: i0.ɵɵFactoryTarget.Injectable,
});
ConnectService.ɵprov = i0.ɵɵngDeclareInjectable({
  minVersion: "12.0.0", version: "17.0.0", ngImport: i0, type: ConnectService, providedIn: "root",
});

export class ConnectDirective {
  constructor() {
    this.connectWidget = {};
    this.connectSuccess = new i0.EventEmitter();
    this.connectError = new i0.EventEmitter();
    this.connectExit = new i0.EventEmitter();
    this.connectEvent = new i0.EventEmitter();
    const element = i0.inject(i0.ElementRef).nativeElement;
    const { controller, status, result, error, busy } = controllerIn(() => {
      const options = this.connectWidget || {};
      return {
        id: element.id,
        ...options,
        onSuccess: both(options.onSuccess, this.connectSuccess),
        onError: both(options.onError, this.connectError),
        onExit: both(options.onExit, this.connectExit),
        onEvent: (name, metadata) => {
          if (options.onEvent) options.onEvent(name, metadata);
          this.connectEvent.emit({ name, metadata });
        },
      };
    });
    controller.trigger = element;
    Object.assign(this, { controller, status, result, error, busy });
    for (const verb of ["open", "authorize", "close", "focus"]) this[verb] = controller[verb];
    i0.afterNextRender(() => controller.mount());
  }
}

const both = (callback, emitter) => (value) => {
  if (callback) callback(value);
  emitter.emit(value);
};

ConnectDirective.ɵfac = i0.ɵɵngDeclareFactory({
  minVersion: "12.0.0", version: "17.0.0", ngImport: i0, type: ConnectDirective, deps: [], target: i0.ɵɵFactoryTarget.Directive,
});
ConnectDirective.ɵdir = i0.ɵɵngDeclareDirective({
  minVersion: "14.0.0", version: "17.0.0", ngImport: i0, type: ConnectDirective,
  isStandalone: true,
  selector: "[connectWidget]",
  exportAs: ["connectWidget"],
  inputs: { connectWidget: "connectWidget" },
  outputs: { connectSuccess: "connectSuccess", connectError: "connectError", connectExit: "connectExit", connectEvent: "connectEvent" },
  host: {
    listeners: { click: "open()" },
    properties: { "attr.aria-busy": "busy()", "attr.data-status": "status()" },
  },
});
