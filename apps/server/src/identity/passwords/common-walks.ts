const reversed = (text: string) => [...text].reverse().join('');
const twice = (text: string) => text + text;
const doubled = (text: string) => [...text].map(twice).join('');

const lines = [
  twice('1234567890'),
  twice('0123456789'),
  doubled('01234567890'),
  'abcdefghijklmnopqrstuvwxyz',
  doubled('abcdefghijklmnopqrstuvwxyz'),
  'qwertyuiop[]',
  'qwertzuiop',
  'azertyuiop',
  "asdfghjkl;'",
  'zxcvbnm,./',
  'yxcvbnm,.-',
  '!@#$%^&*()_+',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p',
  '1qay2wsx3edc4rfv5tgb6zhn7ujm',
  '1qa2ws3ed4rf5tg6yh7uj8ik9ol',
  'qazwsxedcrfvtgbyhnujmikolp',
  'qaywsxedcrfvtgbzhnujmikolp',
  '1q2w3e4r5t6y7u8i9o0p',
  '1q2w3e4r5t6z7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  '1a2b3c4d5e6f7g8h9i',
  'a1b2c3d4e5f6g7h8i9',
  '1029384756',
  twice('147258369'),
  twice('789456123'),
  '159753456852',
  twice('14789632'),
  '13579246801357924680',
  '3.14159265358979',
  '314159265358979',
];

/** Runs of the keyboard, the alphabet and the number pad, both ways. */
export const commonWalks: readonly string[] = lines.flatMap((line) => [line, reversed(line)]);
