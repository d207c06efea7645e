import { type Component, defineAsyncComponent } from 'vue';
import PanelWaiting from './PanelWaiting.vue';

/** A part of the screen that is fetched when it is first shown, and says so when that takes a moment. */
export const lazyPanel = (loader: () => Promise<Component>): Component =>
  defineAsyncComponent({ loader, loadingComponent: PanelWaiting, delay: 150 });
