// Words as both pages handle them: what may be sent, and how what came is
// made safe to look at. Text only ever becomes a text node.

/** The limits of one message, those of chat/link. */
export const MAX = 4000;
const BYTES = 12000;

/**
 * Makes words fit to send: control characters become their pictures.
 * @param {string} text
 * @returns {string}
 */
export const clean = (text) => text.replace(/\r\n?/g, '\n').replace(/[\0-\x08\x0b-\x1f\x7f-\x9f]/g, (c) => {
  const n = c.charCodeAt(0);
  return n < 32 ? String.fromCharCode(0x2400 + n) : n === 127 ? '\u2421' : '\ufffd';
}).replace(/\p{Surrogate}/gu, '\ufffd');

/**
 * Says why words cannot be sent: 'long', 'run' (200 characters without a
 * space), 'data' (a picture written as text), or '' when they can.
 * @param {string} text
 * @returns {'' | 'long' | 'run' | 'data'}
 */
export const refused = (text) =>
  text.length > MAX || new TextEncoder().encode(text).length > BYTES ? 'long'
    : /[^\s\u0085]{201}/u.test(text) ? 'run'
      : /(?<!\p{L})data:[^ \n\t,]{0,100},/iu.test(text) ? 'data' : '';

/**
 * Says whether words hold something written like a return code: six groups of
 * five letters. Whoever reads it could come back in its owner's place.
 * @param {string} text
 */
export const coded = (text) => /(?:(?:[bdfghjklmnprstvz][aiou]){2}[bdfghjklmnprstvz][\s.,\p{Pd}\xad]*){6}/iu.test(text);

/** Characters that control, turn the direction or cannot be seen, and join nothing. */
const unseen = /(?![\xad\u034f\u180b-\u180d\u180f\u200c\u200d\ufe00-\ufe0f\u{e0100}-\u{e01ef}])[\p{DI}\u2028\u2029\ufff9-\ufffb]/gu;

/**
 * Words without what nobody sees, as the server keeps them: what is shown of a
 * card is then what is kept of it, to the letter.
 * @param {string} text
 * @returns {string}
 */
export const seen = (text) => clean(text).replace(unseen, '').replace(/(\p{M}{4})\p{M}+/gu, '$1');

/**
 * Makes what somebody wrote safe to look at: characters that control, turn the
 * direction or cannot be seen are shown as what they are, and no character
 * carries more than four marks, so that no line can be written over another.
 * What joins letters and pictures stays.
 * @param {string} text
 * @returns {string}
 */
export const visible = (text) => clean(text)
  .replace(unseen, (c) => `[U+${/** @type {number} */ (c.codePointAt(0)).toString(16).toUpperCase()}]`)
  .replace(/(\p{M}{4})\p{M}+/gu, '$1');
