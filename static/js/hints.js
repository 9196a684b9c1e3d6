// @ts-check
// A quiet look at a note while it is written: pieces that look like a name, a
// number or an address. It is only shown to the writer, here on the page; it
// stops nothing and is sent nowhere.

const street = 'straat|laan|weg|plein|gracht|kade|dreef|singel|steenweg|hof|street|road|avenue|lane|drive|square|str|strasse|straße|allee|platz|rue|chaussée|boulevard|place';

const numbers = [
  /(?<!\w)[A-Z]{2}\d{2}(?:\s?[A-Z0-9]{4}){2,}(?:\s?\d{1,3}(?!\w))?/gu, // bank account
  /(?<![\w.])\+?\d(?:[\s./()-]?\d){6,}(?!\w)/gu, // telephone, account, registration
  /(?<!\w)\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d{2}(?!\d)/gu, // date of birth
];
const addresses = [
  /[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+/gu,
  /(?<!\w)(?:https?:\/\/|www\.)\S+/giu,
  /(?<![\w@])@[\w.]{3,}/gu,
  /(?<!\w)\d{4}\s?[A-Z]{2}(?!\w)/gu, // Dutch postcode
  /(?<!\w)[A-Z]{1,2}\d[A-Z\d]?\s?\d[A-Z]{2}(?!\w)/gu, // British postcode
  new RegExp(`(?<!\\p{L})\\p{L}*(?:${street})\\.?\\s+\\d{1,4}(?!\\d)`, 'giu'),
  /(?<!\w)\d{1,4}[a-z]?,?\s+(?:\p{Lu}\p{L}+\s+)?(?:street|road|avenue|lane|drive|square)(?!\p{L})/giu,
];

// Words that are written large and name nobody.
const plain = new Set(('ik jij hij zij het de een en of maar wij u ze we i he she it they the a an and but or we you '
  + 'maandag dinsdag woensdag donderdag vrijdag zaterdag zondag monday tuesday wednesday thursday friday saturday sunday '
  + 'januari februari maart april mei juni juli augustus september oktober november december '
  + 'january february march may june july august october '
  + 'nederland belgië vlaanderen netherlands belgium england ireland germany dutch english nederlands engels '
  + 'stop now god kerstmis christmas internet whatsapp google telegram snapchat instagram tiktok facebook discord '
  + 'ggz gp cbt ok').split(' '));

const titled = /(?<!\p{L})(?:mr|mrs|ms|miss|dr|mevrouw|meneer|mevr|dhr|herr|frau|madame|monsieur|named|called|heet|genaamd|namens)\.?\s+(\p{Lu}\p{L}+(?:[\s-]\p{Lu}\p{L}+)*)/giu;
// A large letter inside a sentence.
const inside = /(?<=[\p{Ll}\d,;:)]\s)\p{Lu}\p{Ll}{1,}(?:[\s-]\p{Lu}\p{Ll}+)*/gu;

/** @param {string} name */
const somebody = (name) => name.split(/[\s-]+/u).some((word) => !plain.has(word.toLowerCase()));

/**
 * @param {string} text
 * @returns {{kind: 'name'|'number'|'address', text: string}[]} at most five, each once
 */
export function hints(text) {
  /** @type {Map<string, {kind: 'name'|'number'|'address', text: string}>} */
  const found = new Map();
  /** @param {'name'|'number'|'address'} kind @param {string} piece */
  const add = (kind, piece) => {
    const key = piece.trim().replace(/[.,;:!?)]+$/u, '');
    if ([...found.keys()].some((k) => k.includes(key))) return;
    found.set(key, { kind, text: key });
  };
  for (const look of addresses) for (const m of text.matchAll(look)) add('address', m[0]);
  for (const look of numbers) for (const m of text.matchAll(look)) add('number', m[0]);
  for (const m of text.matchAll(titled)) if (/^\p{Lu}/u.test(m[1] ?? '')) add('name', m[1] ?? '');
  for (const m of text.matchAll(inside)) if (somebody(m[0])) add('name', m[0]);
  return [...found.values()].slice(0, 5);
}
