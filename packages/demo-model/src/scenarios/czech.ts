/** Sentences of the template that people of a Czech application would meet in English. */
export const CZECH: Record<'backend' | 'frontend', { path: string; pairs: [en: string, cs: string][] }[]> = {
  backend: [
    {
      path: 'server/input.ts',
      pairs: [
        ['Please fill this in.', 'Vyplňte prosím toto pole.'],
        ['Please keep this under ', 'Zkraťte to prosím, vejde se nejvýš '],
        [' characters.`', ' znaků.`'],
        ['This does not look like an email address.', 'Tohle nevypadá jako e-mailová adresa.'],
        ['Please enter a whole number.', 'Zadejte prosím celé číslo.'],
        ['Please enter a number from ', 'Zadejte prosím číslo od '],
        ['} to $', '} do $'],
        ['Please choose a day.', 'Vyberte prosím den.'],
        ['Please choose one of the options.', 'Vyberte prosím jednu z možností.'],
        ['Please check what you entered.', 'Zkontrolujte prosím, co jste vyplnili.'],
      ],
    },
    {
      path: 'server/errors.ts',
      pairs: [
        ['This exists already.', 'Tohle už existuje.'],
        [
          'The database does not answer right now. Please try again in a moment.',
          'Databáze teď neodpovídá. Zkuste to prosím za chvíli znovu.',
        ],
        ['Something went wrong on our side. Please try again.', 'Něco se u nás pokazilo. Zkuste to prosím znovu.'],
      ],
    },
  ],
  frontend: [
    { path: 'src/components/AppField.vue', pairs: [[' (optional)', ' (nepovinné)']] },
    { path: 'src/components/AppToasts.vue', pairs: [['aria-label="Dismiss"', 'aria-label="Zavřít"']] },
    {
      path: 'src/api.ts',
      pairs: [
        [
          'The server cannot be reached. Please check your connection and try again.',
          'Server není dostupný. Zkontrolujte připojení a zkuste to znovu.',
        ],
        ['Something went wrong. Please try again.', 'Něco se pokazilo. Zkuste to prosím znovu.'],
      ],
    },
    {
      path: 'src/pages/NotFound.vue',
      pairs: [
        ['This page does not exist', 'Tato stránka neexistuje'],
        [
          'The address may be mistyped, or the page has moved.',
          'Adresa může být překlepnutá, nebo se stránka přesunula.',
        ],
        ['To the start page', 'Na úvodní stránku'],
      ],
    },
    { path: 'index.html', pairs: [['<html lang="en"', '<html lang="cs"']] },
  ],
};
