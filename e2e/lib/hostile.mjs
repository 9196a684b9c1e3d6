// What hostile journeys share: the strings, what the product says it shows of
// them, and a watch over every page they are put into.
import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { tooWide } from './axe.mjs';
import { freePort, program } from './server.mjs';
import { until } from './until.mjs';

/** @typedef {import('puppeteer-core').Page} Page */

/** @type {{ about: string, texts: string[] }[]} */
export const groups = JSON.parse(readFileSync(fileURLToPath(new URL('hostile-strings.json', import.meta.url)), 'utf8'));

/** Every string, once. */
export const strings = groups.flatMap((g) => g.texts);

/** What cannot be seen, or turns the direction of what can: first and last code point of each run. */
const unseen = [
	[0x61c, 0x61c], [0x115f, 0x1160], [0x17b4, 0x17b5], [0x180e, 0x180e], [0x200b, 0x200b], [0x200e, 0x200f], [0x2028, 0x202e], [0x2060, 0x206f],
	[0x3164, 0x3164], [0xfeff, 0xfeff], [0xffa0, 0xffa0], [0xfff0, 0xfffb], [0x1bca0, 0x1bca3], [0x1d173, 0x1d17a], [0xe0000, 0xe00ff], [0xe01f0, 0xe0fff],
];
const isUnseen = (/** @type {number} */ n) => unseen.some(([lo, hi]) => n >= Number(lo) && n <= Number(hi));
const isControl = (/** @type {number} */ n) => n < 0x20 || (n >= 0x7f && n < 0xa0);
const isMark = (/** @type {string} */ c) => /^\p{M}$/u.test(c);

/**
 * Goes through a text character by character; more than four marks on one are left out.
 * @param {string} text @param {(c: string, n: number) => string} each
 */
function through(text, each) {
	let out = '';
	for (const c of text.replace(/\r\n?/g, '\n')) out += each(c, /** @type {number} */ (c.codePointAt(0)));
	let marks = 0;
	return [...out].filter((c) => (marks = isMark(c) ? marks + 1 : 0) <= 4).join('');
}

const whole = (/** @type {string} */ c, /** @type {number} */ n) => n >= 0xd800 && n <= 0xdfff ? '\ufffd' : c;

/** What a conversation shows of a message. @param {string} text */
export const shown = (text) => {
	const sent = through0(text).trim();
	return through(sent, (c, n) => isUnseen(n) ? `[U+${n.toString(16).toUpperCase()}]` : c);
};

/** What is sent: control characters as their pictures. @param {string} text */
function through0(text) {
	let out = '';
	for (const c of text.replace(/\r\n?/g, '\n')) {
		const n = /** @type {number} */ (c.codePointAt(0));
		if (c === '\n' || c === '\t' || !isControl(n)) out += whole(c, n);
		else out += n < 0x20 ? String.fromCharCode(0x2400 + n) : n === 0x7f ? '\u2421' : '\ufffd';
	}
	return out;
}

/** What a card for the next time is made of: what turns or cannot be seen is left out before both agree on it. @param {string} text */
export const agreed = (text) => [...through0(text).replaceAll(/\p{Bidi_Control}|[\u2028\u2029\u2060-\u206f\ufeff]/gu, '')].filter((c) => !isUnseen(/** @type {number} */ (c.codePointAt(0)))).join('').replaceAll('\t', ' ').trim();

/** What a note keeps: control characters and what cannot be seen are left out. @param {string} text */
export const noted = (text) => {
	let out = '';
	let marks = 0;
	for (const c of text.replace(/\r\n/g, '\n')) {
		const n = /** @type {number} */ (c.codePointAt(0));
		marks = isMark(c) ? marks + 1 : 0;
		if (c === '\n' || c === '\t' || n === 0x34f) out += c;
		else if (marks <= 4 && !isControl(n) && !isUnseen(n)) out += whole(c, n);
	}
	return out.replace(/^[\s\u0085]+|[\s\u0085]+$/g, '');
};

/** Whether a message box refuses a text by itself. @param {string} text */
export const unsendable = (text) => shown(text) === '' || [...text].length > 4000
	|| /[^\s\u0085]{201}/u.test(through0(text).trim()) || /(?<!\p{L})data:[^ \n\t,]{0,100},/iu.test(text);

/**
 * Packs texts into few, each at most so many UTF-16 units and bytes, with a line between.
 * @param {string[]} texts @param {number} units
 */
export function packs(texts, units) {
	/** @type {string[]} */ const out = [''];
	for (const text of texts) {
		const last = out.length - 1;
		const both = out[last] ? `${out[last]}\n§\n${text}` : text;
		if (both.length <= units && Buffer.byteLength(both) <= 3 * units) out[last] = both;
		else out.push(text);
	}
	return out;
}

