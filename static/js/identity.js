// @ts-check
// Whether words look as if they show who somebody is: a name that is given as
// one, a number of a phone, an address, a handle, an account. It looks at the
// shape alone, in the five languages at once, and holds no list of names. What it
// looks at never leaves the page. It errs towards silence: a word that comes too
// often is not read.

/** Not a name, after "my name is". */
const none = String.raw`(?!(?:not|no|none|never|nothing|unimportant|irrelevant|private|secret|safe|out|niet|geen|niets|geheim|privé|veilig|onbelangrijk|pas|rien|secret|secrète|nicht|kein|keine|egal|geheim|unwichtig)(?!\p{L}))`;

/** A run of digits as people write numbers of phones. */
const phone = /(?<![\d.,+])(?:(?:\+|00)\s?[1-9]\d|0[1-9])(?:[ ./()-]{0,2}\d){7,12}(?!\d)/u;
/** Numbers that are nobody's: free ones, and those of help lines. */
const free = /(?<!\d)0(?:800|808|900)[ /-]?\d{2,4}(?:[ -]?\d{2,4})?(?!\d)/g;
const dates = /(?<![\d./-])\d{1,2}([-./])\d{1,2}\1\d{2,4}(?![-./]?\d)|(?<!\d)\d{4}-\d\d-\d\d(?!\d)/g;

