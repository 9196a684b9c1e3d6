// Hostile words in every field of every page, in a real browser. What routes
// do with them over HTTP is tested in cmd/helpline (hostilefield_test.go).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { agreed, attribute, dissect, groups, listable, named, noted, packs, providers, shown, strings, unsendable, Watch } from '../lib/hostile.mjs';
import { journey } from '../lib/journey.mjs';
import { Counsellor, together } from '../lib/people.mjs';
import { program } from '../lib/server.mjs';
import { until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

/** @typedef {import('../lib/journey.mjs').Evening} Evening */
/** @typedef {import('puppeteer-core').Page} Page */

/** @param {Evening} e */
const origins = (e) => [e.line.visitor, e.line.staff('counsellor'), e.line.staff('supervisor')];

/** Ends a journey that has watched: nothing was found. @param {Watch} watch */
const nothing = (watch) => assert.deepEqual(watch.found, []);

/** Shows every address that the desk has veiled. @param {Counsellor} who */
const unveil = (who) => who.page.evaluate(() => {
	for (const b of document.querySelectorAll('button.veiled')) {
		/** @type {HTMLElement} */ (b).click();
		document.getElementById('unveil-show')?.click();
	}
});

/** The elements within messages that are none of ours. @param {Page} page */
const foreign = (page) => page.evaluate(() => [...document.querySelectorAll('.said *')]
	.filter((n) => !n.matches('.text, .text > span, .text > button.veiled, .state')).map((n) => n.outerHTML.slice(0, 80)));

/**
 * Sends forms from a page and gives the answers.
 * @param {Page} page @param {string} url @param {[string, string][][]} forms @returns {Promise<{ status: number, body: string }[]>}
 */
const post = (page, url, forms) => page.evaluate(async (to, all) => {
	/** @type {{ status: number, body: string }[]} */ const out = [];
	let next = 0;
	const some = async () => {
		for (let i = next++; i < all.length; i = next++) {
			const answer = await fetch(to, { method: 'POST', body: new URLSearchParams(all[i]), redirect: 'manual' });
			out[i] = { status: answer.status, body: await answer.text() };
		}
	};
	await Promise.all([some(), some(), some(), some(), some(), some()]);
	return out;
}, url, forms);

test('there are at least 200 strings of at least 15 sorts, each another', () => {
	assert.ok(strings.length >= 200 && new Set(strings).size === strings.length && groups.length >= 15);
});

journey('hostile words in a conversation are words on both pages, and in the copy', async (e) => {
	const watch = new Watch();
	const counsellor = await e.counsellor();
	await watch.over(counsellor.page, origins(e));
	await counsellor.page.goto(`${e.line.staff('counsellor')}/desk`);
	await counsellor.onDuty();
	const visitor = await e.visitor();
	await watch.over(visitor.page, origins(e));
	await visitor.arrive();

	// Written while waiting, it moves into the box as it stands.
	const early = strings.join('\n');
	await visitor.page.evaluate((t) => { /** @type {HTMLTextAreaElement} */ (document.querySelector('#early')).value = t; }, early);
	await watch.look(visitor.page, 'waiting');
	await counsellor.next();
	await visitor.ready();
	await counsellor.accept();
	await visitor.toTalk();
	const boxed = early.replaceAll(/\r\n?/g, '\n');
	await until('the early words stand in the box', async () => (await visitor.unsent()) === boxed);
	await visitor.page.focus('#box');
	await visitor.page.keyboard.press('Enter');
	await visitor.toRead(words('js.text.long'));
	assert.equal(await visitor.unsent(), boxed, 'what is too long stays in the box');

	const sendable = strings.filter((s) => !unsendable(s));
	const refused = strings.filter(unsendable);
	assert.ok(sendable.length > 300 && refused.length >= 5);
	/** @type {string[]} */ const all = [];
	let warned = 0;
	for (const person of [visitor, counsellor]) {
		for (const text of refused) {
			await person.paste(text);
			await person.page.keyboard.press('Enter');
			assert.equal(await person.unsent(), text.replaceAll(/\r\n?/g, '\n'), 'what is refused stays in the box');
		}
		for (const text of packs(sendable, 3500)) {
			assert.ok(!unsendable(text));
			await person.paste(text);
			await person.page.keyboard.press('Enter');
			all.push(shown(text));
			// Among all this something looks like a name or a number: a word comes first, once.
			await until('the box is empty, or a word is shown', async () => (await person.unsent()) === '' || await person.sees('#write [data-word]'));
			if (await person.sees('#write [data-word]')) {
				warned++;
				assert.equal(await person.unsent(), text.replaceAll(/\r\n?/g, '\n'), 'nothing is lost by the word');
				await person.press('#write [data-word] [type=submit]');
			}
			await until('the box is empty', async () => (await person.unsent()) === '');
		}
		await until('everything has arrived', async () => (await person.messages()).filter((m) => m.mine).every((m) => m.state === 'delivered'));
	}
	assert.equal(warned, 1, 'the word before a name or a number comes once, and to the visitor');
	await until('all messages are there', async () => (await visitor.texts()).length === all.length && (await counsellor.texts()).length === all.length);
	assert.deepEqual(await visitor.texts(), all);
	await unveil(counsellor);
	assert.deepEqual(await counsellor.texts(), all);
	for (const p of [visitor.page, counsellor.page]) {
		assert.deepEqual(await foreign(p), [], 'no element is made of words');
		assert.equal(await p.evaluate(() => document.querySelectorAll('[role=log] a').length), 0);
	}
	await watch.look(visitor.page, 'talking');
	await watch.look(counsellor.page, 'the desk');
	await visitor.tell('still here');
	await counsellor.toGet('still here');
	await counsellor.tell('I am too');

	await counsellor.end();
	await visitor.toEnd();
	assert.deepEqual(await visitor.texts(), [...all, 'still here', 'I am too'], 'afterwards the same');
	await visitor.page.evaluate(() => {
		Object.defineProperty(navigator.clipboard, 'writeText', { value: async (/** @type {string} */ t) => { document.documentElement.dataset['copied'] = t; } });
	});
	await visitor.press('#copy');
	await visitor.toRead(words('js.copied'));
	const copied = await visitor.page.evaluate(() => document.documentElement.dataset['copied'] ?? '');
	let at = 0;
	for (const text of all) {
		at = copied.indexOf(text, at);
		assert.ok(at >= 0, 'the copy has every message as it was shown');
	}
	await watch.look(visitor.page, 'afterwards');
	nothing(watch);
});

journey('hostile words in a note, a draft and the codes are words or are refused', async (e) => {
	const watch = new Watch();
	const { visitor, counsellor } = await together(e);
	await watch.over(counsellor.page, origins(e));
	const page = counsellor.page;
	await visitor.end();
	await counsellor.toEnd();
	await page.focus('#note textarea');
	await page.keyboard.type('begun');
	await until('the draft is sealed', () => page.evaluate(() => document.querySelector('#note [data-state]')?.getAttribute('data-state') === 'sealed'));
	await page.goto(`${e.line.staff('counsellor')}/notes`);
	await watch.look(page, 'the list of notes');
	await counsellor.follow('a[href^="/closing/"]');
	const closing = new URL(page.url()).pathname;
	const person = await page.evaluate(() => /** @type {HTMLInputElement} */ (document.querySelector('input[name=person]')).value);

	/** @type {[string, string][]} */ const whole = [['person', person], ['script', '1'], ['text', 'x'], ['q.group', 'own'], ['q.ended', 'visitor']];
	// Codes that are none, as values and as questions.
	const codes = await post(page, closing, strings.map((s) => [...whole, ['q.return', s]]));
	for (const [i, { status, body }] of codes.entries()) {
		assert.equal(status, 422, `the code ${JSON.stringify(strings[i])}`);
		assert.deepEqual(JSON.parse(body), { question: 'return' });
	}
	const questions = await post(page, closing, strings.map((s) => [...whole, [`q.${s}`, 'first']]));
	for (const [i, { status, body }] of questions.entries()) assert.equal(status, 422, `the question ${JSON.stringify(strings[i])}: ${body.slice(0, 200)}`);

	const texts = packs(strings, 1600);
	for (const text of texts) {
		const [answer] = await post(page, `${closing}/draft`, [[['person', person], ['text', text], ['q.group', 'own'], ['q.ended', 'visitor']]]);
		assert.equal(answer?.status, 204);
		const draft = await page.evaluate(async (url) => (await fetch(url)).json(), `${closing}/draft`);
		assert.equal(draft.text, noted(text));
		await page.reload({ waitUntil: 'domcontentloaded' });
		assert.equal(await page.evaluate(() => /** @type {HTMLTextAreaElement} */ (document.querySelector('[data-note] textarea')).value), noted(text), 'the draft in its box');
	}
	await watch.look(page, 'an unfinished note');
	await page.focus('[data-note] textarea');
	await page.keyboard.down('Control');
	await page.keyboard.press('Enter');
	await page.keyboard.up('Control');
	await counsellor.toSee('#notes');
	await counsellor.follow('#notes a');
	const note = new URL(page.url()).pathname;
	const read = () => page.evaluate(() => document.querySelector('[data-note-text]')?.textContent ?? '');
	assert.equal(await read(), noted(/** @type {string} */ (texts.at(-1))));
	for (const [i, text] of texts.entries()) {
		const [answer] = await post(page, `${note}/revise`, [[['person', person], ['script', '1'], ['revision', String(i + 1)], ['text', text], ['q.group', 'own'], ['q.ended', 'visitor']]]);
		assert.equal(answer?.status, 204);
		await page.goto(`${e.line.staff('counsellor')}${note}`);
		assert.equal(await read(), noted(text), 'the note as it is read');
		assert.equal(await page.evaluate(() => document.querySelector('[data-note-text]')?.children.length), 0);
	}
	await watch.look(page, 'a note');
	await page.goto(`${e.line.staff('counsellor')}${note}/revise`);
	assert.equal(await page.evaluate(() => /** @type {HTMLTextAreaElement} */ (document.querySelector('[data-note] textarea')).value), noted(/** @type {string} */ (texts.at(-1))));
	await watch.look(page, 'a note being changed');
	nothing(watch);
}, { staffOnly: true });

journey('hostile words in a card for the next time, a code and a complaint are words for whoever reads them', async (e) => {
	const watch = new Watch();
	const { visitor, counsellor } = await together(e);
	await watch.over(counsellor.page, origins(e));
	await watch.over(visitor.page, origins(e));
	const desk = counsellor.page;
	const page = visitor.page;
	const propose = (/** @type {string} */ text) => desk.evaluate((t) => {
		const card = /** @type {HTMLDetailsElement} */ (document.querySelector('#middle [data-keep]'));
		card.open = true;
		const box = /** @type {HTMLTextAreaElement} */ (card.querySelector('textarea'));
		box.value = t;
		box.dispatchEvent(new Event('input', { bubbles: true }));
		card.querySelector('form')?.requestSubmit();
		return card.querySelector('[role=alert]')?.textContent ?? '';
	}, text);
	const cards = (/** @type {Page} */ p) => p.evaluate(() => [...document.querySelectorAll('.said .kept-words')].map((n) => ({ text: n.textContent, inside: n.children.length })));

	// What cannot be kept is refused at the desk, and stays in the box.
	for (const [text, why] of [[strings.join('\n'), 'long'], ['\u2066 \u2069', 'empty'], ['x'.repeat(201), 'run'], ['data:text/html,<b>', 'data']]) assert.equal(await propose(text ?? ''), words(`desk.js.keep.${why}`));
	const texts = packs(strings.filter((s) => agreed(s) !== '' && agreed(s).length < 560 && !unsendable(agreed(s))), 580);
	for (const [i, text] of texts.entries()) {
		assert.equal(await propose(text), '');
		await until(`card ${i} is there`, async () => (await cards(page)).length === i + 1);
	}
	const expected = texts.map((t) => ({ text: shown(agreed(t)), inside: 0 }));
	assert.deepEqual(await cards(page), expected);
	assert.deepEqual(await cards(desk), expected);
	await watch.look(page, 'cards for the next time');
	await watch.look(desk, 'the desk with cards');
	await until('the last card asks', () => page.evaluate(() => document.querySelectorAll('.said .slip .row:not(.copier) .button:not(.quiet)').length > 0));
	const code = await until('the code is shown', () => page.evaluate(() => {
		const code = document.querySelector('.returncode')?.textContent;
		const yes = [...document.querySelectorAll('.said .slip .row:not(.copier) .button:not(.quiet)')].at(-1);
		if (!code && yes instanceof HTMLButtonElement && !yes.disabled) yes.click();
		return code ?? '';
	}));

	// A complaint, from the page that still holds all this.
	await page.evaluate(() => { /** @type {HTMLElement | null} */ (document.querySelector('button[data-wrong]'))?.click(); });
	await visitor.toSee('#wrongbox');
	const complain = (/** @type {string} */ text) => page.evaluate((t) => {
		/** @type {HTMLTextAreaElement} */ (document.querySelector('#wrongbox')).value = t;
		/** @type {HTMLInputElement} */ (document.querySelector('#wrongalong')).checked = true;
		/** @type {HTMLFormElement | null} */ (document.querySelector('#wrong form'))?.requestSubmit();
	}, text);
	await complain(strings.join('\n'));
	await until('what is too long is refused', () => page.evaluate((t) => document.querySelector('#wrongtold')?.textContent === t, words('js.wrong.slip')));
	assert.equal(await page.$eval('#wrongbox', (n) => /** @type {HTMLTextAreaElement} */ (n).value), strings.join('\n').replaceAll(/\r\n?/g, '\n'), 'and stays');
	// First those of which something is shown in another way: what controls, turns or cannot be seen.
	const odd = strings.filter((s) => !unsendable(s)).sort((a, b) => Number(shown(b) !== b) - Number(shown(a) !== a));
	const [complaint = ''] = packs(odd, 3500);
	await complain(complaint);
	await visitor.toSee('#wrong .returncode');
	await watch.look(page, 'a complaint');
	const supervisor = await e.supervisor();
	await watch.over(supervisor.page, origins(e));
	await supervisor.page.goto(`${e.line.staff('supervisor')}/wrong`);
	await watch.look(supervisor.page, 'the complaints');
	await supervisor.follow('[data-thread] form button');
	const letter = await supervisor.page.evaluate(() => {
		const all = [...document.querySelectorAll('.letter-text')];
		return {
			text: [...(all[0]?.childNodes ?? [])].map((n) => (n instanceof Element ? n.querySelector('.unveiled') : n)?.textContent).join(''),
			odd: all.flatMap((n) => [...n.querySelectorAll('*')]).filter((n) => !n.matches('details.veiled-word, summary.veiled, .veiled-word > span')).map((n) => n.outerHTML),
		};
	});
	assert.deepEqual(letter.odd, []);
	assert.equal(letter.text.trim(), shown(complaint));
	await watch.look(supervisor.page, 'a complaint as it is read');

	// Another day: what is no code is told so and stays; the code brings the card.
	await counsellor.end();
	await visitor.toEnd();
	await counsellor.press('#wipe'); // the desk may hear of the end after the visitor
	const again = await e.visitor();
	await watch.over(again.page, origins(e));
	await again.arrive();
	await again.press('#known summary');
	await again.toSee('#knowncode');
	const give = (/** @type {string} */ text) => again.page.evaluate((t) => {
		const field = /** @type {HTMLInputElement} */ (document.querySelector('#knowncode'));
		field.value = t;
		/** @type {HTMLFormElement | null} */ (document.querySelector('#known form'))?.requestSubmit();
		return field.value;
	}, text);
	const told = () => again.page.evaluate(() => document.querySelector('#known [role=status]')?.textContent ?? '');
	await until('the form is alive', async () => { await give('x'); return (await told()) === words('js.known.slip'); });
	for (const text of groups.map((g) => g.texts.find((t) => /\S/.test(t)) ?? 'x')) {
		await again.page.evaluate(() => { /** @type {HTMLElement} */ (document.querySelector('#known [role=status]')).textContent = ''; });
		const typed = await give(text);
		await until('it is no code', async () => (await told()) === words('js.known.slip'));
		assert.equal(await again.page.$eval('#knowncode', (n) => /** @type {HTMLInputElement} */ (n).value), typed, 'it stays to be looked at');
	}
	await watch.look(again.page, 'what is no code');
	await give(code);
	const last = { text: noted(agreed(texts.at(-1) ?? '')), inside: 0 }; // it is kept as notes are
	await until('the card is shown', () => again.page.evaluate(() => !!document.querySelector('#known .kept-words')));
	assert.deepEqual(await again.page.$eval('#known .kept-words', (n) => ({ text: n.textContent, inside: n.children.length })), last);
	await counsellor.next();
	await again.ready();
	await counsellor.accept();
	await until('the counsellor has the card', async () => (await cards(desk)).length === 1);
	assert.deepEqual(await cards(desk), [{ ...last, text: shown(last.text) }]);
	await watch.look(desk, 'the desk with a card of an earlier time');
	nothing(watch);
}, { staffOnly: true });

journey('hostile names are refused with their text intact, or are names on every page', async (e) => {
	const watch = new Watch();
	const supervisor = await e.supervisor();
	const page = supervisor.page;
	await watch.over(page, origins(e));
	const people = `${e.line.staff('supervisor')}/people`;
	await page.goto(people);
	const blank = await e.page();
	const form = (/** @type {string} */ name) => /** @type {[string, string][]} */ ([['name', name], ['role', 'counsellor'], ['chats', '1'], ['locale', 'en'], ['door', 'self']]);

	const answers = await post(page, '/people', [form('x'), ...strings.map(form)]);
	const refused = answers.map((a, i) => ({ ...a, name: i ? strings[i - 1] ?? '' : 'x' })).filter((a) => a.status !== 200);
	const taken = strings.filter((_, i) => answers[i + 1]?.status === 200);
	assert.ok(refused.length > 250 && taken.length > 10, `${refused.length} refused, ${taken.length} taken`);
	const parts = await dissect(blank, refused.map((r) => r.body), 'ul.everybody', '#name');
	for (const [i, part] of parts.entries()) {
		assert.match(String(refused[i]?.status), /^(409|422)$/);
		assert.equal(part.value, attribute(refused[i]?.name ?? ''), 'what is refused stands in the box as it was');
		assert.equal(part.made, parts[0]?.made, `the page for ${JSON.stringify(refused[i]?.name)} is made of other elements`);
	}
	await page.goto(people);
	const names = await page.evaluate(() => [...document.querySelectorAll('.everybody .peer b')].map((b) => b.textContent));
	for (const name of taken) assert.ok(names.includes(name.trim().replaceAll(/[\s\u0085]+/gu, ' ')), `${JSON.stringify(name)} is among ${names.join('; ')}`);
	await watch.look(page, 'the people');

	// Somebody with the strangest alias that is taken joins, and is shown everywhere.
	const [invited] = await post(page, '/people', [form('Robin Jansen')]);
	const link = /join\/[\w-]{22}/.exec(invited?.body ?? '')?.[0] ?? '';
	const machine = await e.machine();
	const colleague = new Counsellor(e, await e.page(machine), machine);
	await watch.over(colleague.page, origins(e));
	await colleague.page.goto(`${e.line.staff('counsellor')}/${link}`);
	await watch.look(colleague.page, 'joining');
	const asked = await post(colleague.page, `/${link}`, strings.map((s) => [['alias', s], ['do', 'another'], ['choice', 'offer']]));
	const forms = await dissect(blank, asked.map((a) => a.body), '', '#alias');
	for (const [i, part] of forms.entries()) {
		assert.equal(part.value, attribute(strings[i] || 'Robin'), 'the alias stands in the box as it was');
		assert.equal(part.made, forms[0]?.made);
	}
	const alias = taken.filter((s) => [...s.trim()].length <= 24).sort((a, b) => (b.match(/[\u0590-\u06ff]|\p{M}/gu) ?? []).length - (a.match(/[\u0590-\u06ff]|\p{M}/gu) ?? []).length)[0] ?? '';
	await colleague.page.evaluate((s) => { /** @type {HTMLInputElement} */ (document.querySelector('#alias')).value = s; }, alias);
	await colleague.press('input[name=written]');
	await colleague.follow('button[name=do][value=join]');
	await colleague.toSee('#on');
	await watch.look(colleague.page, 'the desk of a colleague');
	await colleague.onDuty();
	const visitor = await e.visitor();
	await watch.over(visitor.page, origins(e));
	await visitor.arrive();
	await colleague.next();
	await visitor.ready();
	await colleague.accept();
	await visitor.toTalk();
	await colleague.tell('Good evening.');
	await visitor.toRead(words('js.talk.with', { alias }));
	assert.equal(await visitor.page.evaluate(() => document.querySelector('.said .sr')?.textContent), `${alias}: `);
	await watch.look(visitor.page, 'talking with a strange alias');
	await page.goto(`${e.line.staff('supervisor')}/board`);
	await until('the board has the alias', () => page.evaluate((a) => [...document.querySelectorAll('#people th')].some((n) => n.textContent?.trim() === a), alias));
	await watch.look(page, 'the board');
	nothing(watch);
}, { staffOnly: true });

journey('hostile addresses, queries and cookies are shown nowhere and break no page', async (e) => {
	const watch = new Watch();
	const visitor = await e.visitor();
	const page = visitor.page;
	await watch.over(page, origins(e));
	await visitor.open();
	const counsellor = await e.counsellor();
	await watch.over(counsellor.page, origins(e));
	for (const who of [visitor, counsellor]) {
		const answers = await who.page.evaluate(async (all, where) => {
			// Every string in every place is walked over HTTP by the Go tests; here each goes through two places.
			const paths = all.flatMap((s, n) => {
				const part = encodeURIComponent(s.replace(/\p{Surrogate}/gu, '\ufffd').replace(/^\.+$/, 'dots'));
				return [0, 1].map((m) => (where[(2 * n + m) % where.length] ?? '').replace('*', part));
			});
			/** @type {{ path: string, status: number, body: string }[]} */ const out = [];
			let next = 0;
			const some = async () => {
				for (let i = next++; i < paths.length; i = next++) {
					const path = paths[i] ?? '';
					const answer = await fetch(path, { redirect: 'manual' });
					out[i] = { path, status: answer.status, body: answer.status >= 400 ? await answer.text() : '' };
				}
			};
			await Promise.all([some(), some(), some(), some(), some(), some()]);
			return out;
		}, strings, who === visitor ? ['/*/', '/en/before/*', '/en/*'] : ['/*', '/people/*/words', '/demo/enter/*', '/join/*', '/closing/*', '/notes/*/revise']);
		const errors = [...new Set(answers.filter((a) => a.status >= 400).map((a) => a.body))];
		assert.ok(errors.length <= 8, `${errors.length} different pages for ${answers.length} wrong addresses: they repeat something`);
		assert.ok(answers.every((a) => a.status < 500 && a.status !== 429));
	}

	await page.evaluate((all) => {
		for (const [i, s] of all.entries()) document.cookie = `h${i}=${s}; path=/`;
	}, strings.slice(0, 120));
	for (const [i, query] of packs(strings.map((s, n) => `k${n}=${encodeURIComponent(s.replace(/\p{Surrogate}/gu, ''))}`), 3000).entries()) {
		const search = `${query.replaceAll('\n§\n', '&')}&language=%22%3E%3Cb%3E&lang=%3Cb%3E&back=//other.example/&door=%3Cb%3E&out=%3Cb%3E`;
		for (const [p, url] of /** @type {[Page, string][]} */ ([
			[page, `${e.line.visitor}${['/en/', '/nl/leaving', '/en/before/1', '/tour', '/en/nothing'][i % 5]}`],
			[counsellor.page, `${e.line.staff('counsellor')}${['/desk', '/notes', '/login', '/unlock', '/words', '/nothing'][i % 6]}`],
		])) {
			await p.goto(`${url}?${search}#${search}`);
			const text = await p.evaluate(() => document.documentElement.outerHTML);
			assert.ok(!/onerror|alert\(1\)|other\.example/.test(text), `${url} repeats its query`);
			assert.ok(await p.evaluate(() => !!document.querySelector('main')?.checkVisibility()), `${url} can be used`);
			await watch.look(p, url);
		}
	}
	nothing(watch);
}, { staffOnly: true });

journey('a hostile name of the line is text on every page', async (e) => {
	const watch = new Watch();
	// Every string alone is tried by the Go tests; here as many at once as a name can hold.
	const fit = groups.slice(0, 5).flatMap((g) => g.texts).filter((s) => /^[\x20-\x7e]+$/.test(s) && s.trim() === s && s.length <= 40);
	const names = packs(fit, 60).map((n) => n.replaceAll('\n§\n', ' ').slice(0, 60).trim()).filter((_, i) => i % 8 === 0);
	for (const name of names) {
		await named(name, async ({ visitor, staff }) => {
			const own = new Watch();
			const fresh = await e.page();
			await own.over(fresh, [visitor, staff]);
			for (const url of [`${visitor}/en/`, `${visitor}/nl/before/1`, `${visitor}/en/leaving`, `${visitor}/x`, `${staff}/login`, `${staff}/x`]) {
				await fresh.goto(url);
				const seen = await fresh.evaluate(() => ({ brand: document.querySelector('.brand')?.textContent, inside: document.querySelector('.brand')?.children.length }));
				assert.deepEqual(seen, { brand: name, inside: 0 });
				await own.look(fresh, `${url} of ${name}`);
			}
			watch.found.push(...own.found);
			await fresh.close();
		});
	}
	assert.ok(names.length >= 5, `${names.length} names`);
	nothing(watch);
}, { staffOnly: true });

journey('hostile providers and steps are words on the desk and on the visitor\'s page', async (e) => {
	const watch = new Watch();
	const texts = strings.filter(listable);
	const each = 20;
	assert.ok(texts.length > 250, `${texts.length} texts can stand in a directory`);
	const file = `${e.line.folder}.json`;
	writeFileSync(file, JSON.stringify(providers(texts, each)));
	execFileSync(program, ['directory', 'import', file, '--only', '--data', e.line.folder], { stdio: ['ignore', 'ignore', 'pipe'] });
	const { visitor, counsellor } = await together(e, { door: 'relative' });
	await watch.over(counsellor.page, origins(e));
	await watch.over(visitor.page, origins(e));
	const desk = counsellor.page;
	await desk.evaluate(() => { for (const d of document.querySelectorAll('#middle [data-find]')) /** @type {HTMLDetailsElement} */ (d).open = true; });
	await counsellor.toSee('#middle [data-search]');
	await desk.evaluate(() => { for (const s of document.querySelectorAll('#middle [data-search] select')) /** @type {HTMLSelectElement} */ (s).value = ''; });
	const flat = (/** @type {string} */ t) => shown(t).replaceAll(/\s+/g, ' ').trim();
	for (let batch = 0; batch * each < texts.length; batch++) {
		const wanted = texts.slice(batch * each, (batch + 1) * each);
		await desk.evaluate((word) => {
			const box = /** @type {HTMLInputElement} */ (document.querySelector('#middle [data-search] [name=text]'));
			box.value = word;
			box.dispatchEvent(new Event('input', { bubbles: true }));
		}, `batch${batch}x`);
		/** @param {number} i */ const name = (i) => flat(`${texts[i]} (${i})`);
		const seen = await until(`batch ${batch} is found`, () => desk.evaluate((count, first) => {
			const items = [...document.querySelectorAll('#middle [data-list] > li')];
			if (items.length !== count || !items.some((i) => i.querySelector('b')?.textContent?.endsWith(`(${first})`))) return null;
			return items.map((item) => {
				const button = item.querySelector('button');
				if (button?.getAttribute('aria-expanded') === 'false') button.click();
				const card = item.querySelector('[data-card] .slip');
				return {
					name: (item.querySelector('b')?.textContent ?? '').replaceAll(/\s+/g, ' ').trim(), card: !!card,
					title: card?.querySelector('b')?.textContent ?? '', facts: [...(card?.querySelectorAll('dd') ?? [])].map((d) => d.textContent ?? ''),
					links: [...(card?.querySelectorAll('a') ?? [])].map((a) => a.href), why: item.querySelector('.warn')?.textContent ?? '',
					odd: [...item.querySelectorAll('*')].filter((n) => !n.matches('button, b, span, div, section, dl, dt, dd, ul, li, a, p, kbd')).map((n) => n.tagName),
				};
			});
		}, wanted.length, batch * each));
		for (const one of seen) {
			const at = Number(/\((\d+)\)$/.exec(one.name)?.[1]);
			assert.equal(one.name, name(at));
			assert.deepEqual(one.odd, []);
			assert.ok(one.card || one.why, `${one.name} has a card or a reason`);
			if (one.card) {
				assert.equal(one.title, name(at));
				assert.deepEqual(new Set(one.facts), new Set([flat(texts[at] ?? '')]));
			}
			for (const link of one.links) assert.match(link, /^(https:\/\/practice\.example\/|tel:)/);
		}
		const given = await desk.evaluate(() => {
			const give = /** @type {HTMLElement | null} */ (document.querySelector('#middle [data-list] [data-give]'));
			give?.click();
			for (const d of document.querySelectorAll('#middle [data-find]')) /** @type {HTMLDetailsElement} */ (d).open = true;
			return !!give;
		});
		if (given) await until(`card ${batch} is sent`, () => desk.evaluate((n) => document.querySelectorAll('#middle .said .slip').length > n, batch - 1));
	}
	await watch.look(desk, 'the desk with its directory');

	// Steps, eight at a time.
	await desk.evaluate(() => { for (const d of document.querySelectorAll('#middle [data-plan]')) /** @type {HTMLDetailsElement} */ (d).open = true; });
	const lines = texts.filter((s) => !/\n/.test(s) && !/^[\s\p{Cf}]*$/u.test(s));
	for (let i = 0; i < lines.length; i += 8) {
		await desk.evaluate((some) => {
			const box = /** @type {HTMLTextAreaElement} */ (document.querySelector('#middle [data-steps-text]'));
			box.value = some;
			/** @type {HTMLFormElement | null} */ (box.closest('form'))?.requestSubmit();
		}, lines.slice(i, i + 8).join('\n'));
	}
	const slips = (/** @type {Page} */ p) => p.evaluate(() => [...document.querySelectorAll('.said .slip')].map((s) => [...s.querySelectorAll('dl ~ ul li, ol li, dd')].map((n) => n.textContent?.trim()).join('|')));
	await counsellor.tell('That is all.');
	await visitor.toGet('That is all.');
	const here = await slips(desk);
	assert.ok(here.length > lines.length / 10, `${here.length} cards and lists were sent`);
	assert.deepEqual(await slips(visitor.page), here, 'both pages show the same');
	const odd = await visitor.page.evaluate(() => [...document.querySelectorAll('.said .slip *')].filter((n) => !n.matches('b, span, dl, div, dt, dd, ul, ol, li, a, p, button')).map((n) => n.outerHTML));
	assert.deepEqual(odd, []);
	assert.ok((await visitor.page.evaluate(() => [...document.querySelectorAll('.said a')].map((a) => a.getAttribute('href') ?? ''))).every((h) => /^(https:\/\/practice\.example\/|tel:)/.test(h)));
	await watch.look(visitor.page, 'cards and steps');
	nothing(watch);
});
