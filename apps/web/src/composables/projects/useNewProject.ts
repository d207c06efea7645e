import type { Accent } from '@talkide/contracts';
import { useQueryClient } from '@tanstack/vue-query';
import { computed, ref } from 'vue';
import { useI18n } from 'vue-i18n';
import { useRoute, useRouter } from 'vue-router';
import { api, unwrap } from '@/api/client';
import { queryKeys } from '@/api/query-keys';
import { useAction } from '@/composables/useAction';
import { ACCENTS, accentHue } from '@/lib/accent';
import { IDEAS, type IdeaKey } from '@/lib/ideas';
import { nameFromPrompt } from '@/lib/name-from-prompt';
import { useSlug } from './useSlug';

/** The new-project screen: what to build, under which name, address and colour, and on which stack. */
export function useNewProject() {
  const { t } = useI18n();
  const route = useRoute();
  const router = useRouter();
  const queries = useQueryClient();
  const prompt = ref('');
  const typedName = ref<string | null>(null);
  const accent = ref<Accent>(ACCENTS[Math.floor(Math.random() * ACCENTS.length)] ?? ACCENTS[0]);
  const stackId = ref('');
  const ideaName = ref<string | null>(null);

  const proposedName = computed(() => ideaName.value ?? nameFromPrompt(prompt.value));
  const name = computed({
    get: () => typedName.value ?? proposedName.value,
    set: (next: string) => {
      typedName.value = next === '' ? null : next;
    },
  });
  const slug = useSlug(name);
  const nameless = ref(false);

  const create = useAction(async () => {
    const project = await unwrap(
      api.POST('/api/projects', {
        body: {
          name: name.value.trim(),
          description: '',
          accent: accent.value,
          ...(stackId.value ? { stackId: stackId.value } : {}),
          ...(slug.chosen.value ? { slug: slug.chosen.value } : {}),
          ...(prompt.value.trim() ? { prompt: prompt.value.trim() } : {}),
        },
      }),
    );
    void queries.invalidateQueries({ queryKey: queryKeys.projects });
    await router.push({ name: 'project', params: { projectId: project.id } });
  });

  async function submit(): Promise<void> {
    nameless.value = name.value.trim() === '';
    if (!nameless.value) await create.perform();
  }

  function takeIdea(key: IdeaKey): void {
    prompt.value = t(`projects.idea.${key}.prompt`);
    ideaName.value = t(`projects.idea.${key}.name`);
    typedName.value = null;
    const hue = IDEAS.find((idea) => idea.key === key)?.hue;
    accent.value = ACCENTS.find((one) => accentHue(one) === hue) ?? accent.value;
  }
  const asked = IDEAS.find((idea) => idea.key === route.query.idea);
  if (asked) takeIdea(asked.key);

  return { prompt, name, accent, stackId, slug, nameless, submit, takeIdea, busy: create.busy, error: create.error };
}
