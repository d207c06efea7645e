import type { App } from 'vue';
import type { Router } from 'vue-router';
import { about } from './about.ts';

type Report =
  | { type: 'error'; message: string }
  | { type: 'navigate'; path: string }
  | { type: 'snapshot'; image: ArrayBuffer };

/** Tells the preview's surroundings what happens in here. Does nothing in the published application. */
function tell(message: Report): void {
  if (about.isPreview && window.parent !== window) {
    window.parent.postMessage({ source: 'talkide-app', ...message }, '*');
  }
}

function tellError(error: unknown): void {
  tell({ type: 'error', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
}

/** Reports every error nobody caught. */
export function reportErrors(app: App): void {
  app.config.errorHandler = (error) => {
    reportError(error);
  };
  window.addEventListener('error', (event) => tellError(event.error ?? event.message));
  window.addEventListener('unhandledrejection', (event) => tellError(event.reason));
}

/** Reports the path whenever it changes. */
export function reportNavigation(router: Router): void {
  router.afterEach((to) => tell({ type: 'navigate', path: to.fullPath }));
}

/** Draws the page for the preview's surroundings whenever they ask. What cannot be drawn is not worth a report. */
export function answerSnapshots(): void {
  if (!about.isPreview) return;
  window.addEventListener('message', async ({ source, data }) => {
    if (source !== window.parent || data?.source !== 'talkide' || data.type !== 'snapshot') return;
    const { takeSnapshot } = await import('./snapshot.ts');
    const image = await takeSnapshot().catch(() => null);
    if (image) tell({ type: 'snapshot', image });
  });
}
