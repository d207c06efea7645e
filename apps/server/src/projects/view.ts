import type { Project } from '@talkide/contracts';
import type { Screenshots } from './screenshots.ts';
import type { ProjectViewRow } from './store.ts';

/** Addresses of applications, made from a label. */
export interface Addresses {
  preview(previewUuid: string): string;
  published(slug: string): string;
}

/** A project as the API shows it. */
export function toProject(
  row: ProjectViewRow,
  { addresses, screenshots }: { addresses: Addresses; screenshots: Screenshots },
): Project {
  return {
    id: row.id,
    name: row.name,
    description: row.description,
    slug: row.slug,
    status: row.status,
    accent: row.accent,
    stack: {
      id: row.stack_id,
      backendLanguage: row.backend_language,
      backendFramework: row.backend_framework,
      frontendLanguage: row.frontend_language,
      frontendFramework: row.frontend_framework,
    },
    previewUrl: addresses.preview(row.preview_uuid),
    url: row.url,
    publicUrl: addresses.published(row.slug),
    currentVersion: row.current_version,
    publishedVersion: row.published_version,
    working: row.working,
    screenshotAt: screenshots.takenAt(row.id)?.toISOString() ?? null,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}