/** Whether a directory takes a text. @param {string} text */
export const listable = (text) => noted(text) === text.trim() && /\S/.test(text) && !/[\ufeff\ufffd\r\uffff\ufffe]/.test(text) && text.length <= 180;

/**
 * A directory of hostile providers, every text in every field that can hold it.
 * @param {string[]} texts @param {number} each how many have the same word to be found by
 */
export function providers(texts, each) {
	const id = (/** @type {number} */ n) => `5f1e2d3c-4b5a-4968-8776-${n.toString(16).padStart(12, '0')}`;
	return texts.map((text, i) => ({
		id: id(100 * i + 1), name: `${text} (${i})`, status: 'active', description: `batch${Math.floor(i / each)}x ${text}`, application_process: text,
		url: `https://practice.example/${encodeURIComponent(text)}`, phones: [{ id: id(100 * i + 2), number: text }],
		organization: { id: id(100 * i + 3), name: `House ${text}`, description: text },
		attributes: ['first', 'cost', 'anonymity', 'wait', 'exclusion'].map((code, n) => ({
			id: id(100 * i + 10 + 2 * n), value: text,
			taxonomy_term: { id: id(100 * i + 11 + 2 * n), code, name: code, description: 'd', taxonomy: 'helpline-words', language: 'en' },
		})),
	}));
}

/**
 * A line in earnest with a name of its own, for as long as work needs it.
 * @param {string} name @param {(origins: { visitor: string, staff: string }) => Promise<void>} work
 */
export async function named(name, work) {
	const folder = await mkdtemp(path.join(os.tmpdir(), 'helpline-named-'));
	const port = await freePort();
	const config = path.join(folder, 'helpline.toml');
	const begun = spawnSync(program, ['init', '--config', config, '--data', path.join(folder, 'data'), `--name=${name}`, '--country', 'generic', '--locales', 'en,nl',
		'--visitor-host', `localhost:${port}`, '--staff-host', `counsellor.localhost:${port}`, '--neutral-url', 'https://weather.example/',
		'--listen', `127.0.0.1:${port}`, '--supervisor', 'Anna Vermeer'], { encoding: 'utf8' });
	if (begun.status !== 0) throw new Error(`init with the name ${JSON.stringify(name)} ended with ${begun.status}: ${begun.stderr}`);
	const server = spawn(program, ['serve', '--config', config], { stdio: 'ignore' });
	try {
		await until('the named line is ready', async () => (await fetch(`http://localhost:${port}/healthz`)).ok);
		await work({ visitor: `http://localhost:${port}`, staff: `http://counsellor.localhost:${port}` });
	} finally {
		const gone = new Promise((done) => server.once('exit', done));
		server.kill('SIGKILL');
		await gone;
		await rm(folder, { recursive: true, force: true });
	}
}

/** Watches over pages: what must never happen on any of them. */
export class Watch {
	/** @type {string[]} */ found = [];

	/** @param {Page} page before it goes anywhere @param {string[]} origins where it may ask */
	async over(page, origins) {
		page.on('dialog', (d) => {
			if (d.type() !== 'beforeunload') this.found.push(`a dialog: ${d.message()}`);
		});
		page.on('console', (m) => {
			if (/policy|violat|trusted/i.test(m.text())) this.found.push(`the console: ${m.text().slice(0, 200)}`);
		});
		page.on('request', (r) => {
			const u = new URL(r.url());
			if (/^(https?|wss?):$/.test(u.protocol) && !origins.includes(u.origin.replace('ws:', 'http:'))) this.found.push(`asked for ${r.url().slice(0, 100)}`);
		});
		page.on('popup', () => void this.found.push('another window'));
		await page.evaluateOnNewDocument(() => {
			addEventListener('securitypolicyviolation', (e) => console.error(`policy violated: ${e.violatedDirective} ${e.blockedURI}`));
		});
	}

	/** Looks at a page as it stands: what it holds, and whether it fits a narrow phone. @param {Page} page @param {string} what */
	async look(page, what) {
		const size = page.viewport();
		await page.setViewport({ width: 320, height: 640 });
		for (const fault of await tooWide(page)) this.found.push(`${what} at 320 px: ${fault}`);
		const odd = await page.evaluate(() => [...document.querySelectorAll('script, style, iframe, object, embed, base, img, video, audio, math, [style]')]
			.filter((e) => !(e instanceof HTMLScriptElement && e.src.startsWith(`${location.origin}/a/`)))
			.map((e) => e.outerHTML.slice(0, 100)));
		for (const e of odd) this.found.push(`${what} holds ${e}`);
		const handlers = await page.evaluate(() => [...document.querySelectorAll('*')].flatMap((e) => e.getAttributeNames().filter((n) => n.startsWith('on') || /[^a-z0-9-:]/.test(n))));
		for (const n of handlers) this.found.push(`${what} has the attribute ${n}`);
		if (size) await page.setViewport(size);
		for (const f of await unknownFields(page)) this.found.push(`${what} has a field that no hostile text is put into: ${f}. Add it to e2e/lib/hostile.mjs and to the journey`);
	}
}

