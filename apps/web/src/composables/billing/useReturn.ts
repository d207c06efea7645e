import { computed, onMounted } from 'vue';
import { useRoute, useRouter } from 'vue-router';

const ONE_ID = /^[1-9]\d{0,18}$/;

/** The top-up that the person comes back from paying, as the address says. */
export function useReturn() {
  const route = useRoute();
  const router = useRouter();
  const awaitedId = computed(() => {
    const { topup, left } = route.query;
    return typeof topup === 'string' && ONE_ID.test(topup) && left === undefined ? topup : null;
  });
  const showOnly = (id: string | null) => router.replace({ query: id ? { topup: id } : {} });
  // A provider adds to the address what should not stay there, such as the secret of the payment.
  onMounted(() => {
    const known = awaitedId.value === null ? 0 : 1;
    if (Object.keys(route.query).length > known) void showOnly(awaitedId.value);
  });
  return { awaitedId, await: showOnly, dismiss: () => showOnly(null) };
}
