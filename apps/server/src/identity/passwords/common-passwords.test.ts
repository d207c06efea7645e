import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isCommonPassword } from './common-passwords.ts';
import { commonWords } from './common-words.ts';

const refused = `
password12 password123 password1234 Password123! p@ssw0rd12 P4ssw0rd2024 passwordpassword mypassword1 1234567890
0123456789 0987654321 9876543210 12345678910 123456789012 1234567891 1111111111 0000000000 1212121212 123123123123
1122334455 112233445566 1029384756 1472583690 7894561230 1q2w3e4r5t 1q2w3e4r5t6y q1w2e3r4t5 1qaz2wsx3edc zaq12wsxcde3
qazwsxedcrfv qwertyuiop qwertzuiop qwerty12345 qwerty123456 asdfghjkl1 zxcvbnm123 qwertyuiop123 abcdefghij abcd123456
abc1234567 a123456789 123456789a aaaaaaaaaa abcabcabcabc iloveyou12 iloveyou123 iloveyou!! letmein123 welcome123
welcome2024 changeme123 administrator admin12345 admin123456 test123456 testtest12 superman12 batman1234 starwars12
football12 baseball123 basketball volleyball strawberry blackberry california manchester liverpool1 chelsea1234
skateboard playstation sweetheart mickeymouse spongebob1 tinkerbell unbelievable motherfucker metallica1 linkinpark
michelle12 jennifer12 elizabeth1 christina1 alexandria butterfly1 princess123 sunshine123 chocolate1 hello12345
computer12 internet123 secret1234 trustno1234 dragon12345 monkey12345 dragonmaster summer2026! winter2025
heslo12345 heslo123456 Heslo2026! mojeheslo1 tajneheslo praha12345 slunicko12 sluníčko123 miláček123 ahojahoj12
sparta1234 slavia1892 veronika12 kateřina12 martin1234 kocicka123 beruska123 nevimnevim lokomotiva pass-word-123
3.14159265 33333333333 qwe123qwe123 asdasdasdasd Passw0rd2025
`
  .trim()
  .split(/\s+/);

describe('common passwords', () => {
  it.each(refused)('refuses %s', (password) => {
    expect(password.length).toBeGreaterThanOrEqual(10);
    expect(isCommonPassword(password)).toBe(true);
  });

  it.each([
    'correct horse battery',
    'tři nesouvisející slova',
    'Wq8$kd02-mXz',
    'teapot-orbit-lantern',
    'zelený čaj o půlnoci venku',
    'j5k2Qm9xTb',
    'kolibrik na balkone',
    'a long enough secret to keep',
  ])('takes %s', (password) => expect(isCommonPassword(password)).toBe(false));

  it('refuses the name in front of the @ with a little added', () => {
    expect(isCommonPassword('zofie.kralova1', ['zofie.kralova'])).toBe(true);
    expect(isCommonPassword('zofie.kralova1')).toBe(false);
  });

  it('knows well over a thousand of them', () => {
    const long = commonWords.flatMap((word) => ['123', '12345', '1!', '2026'].map((tail) => word + tail));
    const known = long.filter((password) => password.length >= 10 && isCommonPassword(password));
    expect(new Set(known).size).toBeGreaterThan(1000);
  });

  it('lets random passwords pass', () => {
    const base62 = fc.constantFrom(...'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789');
    fc.assert(
      fc.property(fc.array(base62, { minLength: 12, maxLength: 40 }), (signs) => {
        const password = signs.join('');
        fc.pre(new Set(password).size > 8);
        return !isCommonPassword(password);
      }),
      { seed: 7 },
    );
  });

  it('sees through the longest of them', () => {
    expect(isCommonPassword('1q2w'.repeat(32))).toBe(true);
  });
});