/**
 * Every field of every page, and which hostile journey or test puts the
 * strings into it. A field that stands on a page and not here fails.
 */
const fields = {
	'#early': 'conversation', '#box': 'conversation', '#say': 'conversation',
	'textarea[name=text]': 'note', 'input[name^="q."]': 'outcome codes by hand',
	'input#name': 'names of people; logins', 'input#alias': 'aliases', 'input[name=passphrase]': 'routes (Go)',
	'input[name=role], select[name=chats], select[name=language], input[name=locale], input[name=door]': 'routes (Go)',
	'.rota [name=day], .rota [name=first], .rota [name=id], .rota [name=key], .rota [name=month], .rota [name=saw], .rota [name=sure], .rota [name=word], .rota [name=language]': 'routes (Go)',
	'.rota [name=break], .rota [name=days], .rota [name=debrief], .rota [name=endday], .rota [name="expires[]"], .rota [name="skill[]"], .rota [name=from], .rota [name=last], .rota [name=law], .rota [name=leader], .rota [name=max], .rota [name=min], .rota [name=needs], .rota [name=place], .rota [name=rota], .rota [name=setup], .rota [name=skill], .rota [name=target], .rota [name=template], .rota [name=to], .rota [name=unsocial], .rota [name=way], .rota [name=week]': 'routes (Go)',
	'input[name=choice], input[name=offer], input[name=written], input[name=own], input[name=again], input[name=heard], input[name=words]': 'routes (Go)',
	'input[type=hidden][name=person], input[type=hidden][name=revision], input[type=hidden][name=back], input[type=hidden][name=version], input[type=hidden][name=hidden]': 'routes (Go)',
	'button[name=door], button[name=language], button[name=do]': 'routes (Go)',
	'[data-search] input[name=text], [data-search] select': 'routes (Go)', 'textarea[data-steps-text]': 'steps',
	'[data-keep] textarea': 'card, code and complaint', '#knowncode, #wrongbox, #wrongalong': 'card, code and complaint',
	'input[type=hidden][name=thread], input[type=hidden][name=step], input[type=hidden][name=read]': 'routes (Go)',
	'input[type=hidden][name=message], [data-answer] textarea[name=steps], [data-answer] input[name=search]': 'routes (Go)',
	'input[type=hidden][name=by], input[type=hidden][name=nod], #knownsame': 'routes (Go)',
	'input[type=radio][name=word], select[name=reason], select[name=hours]': 'routes (Go)',
	'.own input[name=device], .own input[type=hidden], .own input[type=date], .own input[type=time], .own input[name=word], .own input[name=day], .own select': 'routes (Go)',
	'input[type=radio][name=way], input#to, input[type=checkbox][name=kind], input#typed, input[type=checkbox][name=person], #ask-place, input[type=hidden][name=role]': 'routes (Go)',
	'.import [name=list]': 'routes (Go)',
	'#sound, #combos': 'switches that are never sent',
};

/** The fields of a page that stand in no journey. @param {Page} page @returns {Promise<string[]>} */
export function unknownFields(page) {
	return page.evaluate((known) => {
		const all = [document, ...[...document.querySelectorAll('template')].map((t) => t.content)];
		return all.flatMap((d) => [...d.querySelectorAll('input, textarea, select, button[name], [contenteditable]')])
			.filter((e) => !e.matches(known) && !(e instanceof HTMLTextAreaElement && e.dataset['text'] !== undefined))
			.map((e) => /** @type {HTMLElement} */ (e.cloneNode(false)).outerHTML.slice(0, 120));
	}, Object.keys(fields).join(', '));
}

/**
 * What a page is made of, without words and values: elements and the names of
 * their attributes. Two answers of one form must be made of the same.
 * @param {Page} blank a page without a policy @param {string[]} answers markup @param {string} besides elements that may differ
 * @param {string} field whose value is wanted
 */
export function dissect(blank, answers, besides, field) {
	return blank.evaluate((all, out, wanted) => all.map((markup) => {
		const d = new DOMParser().parseFromString(markup, 'text/html');
		for (const e of out ? d.querySelectorAll(out) : []) e.remove();
		return {
			made: [...d.querySelectorAll('*')].map((e) => `${e.tagName} ${e.getAttributeNames().sort()}`).join('\n'),
			value: wanted ? d.querySelector(wanted)?.getAttribute('value') ?? '' : '',
			text: d.body.textContent ?? '',
		};
	}), answers, besides, field);
}

/** A text as an attribute of a page can hold it. @param {string} text */
export const attribute = (text) => [...text.replace(/\r\n?/g, '\n').replaceAll('\0', '\ufffd')].map((c) => whole(c, /** @type {number} */ (c.codePointAt(0)))).join('');
