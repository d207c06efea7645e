import { startDemoModel } from '@talkide/demo-model';
import type { Config } from '../config.ts';

export interface ModelUpstream {
  baseUrl: string;
  apiKey: string;
  model: string;
  demo: boolean;
  close(): Promise<void>;
}

/** Milliseconds before each piece of the demo model's text, so that a person sees it flow. */
const DEMO_PACE_MS = 12;
export const DEMO_MODEL = 'talkide-demo';

/** The configured upstream, or without a key the demo model on a loopback port. */
export async function openModel(config: Config): Promise<ModelUpstream> {
  // Agents of this executor call the model themselves: only its name is needed.
  if (config.executor === 'CLI') {
    return { baseUrl: config.modelBaseUrl, apiKey: '', model: config.model, demo: false, close: async () => {} };
  }
  if (config.modelApiKey) {
    return {
      baseUrl: config.modelBaseUrl,
      apiKey: config.modelApiKey,
      model: config.model,
      demo: false,
      close: async () => {},
    };
  }
  const demo = await startDemoModel({ eventMs: DEMO_PACE_MS });
  return { baseUrl: demo.url, apiKey: 'demo', model: DEMO_MODEL, demo: true, close: demo.close };
}
