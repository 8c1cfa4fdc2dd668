/** Characters that change the direction of what is around them: `Ann\u202Etac` is shown as "Anncat". */
const BIDIRECTIONAL = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;

/** Nothing to see: formats, what fonts ignore, separators of lines, and the blank of Braille. */
const INVISIBLE = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\u2800]/u;

/**
 * Where an invisible character belongs: it makes one emoji of two (👩‍🍳), chooses the picture of a character (❤️), or is how
 * a name is spelt in Arabic script and in those of India, where it stands between two letters. Elsewhere it makes two names
 * that look the same.
 *
 * @see https://www.unicode.org/reports/tr39/ and https://www.unicode.org/reports/tr31/#Layout_and_Format_Control_Characters
 */
const BELONGS = new RegExp(
  [
    String.raw`(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}\uFE0F])\u200D(?=\p{Extended_Pictographic})`,
    String.raw`(?<=[\p{Extended_Pictographic}0-9#*])\uFE0F`,
    ...['Arabic', 'Deva', 'Beng', 'Guru', 'Gujr', 'Orya', 'Taml', 'Telu', 'Knda', 'Mlym', 'Sinh'].map(
      (script) =>
        String.raw`(?<=(?=[\p{L}\p{M}])\p{Script=${script}})[\u200C\u200D](?=(?=[\p{L}\p{M}])\p{Script=${script}})`,
    ),
  ].join('|'),
  'gu',
);

/** What of a text people cannot see, and what it does to the rest; nothing when they see all of it. */
export function unseenIn(text: string): string | undefined {
  const [found] = INVISIBLE.exec(text.replaceAll(BELONGS, '')) ?? [];
  if (found === undefined) return undefined;
  const code = `U+${(found.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
  return BIDIRECTIONAL.test(found)
    ? `${code}, which turns the direction of writing`
    : `${code}, which is invisible`;
}
