// What the Angular compiler would make of a service and a directive with decorators: partial declarations, which the
// Angular CLI finishes for the version that the app uses (https://angular.dev/tools/libraries/angular-package-format).
// It looks for them in the text, so the names after `i0.` must reach the package as they are written here.
import * as i0 from "@angular/core";
import { Controller, isBusy, isOpen } from "./controller.js";
import { callbacks, sources } from "./options.js";

const CONFIG = new i0.InjectionToken("connect-widget config");

export function provideConnect(config) {
  return i0.makeEnvironmentProviders([{ provide: CONFIG, useValue: config }]);
}

/**
 * A controller whose state is a signal. All that it does runs outside Angular's zone, since a flow waits and looks about
 * for as long as its window is open; what is the app's is called where Angular sees what it changes.
 */
function controllerIn(options) {
  const { connect, labels, ...config } = i0.inject(CONFIG, { optional: true }) || {};
  const zone = i0.inject(i0.NgZone);
  const injector = i0.inject(i0.EnvironmentInjector);
  const outside = (work) => (...args) => zone.runOutsideAngular(() => work(...args));
  const wrap = (given, names, run) => {
    for (const name of names) {
      const own = given[name];
      if (typeof own === "function") given[name] = (...args) => run(() => own(...args));
    }
  };
  const controller = new Controller({
    config,
    options: () => {
      const given = { __proto__: null, ...options() };
      // Not by the spread: an option that is there but undefined must not erase what is provided.
      given.connect ??= connect;
      given.labels ??= labels;
      wrap(given, callbacks, (work) => {
        try {
          zone.run(work);
        } catch (error) {
          // By hand: without Zone.js `runGuarded` guards nothing.
          injector.get(i0.ErrorHandler).handleError(error);
        }
      });
      // Not `verify`: it is asked again and again while the window is open.
      wrap(given, sources, (work) => zone.run(work));
      return given;
    },
  });
  const state = i0.signal(controller.state);
  controller.subscribe(() => zone.run(() => state.set(controller.state)));
  i0.inject(i0.DestroyRef).onDestroy(outside(() => controller.unmount()));
  return {
    controller,
    outside,
    verbs: Object.fromEntries(["open", "authorize", "close", "focus"].map((verb) => [verb, outside(controller[verb])])),
    state: {
      status: i0.computed(() => state().status),
      result: i0.computed(() => state().result),
      error: i0.computed(() => state().error),
    },
    busy: i0.computed(() => isBusy(state())),
  };
}

export class ConnectService {
  constructor() {
    let latest = {};
    const { controller, outside, verbs, state } = controllerIn(() => latest);
    const launch = (verb) => outside((options) => {
      if (!isOpen(controller.connect)) latest = options;
      return verb();
    });
    Object.assign(this, state, verbs, { open: launch(verbs.open), authorize: launch(verbs.authorize) });
    this.handleRedirect = outside((handlers) => controller.connect.handleRedirect(handlers));
    this.refresh = outside((options) => controller.connect.refresh(options));
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
    const outputs = { connectSuccess: output(), connectError: output(), connectExit: output(), connectEvent: output() };
    for (const [name, { emitter }] of Object.entries(outputs)) this[name] = emitter;
    const element = i0.inject(i0.ElementRef).nativeElement;
    const { controller, outside, verbs, state, busy } = controllerIn(() => {
      // Options that have yet to come, as by the async pipe, are nobody's: what a redirect brought waits for them.
      const options = this.connectWidget || { id: null, protocol: null };
      const tell = Object.fromEntries(Object.entries(outputs).map(([name, output]) => [name, teller(output, controller)]));
      return {
        id: element.id,
        ...options,
        onSuccess: both(options.onSuccess, tell.connectSuccess),
        onError: both(options.onError, tell.connectError),
        onExit: both(options.onExit, tell.connectExit),
        onEvent: both(options.onEvent, (name, metadata) => tell.connectEvent({ name, metadata })),
      };
    });
    controller.trigger = element;
    Object.assign(this, state, verbs, { controller, busy });
    i0.afterNextRender(outside(() => controller.mount()));
  }
}

/** An output, and who listens to it. */
function output() {
  const emitter = new i0.EventEmitter();
  const listeners = new Set();
  const subscribe = emitter.subscribe.bind(emitter);
  emitter.subscribe = (listener, ...more) => {
    const subscription = subscribe(listener, ...more);
    listeners.add(listener);
    subscription.add(() => listeners.delete(listener));
    return subscription;
  };
  return { emitter, listeners };
}

/**
 * What emits a value, or tells those who listen now, when the element is gone by then: Angular takes a template's listeners
 * back as it removes the element.
 */
function teller({ emitter, listeners }, controller) {
  const now = [...listeners];
  return (value) => {
    if (!controller.gone) return emitter.emit(value);
    for (const listener of now) typeof listener === "function" ? listener(value) : listener.next?.(value);
  };
}

const both = (callback, tell) => (...args) => {
  try {
    if (callback) callback(...args);
  } finally {
    tell(...args);
  }
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
