// @ts-check
// Addresses in what a visitor wrote are not shown until somebody asks for them
// on purpose: a counsellor must not come upon one by accident, and must not be
// able to open one by a slip of the hand. They are never links.

const endings = 'com|net|org|info|biz|onion|i2p|io|me|tv|nl|be|de|fr|uk|eu|ch|at|ru|su|cc|to|co|gg|ly|ws|sh|pw|xyz|app|dev|site|online|link|club|top|live|chat|cloud|page|space|store|web';

const address = new RegExp([
  String.raw`(?:[a-z][a-z0-9+.-]{1,20}:\/\/|magnet:|hxxps?:|www\d?\.)\S+`,
  String.raw`[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+`,
  String.raw`(?<![\w.-])[\p{L}\d-]+(?:\.[\p{L}\d-]+)*\.\p{L}[\p{L}\d-]+\/\S+`,
  String.raw`(?<![\w.-])(?:[\p{L}\d-]+\.)+(?:${endings})(?![\w-])(?:[:?#]\S+)?`,
  String.raw`(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])(?::\d+)?`,
  String.raw`(?<!\w)[0-9a-f]{32,}(?!\w)`,
  String.raw`(?<![\w-])(?=[\w-]*\d)[\w-]{40,}(?![\w-])`,
].join('|'), 'giu');

/**
 * Cuts a text into what may be shown and what is hidden.
 * @param {string} text @returns {{text: string, hidden: boolean}[]}
 */
export function veil(text) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(address)) {
    const kept = found[0].replace(/[.,;:!?'")\]}»”’]+$/u, '');
    if (kept.length < 4) continue;
    if (found.index > from) parts.push({ text: text.slice(from, found.index), hidden: false });
    parts.push({ text: kept, hidden: true });
    from = found.index + kept.length;
  }
  if (from < text.length || !parts.length) parts.push({ text: text.slice(from), hidden: false });
  return parts;
}