/** @type {RegExp[]} */
const shapes = [
  // A name that is said to be one.
  new RegExp(String.raw`(?<!\p{L})(?:my|his|her|their|its|(?:son|daughter|child|boy|girl|brother|sister|cousin|nephew|niece)['’]s) (?:full |real |first |last |sur)?name(?: is|['’]s|:)\s+${none}\p{L}`, 'iu'),
  /(?<!\p{L})(?:[Ii](?:['’]m| am)|[Ss]he is|[Hh]e is|[Hh]e['’]s|[Ss]he['’]s|who is|is) (?:called|named) (?!(?:in|to|on|off|out|up|back|by|for|a|an|the|names|that|this|it)(?!\p{L}))\p{L}/u,
  new RegExp(String.raw`(?<!\p{L})(?:(?:mijn|zijn|haar|hun) (?:echte |volledige )?(?:voor|achter)?naam (?:is|:)|naam:)\s+${none}\p{L}`, 'iu'),
  /(?<!\p{L})(?:[Ii]k|[Hh]ij|[Zz]ij|[Zz]e|[Dd]ie) heet(?:te)? (?!(?:niet|anders|geen)(?!\p{L}))\p{L}|(?<!\p{L})heet(?:te)? (?!Ik|Maar|En|Het|Dat)\p{Lu}\p{Ll}/u,
  new RegExp(String.raw`(?<!\p{L})(?:mon|son|leur) (?:vrai )?(?:pré)?nom (?:est|c['’]est|:)\s+${none}\p{L}`, 'iu'),
  /(?<!\p{L})(?:je m['’]|tu t['’]|(?:il|elle|qui|fille|fils|frère|sœur|neveu|nièce) s['’])appell?e (?!(?:pas|rien)(?!\p{L}))\p{L}|je me (?:pré)?nomme \p{L}/iu,
  new RegExp(String.raw`(?<!\p{L})(?:mein|sein|ihr) (?:voller |richtiger )?(?:vor|nach)?name (?:ist|lautet|:)\s+${none}\p{L}`, 'iu'),
  /(?<!\p{L})(?:ich|er|sie|der|die|das|sohn|tochter|bruder|schwester|neffe|nichte) hei(?:ß|ss)(?:e|t) (?!(?:das|es|nicht|so|dass|anders)(?!\p{L}))\p{L}/iu,
  /(?<!\p{L})(?:[Ii] am|[Ii]['’]m|[Ii]k ben|[Jj]e suis|[Ii]ch bin|[Tt]his is|[Dd]it is|[Cc]all me|[Nn]oem me|[Nn]enn mich) (?:(?:Mr|Mrs|Ms|Dr|Herr|Frau)\.? )?\p{Lu}\p{Ll}+ (?:(?:van|de|der|den|ter|ten|von|zu|le|la|du|el) ){0,2}\p{Lu}\p{Ll}+/u,
  // Where to write to.
  /[^\s@<>]+@[^\s@<>]+\.\p{L}{2,}/u,
  /(?<![\w@./])@[a-z_][\w.]{2,}/iu,
  /(?<!\p{L})(?:insta|instagram|snap|snapchat|tiktok|telegram|discord|facebook|whatsapp|kik|skype|steam)(?: name| naam| handle| account)? ?[:=] ?\S{3,}/iu,
  // Where somebody lives.
  /(?<!\p{L})(?!(?:onder|halver|terug|heen|uit|schrijf|om)weg)\p{L}{2,}(?:straat|laan|weg|plein|gracht|kade|steeg|dreef|singel|dijk|plantsoen|straße|strasse|str\.|gasse|allee|ufer) \d{1,4} ?[a-z]?(?!\s*(?:[.,]\d|\p{L}|%|€))/iu,
  /(?<![\d.,])\d{1,4} ?(?:bis|ter)?,? (?:rue|avenue|av\.|boulevard|bd|impasse|chaussée|allée|quai) (?:de |du |des |de la |de l['’]|d['’]|la |le |les )?\p{L}{2,}/iu,
  /(?<!\p{L})(?:rue|avenue|boulevard|chaussée|impasse)(?: [\p{L}'’-]+){1,5},? \d{1,4}(?! ?(?:ans|mois|jours|heures|minutes|fois|h|km|m|%|€)(?!\p{L}))(?!\d)/iu,
  /(?<![\d.,])\d{1,4}[a-z]? (?:[A-Z][\p{L}'’]+ ){1,3}(?:Street|St|Road|Rd|Lane|Avenue|Ave|Drive|Close|Crescent|Court|Gardens|Terrace|Square|Grove|Hill)(?!\p{L})/u,
  /(?<!\d)[1-9]\d{3}(?:[A-Z]{2}(?![A-Z])| (?!OK|IK|EN|TV|PC|IS|OP|TE|MY|DE|LE|NO|OF|WE|ME|HE|SO|IT|IN|OR|AM|ET|IL|ER|DU|WO|ZE|JE|AL|NU|UK|EU|NL|BE|FR)[A-Z]{2}(?![\p{L}\d]))/u,
  /(?<![\p{L}\d])(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[AC-FHKNPRTV-Y]\d[\dW] ?(?=[\d]*[AC-FHKNPRTV-Y])[\dAC-FHKNPRTV-Y]{4})(?![\p{L}\d])/u,
  /(?<!\p{L})(?:woon|wonen|woont|wohne|wohnen|wohnt|live|lives|living|habite|habitons|postcode|postal|plz)(?!\p{L})[^.!?\n\d]{0,25}(?<!\d)(?!(?:19|20)\d\d(?!\d))\d{4,5}(?!\d)(?! ?(?:€|(?:euros?|eur|km|m|people|mensen|leute|habitants|inwoners|einwohner)(?!\p{L})))/iu,
  // Numbers that are one person's.
  /(?<!\p{L})(?:bsn|burgerservicenummer|rijksregisternummer|national insurance|steuer-?id|sozialversicherungsnummer|numéro national|numéro de sécurité sociale|pps)(?!\p{L})[^\n\d]{0,20}[\p{Lu}\d][\d .-]{4,}/iu,
  /(?<!\p{L})(?:born on|born|geboren op|geboren am|geboren|geboortedatum|date of birth|née? le|geburtsdatum)(?!\p{L})[^.!?\n\d]{0,12}\d{1,2}(?:[-./ ]\d{1,2}[-./ ]|\.? ?\p{L}{3,10} )\d{2,4}(?!\d)/iu,
];

/** Whether something is the number of an account: its check digits say so. @param {string} text */
const account = (text) => [...text.matchAll(/(?<![\p{L}\d])[a-z]{2}\d{2}(?: ?[a-z\d]{4}){2,7}(?: ?[a-z\d]{1,3})?(?![\p{L}\d])/giu)].some(([found]) => {
  const all = found.replaceAll(' ', '').toUpperCase();
  let rest = 0;
  for (const c of all.slice(4) + all.slice(0, 4)) {
    for (const d of String(Number.parseInt(c, 36))) rest = (rest * 10 + Number(d)) % 97;
  }
  return all.length > 14 && rest === 1;
});

/**
 * Says whether words look as if they show who somebody is.
 * @param {string} text as it was written
 * @returns {boolean}
 */
export const looks = (text) => {
  const words = text.normalize('NFC').slice(0, 4000);
  const plain = words.replace(free, ' ');
  return shapes.some((s) => s.test(words)) || phone.test(plain.replace(dates, ' ')) || account(words);
};

/** Whether the word was said in this visit. A browser may forbid storage; then this page remembers. */
let said = false;
const kept = () => {
  try { return said ||= sessionStorage.getItem('word') === '1'; } catch { return said; }
};
const keep = () => {
  said = true;
  try { sessionStorage.setItem('word', '1'); } catch { /* this page remembers */ }
};

/** Writes the word, once. @param {HTMLElement} word */
const build = (word) => {
  if (word.firstChild) return;
  const { word: text = '', send = '', change = '' } = word.dataset;
  const p = document.createElement('p');
  p.id = 'wordtext';
  p.textContent = text;
  word.setAttribute('aria-labelledby', p.id);
  const row = document.createElement('p');
  row.className = 'row';
  for (const [type, label, look] of /** @type {const} */ ([['submit', send, 'button'], ['button', change, 'button quiet']])) {
    const button = document.createElement('button');
    button.type = type;
    button.className = look;
    button.textContent = label;
    row.append(button);
  }
  word.append(p, row);
};

/**
 * Says whether what stands in a form may go now. Once a visit, when it looks as
 * if it shows who somebody is, the form's own word is shown first, and whoever
 * sends again sends.
 * @param {HTMLFormElement} form
 * @returns {boolean}
 */
export const guard = (form) => {
  const word = /** @type {HTMLElement | null} */ (form.querySelector('[data-word]'));
  const boxes = [...form.querySelectorAll('textarea')];
  if (!word) return true;
  if (!word.hidden || kept() || !looks(boxes.map((b) => b.value).join('\n'))) {
    word.hidden = true;
    return true;
  }
  keep();
  build(word);
  const change = /** @type {HTMLElement} */ (word.querySelector('[type=button]'));
  change.onclick = () => {
    word.hidden = true;
    boxes[0]?.focus();
  };
  word.hidden = false;
  word.focus();
  return false;
};
