import { ApplicationConfig, provideBrowserGlobalErrorListeners } from '@angular/core';
import { provideConnect } from 'connect-widget/angular';

export const appConfig: ApplicationConfig = {
  providers: [provideBrowserGlobalErrorListeners(), provideConnect()],
};
