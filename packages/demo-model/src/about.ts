/** What the demo model says about itself. */
export const ABOUT = {
  en: 'Demo model: I can build a guest book, a todo board and a booking page, and change their colours, texts and fields.',
  cs: 'Ukázkový model: umím postavit knihu hostů, nástěnku úkolů a rezervační stránku a měnit jejich barvy, texty a pole.',
};

/** What it says to everything else. */
export const CANNOT = {
  en: `${ABOUT.en} For anything else, start TalkIDE with a model key in \`TALKIDE_MODEL_API_KEY\`.`,
  cs: `${ABOUT.cs} Pro cokoli jiného spusťte TalkIDE s klíčem k modelu v \`TALKIDE_MODEL_API_KEY\`.`,
};
