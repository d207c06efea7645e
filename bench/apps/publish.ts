import type { Project, Release } from '@talkide/contracts';
import { type Api, visit } from '../../e2e/support/api.ts';
import { load } from '../support/load.ts';
import { until } from './support.ts';

const LOAD_MS = 4_000;

const answers = async (address: string) => (await visit(address)).status === 200;

/** Publishes and waits until the public address answers. */
export async function publish(api: Api, project: Project): Promise<void> {
  await api.post<Release>(`/api/projects/${project.id}/publish`);
  await until('the publication', () => answers(project.publicUrl));
}

/** A publication, and the same again while the public address is asked 100 times a second. */
export async function publishUnderLoad(api: Api, project: Project): Promise<Record<string, number>> {
  const begun = performance.now();
  await publish(api, project);
  const publishMs = Math.round(performance.now() - begun);
  const loading = load(project.publicUrl, LOAD_MS);
  const { items: before } = await api.get<{ items: Release[] }>(`/api/projects/${project.id}/releases`);
  await api.post<Release>(`/api/projects/${project.id}/publish`);
  await until('the second publication', async () => {
    const { items } = await api.get<{ items: Release[] }>(`/api/projects/${project.id}/releases`);
    return items.some((one) => one.status === 'ACTIVE' && !before.some(({ id }) => id === one.id));
  });
  const { sent, failed } = await loading;
  return { publishMs, publishRequests: sent, publishFailedRequests: failed };
}
