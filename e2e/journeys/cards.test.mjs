// Cards and steps: how a conversation leads on, and what the visitor keeps.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { faults, tooWide } from '../lib/axe.mjs';
import { name as browserName } from '../lib/browser.mjs';
import { journey } from '../lib/journey.mjs';
import { Counsellor, together, Visitor } from '../lib/people.mjs';
import { program } from '../lib/server.mjs';
import { until } from '../lib/until.mjs';
import { words } from '../lib/words.mjs';

/** @typedef {import('../lib/journey.mjs').Evening} Evening */

const run = promisify(execFile);

/** @param {Counsellor} who @param {string} letter */
async function alt(who, letter) {
	await who.page.keyboard.down('Alt');
	await who.page.keyboard.press(/** @type {import('puppeteer-core').KeyInput} */ (`Key${letter}`));
	await who.page.keyboard.up('Alt');
}

/** Searches by keyboard and opens the first card. @param {Counsellor} who @param {string} text */
async function look(who, text) {
	await alt(who, 'R');
	await until('the search has the focus', () => who.page.evaluate(() => document.activeElement?.matches('[data-search] [name=text]')));
	await who.page.keyboard.type(text);
	await until('what is called so stands first', () => who.page.evaluate((t) => document.querySelector('#middle [data-list]:not([aria-busy]) li > button b')?.textContent?.includes(t), text));
	await who.page.keyboard.press('ArrowDown');
	await who.toSee('[data-list] [data-give]');
}

/** Puts a file in place of the line's directory, while the line runs. @param {Evening} e @param {string} file */
const take = (e, file) => run(program, ['directory', 'import', file, '--only', '--data', e.line.folder]);

/** The cards on a page, as they read. @param {Visitor | Counsellor} who @param {string} [where] */
function slips(who, where = '[role=log]') {
	return who.page.evaluate((w) => [...document.querySelectorAll(`${w} .slip`)].filter((s) => s.checkVisibility())
		.map((s) => /** @type {HTMLElement} */ (s).innerText), where);
}

/** Which cards the note says were given. @param {Counsellor} who */
const ticked = (who) => who.page.evaluate(() => document.querySelector('#middle [data-note] [data-question=provider] [data-got]')?.textContent);

/** What stands on the clipboard: no page of ours may read it, so it is pasted. @param {Visitor} who */
async function clipboard(who) {
	await who.page.evaluate(() => {
		const box = document.createElement('textarea');
		box.id = 'pasted';
		document.body.append(box);
		box.focus();
	});
	await who.page.keyboard.down('Control');
	await who.page.keyboard.press('KeyV', browserName === 'chromium' ? { commands: ['Paste'] } : {});
	await who.page.keyboard.up('Control');
	return until('it is pasted', () => who.page.evaluate(() => /** @type {HTMLTextAreaElement} */ (document.querySelector('#pasted')).value));
}

journey('a card is found by keyboard, sent by one key, seen, and copied', async (e) => {
	const { visitor, counsellor } = await together(e, { door: 'relative' });
	await counsellor.tell('There is a place that can go on with you from here.');
	await look(counsellor, 'Waag');
	assert.deepEqual(await counsellor.page.evaluate(() => [...document.querySelectorAll('[data-search] select')].map((s) => /** @type {HTMLSelectElement} */ (s).value)),
		['relative', 'NL', '', '', '', ''], "the visitor's door and the country of the line are filled in");
	assert.deepEqual(await faults(counsellor.page), [], 'axe on the search');
	await counsellor.press('#middle [data-note-tab]');
	assert.equal(await counsellor.sees('#middle [data-help]'), false, 'there is room for one of the two');
	await alt(counsellor, 'R');
	await until('the key puts the note away', async () => await counsellor.sees('#middle [data-search]') && !(await counsellor.sees('#middle [data-note]')));
	await until('the card is still open', () => counsellor.sees('#middle [data-give]'));
	await alt(counsellor, 'G');
	await counsellor.toRead(words('desk.js.card.sent')); // first of all: it stands there for ten seconds

	const [card] = await until('the visitor sees the card', async () => {
		const all = await slips(visitor);
		return all.length === 1 && all;
	});
	assert.match(card ?? '', /Waag/);
	for (const key of ['first', 'cost', 'leaves', 'unknown-anonymity', 'unknown-wait', 'unknown-excludes']) assert.ok(card?.includes(words(`js.card.${key}`)), `the card says ${key}`);
	await until('the counsellor sees that it has arrived', () => counsellor.page.evaluate(() =>
		/** @type {HTMLElement | null} */ (document.querySelector('[role=log] .said.slips.mine'))?.dataset['state'] === 'delivered'));
	assert.equal(await counsellor.page.evaluate(() => document.activeElement?.matches('[data-text]')), true, 'writing goes on');
	await counsellor.press('#middle [data-note-tab]');
	assert.equal(await ticked(counsellor), 'De Waag', 'the note says which card was given');
	await counsellor.press('#middle [data-note-close]');

	const links = await visitor.page.evaluate(() => [...document.querySelectorAll('[role=log] a')].map((a) => {
		const l = /** @type {HTMLAnchorElement} */ (a);
		return { to: l.protocol, target: l.target, rel: l.rel };
	}));
	assert.ok(links.some((l) => l.to === 'https:'), 'there is something to tap on');
	for (const l of links) {
		if (l.to === 'https:') assert.deepEqual([l.target, l.rel], ['_blank', 'noreferrer noopener']);
		else assert.deepEqual([l.to, l.target], ['tel:', '']);
	}
	assert.deepEqual(await faults(visitor.page), [], 'axe on the card');
	await visitor.page.setViewport({ width: 320, height: 640 });
	assert.deepEqual(await tooWide(visitor.page), []);

	await visitor.page.bringToFront();
	await visitor.press('[role=log] .copier .button');
	await visitor.toRead(words('js.card.copied'));
	const copied = await clipboard(visitor);
	assert.match(copied, /Waag/);
	assert.match(copied, /https:\/\//);
	assert.ok(copied.includes(`${words('js.card.first')}: `));
	await visitor.reload();
	await visitor.toTalk();
	await until('the card is still there after a reload', async () => (await slips(visitor)).length === 1);
});

journey('steps are agreed, changed, and listed afterwards with the places to go', async (e) => {
	const { visitor, counsellor } = await together(e);
	await visitor.tell('I want to do something before the weekend.');
	await alt(counsellor, 'S');
	await until('the steps have the focus', () => counsellor.page.evaluate(() => document.activeElement?.matches('[data-steps-text]')));
	await counsellor.press('[data-plan-form] [type=submit]');
	await counsellor.toRead(words('desk.js.plan.empty'));
	await counsellor.page.focus('[data-steps-text]');
	await counsellor.page.keyboard.type('1. Call my brother tonight\n- Put the laptop in the kitchen');
	await counsellor.page.keyboard.down('Control');
	await counsellor.page.keyboard.press('Enter');
	await counsellor.page.keyboard.up('Control');
	await until('the visitor sees the steps', async () => (await slips(visitor)).some((s) => s.includes('Call my brother tonight')));
	await visitor.tell('Rather my sister.');
	await counsellor.reload();
	await until('the counsellor has the steps again', () => counsellor.page.evaluate(() =>
		/** @type {HTMLTextAreaElement | null} */ (document.querySelector('#middle [data-steps-text]'))?.value === 'Call my brother tonight\nPut the laptop in the kitchen'));
	await alt(counsellor, 'S');
	await counsellor.page.evaluate(() => {
		const box = /** @type {HTMLTextAreaElement} */ (document.querySelector('#middle [data-steps-text]'));
		box.value = box.value.replace('brother', 'sister');
	});
	await counsellor.press('[data-plan-form] [type=submit]');
	await until('the visitor sees both', async () => (await slips(visitor)).length === 2);
	await look(counsellor, 'ReDirection');
	await counsellor.press('[data-list] [data-give]');
	await until('the visitor sees the card', async () => (await slips(visitor)).length === 3);

	await visitor.end();
	await visitor.toEnd();
	const kept = await slips(visitor, '#taken-along');
	assert.equal(kept.length, 2, 'the steps as they were agreed last, and the place');
	assert.match(kept[0] ?? '', /Call my sister tonight/);
	assert.match(kept[1] ?? '', /ReDirection/);
	assert.deepEqual(await faults(visitor.page), [], 'axe on the after page');
	await counsellor.toEnd();
	assert.equal(await counsellor.sees('#middle [data-help]'), false, 'nothing can be sent any more');

	await visitor.page.bringToFront();
	await visitor.press('#taken-along > .copier .button');
	await visitor.toRead(words('js.card.copied'));
	const copied = await clipboard(visitor);
	assert.match(copied, /1\. Call my sister tonight\n2\. Put the laptop in the kitchen/);
	assert.match(copied, /ReDirection/);
	assert.doesNotMatch(copied, /brother/);
	await visitor.page.evaluate(() => document.querySelector('#pasted')?.remove());
	await visitor.press('#wipe');
	await visitor.toRead(words('js.wiped'));
	assert.doesNotMatch(await visitor.page.content(), /sister|ReDirection/, 'wiped is wiped');
});

journey('a card of a place that was removed meanwhile is refused with words, and nothing is sent', async (e) => {
	const { visitor, counsellor } = await together(e);
	const file = path.join(path.dirname(e.line.folder), 'places.json');
	await run(program, ['directory', 'export', file]);
	const all = /** @type {any[]} */ (JSON.parse(await readFile(file, 'utf8')));
	await look(counsellor, 'Waag');
	await writeFile(file, JSON.stringify(all.filter((entry) => entry.name !== 'De Waag')));
	await take(e, file);
	await alt(counsellor, 'G');
	await counsellor.toRead(words('desk.js.card.refused.removed', { name: 'De Waag' }));
	await until('the directory is looked at again', () => counsellor.page.evaluate(() => {
		const names = [...document.querySelectorAll('#middle [data-list] li > button b')].map((b) => b.textContent);
		return names.length > 0 && !names.includes('De Waag');
	}));
	assert.equal(await counsellor.page.evaluate(() => document.activeElement?.matches('[data-text]')), true, 'who writes is left writing');
	await counsellor.tell('Let me look for something else.');
	await visitor.toGet('Let me look for something else.');
	assert.deepEqual(await slips(visitor), []);
	assert.deepEqual(await slips(counsellor), []);
	assert.equal(await ticked(counsellor), words('note.js.none'), 'nothing is ticked');

	await look(counsellor, 'Stop it Now');
	await writeFile(file, JSON.stringify(all).replaceAll('"Stop it Now"', '"Stop it Now (new)"'));
	await take(e, file);
	await alt(counsellor, 'G');
	await counsellor.toRead(words('desk.js.card.refused.changed', { name: 'Stop it Now' }));
	await look(counsellor, 'Stop it Now (new)');
	await alt(counsellor, 'G');
	await until('the new card arrives', async () => (await slips(visitor)).some((s) => s.includes('Stop it Now (new)')));
});

journey('cards and steps in two windows: one of them sends, and a new window of the visitor is shown them only after asking', async (e) => {
	const { visitor, counsellor } = await together(e);
	await look(counsellor, 'Waag');
	await alt(counsellor, 'G');
	await until('the visitor sees the card', async () => (await slips(visitor)).length === 1);

	const second = new Counsellor(e, await e.page(counsellor.machine), counsellor.machine);
	await second.page.goto(`${e.line.staff('counsellor')}/desk`);
	await until('the second window has the card', async () => (await slips(second)).length === 1);
	await counsellor.toSee(counsellor.places.taken);
	await counsellor.page.bringToFront();
	await alt(counsellor, 'R');
	await counsellor.toRead(words('desk.js.help.elsewhere'));
	assert.equal(await counsellor.sees('#middle [data-help]'), false, 'the window that was left cannot send');
	await second.page.bringToFront();
	await alt(second, 'S');
	await second.page.keyboard.type('Call my sister tonight');
	await second.press('#middle [data-plan-form] [type=submit]');
	await until('the visitor sees the steps', async () => (await slips(visitor)).length === 2);

	const again = new Visitor(e, await e.page(visitor.machine), visitor.machine);
	await again.page.goto(`${e.line.visitor}/en/talk`);
	await again.press('#goon');
	await again.toTalk();
	await second.page.bringToFront();
	await second.toSee('#middle [data-window]');
	assert.deepEqual(await slips(again), [], 'whoever opens a new window sees nothing of it');
	await second.press('#middle [data-share]');
	await until('after asking, the new window has both', async () => (await slips(again)).length === 2);
});

for (const dark of [false, true]) {
	journey(`cards and steps stand well on every width, ${dark ? 'dark' : 'light'}`, async (e) => {
		const { visitor, counsellor } = await together(e, { locale: 'nl' });
		await look(counsellor, 'Stop it Now');
		for (const [width, height] of [[320, 640], [1024, 768], [1280, 800], [1920, 1000]]) {
			await counsellor.page.setViewport({ width: width ?? 0, height: height ?? 0 });
			assert.deepEqual(await tooWide(counsellor.page), [], `the desk at ${width}`);
			assert.deepEqual(await faults(counsellor.page), [], `axe on the desk at ${width}`);
			if (width === 320) continue;
			const [log, help] = await counsellor.page.evaluate(() => ['[data-scroller]', '[data-help]'].map((s) => document.querySelector(`#middle ${s}`)?.getBoundingClientRect().toJSON()));
			assert.ok(log.height > 120, `there is room for the conversation at ${width}: ${log.height}`);
			assert.ok(help.left >= log.right, `the search stands beside it at ${width}`);
		}
		await visitor.page.setViewport({ width: 320, height: 640 });
		await alt(counsellor, 'G');
		await until('a card that is taller than the view is read from its beginning', () => visitor.page.evaluate(() => {
			const [card, view] = ['[role=log] .slip', '#scroll'].map((s) => document.querySelector(s)?.getBoundingClientRect());
			return card && view && card.height > view.height && card.top >= view.top && card.top < view.top + 40;
		}));
		await alt(counsellor, 'S');
		await counsellor.page.keyboard.type('Vanavond mijn zus bellen');
		await counsellor.press('#middle [data-plan-form] [type=submit]');
		await until('the visitor sees both', async () => (await slips(visitor)).length === 2);
		for (const [width, height] of [[320, 640], [1024, 768]]) {
			await visitor.page.setViewport({ width: width ?? 0, height: height ?? 0 });
			assert.deepEqual(await tooWide(visitor.page), [], `the conversation at ${width}`);
			assert.deepEqual(await faults(visitor.page), [], `axe on the conversation at ${width}`);
		}
		const small = await visitor.page.evaluate(() => [...document.querySelectorAll('[role=log] .slip :is(a, button)')].filter((a) => a.getBoundingClientRect().height < 44).map((a) => a.textContent));
		assert.deepEqual(small, [], 'what can be tapped is large enough');
		await visitor.end();
		await visitor.toEnd();
		await visitor.page.setViewport({ width: 320, height: 640 });
		assert.deepEqual(await tooWide(visitor.page), [], 'the after page at 320');
		assert.deepEqual(await faults(visitor.page), [], 'axe on the after page');
	}, { dark });
}

journey('the note of a contact says by name which cards were given, also when the place is gone', async (e) => {
	const { visitor, counsellor } = await together(e);
	for (const name of ['Waag', 'Stop it Now']) {
		await look(counsellor, name);
		await alt(counsellor, 'G');
		await until(`the card of ${name} arrives`, async () => (await slips(visitor)).some((s) => s.includes(name)));
	}
	// The visitor may see a card before the desk hears that it is placed, and ticks it.
	await until('both are ticked', async () => await ticked(counsellor) === 'De Waag, Stop it Now');
	await until('the draft is sealed', () => counsellor.page.evaluate(() => /** @type {HTMLElement | null} */ (document.querySelector('#middle [data-note] [data-state]'))?.dataset['state'] === 'sealed'));
	await counsellor.reload();
	await counsellor.toTalk();
	await until('a page that is loaded again has them', async () => await ticked(counsellor) === 'De Waag, Stop it Now');
	await counsellor.end();
	await counsellor.toEnd();
	await counsellor.page.focus('#middle [data-note] textarea');
	await counsellor.page.keyboard.type('The next step is treatment.');
	await counsellor.page.keyboard.down('Control');
	await counsellor.page.keyboard.press('Enter');
	await counsellor.page.keyboard.up('Control');
	await counsellor.notToSee('#middle .talk');
	const file = path.join(path.dirname(e.line.folder), 'places.json');
	await run(program, ['directory', 'export', file]);
	const all = /** @type {any[]} */ (JSON.parse(await readFile(file, 'utf8')));
	await writeFile(file, JSON.stringify(all.filter((entry) => entry.name !== 'De Waag')));
	await take(e, file);
	await counsellor.page.goto(`${e.line.staff('counsellor')}/notes`);
	await counsellor.follow('.note-list a[href^="/notes/"]');
	await counsellor.toRead('The next step is treatment.');
	const text = await counsellor.text();
	assert.match(text, /Stop it Now/);
	assert.ok(text.includes(words('notes.provider.gone')));
	assert.deepEqual(await faults(counsellor.page), []);
	await counsellor.follow('a[href$="/revise"]');
	assert.match(await counsellor.text(), /Stop it Now/);
}, { staffOnly: true });

journey('a page that says a card of its own is not believed', async (e) => {
	const { visitor, counsellor } = await together(e);
	/** Says on a link what the page itself would never say. @param {Visitor | Counsellor} who @param {string} url @param {string} body */
	const forge = (who, url, body) => who.page.evaluate(async (to, said) => {
		const ws = new WebSocket(to);
		await new Promise((done) => { ws.onopen = done; });
		ws.send(JSON.stringify({ k: 'say', id: 'AAECAwQFBgcICQoLDA0ODw', seen: 0, body: said }));
		return new Promise((done) => {
			ws.onmessage = (m) => {
				const f = JSON.parse(m.data);
				if (f.k === 'problem') done(f.code);
			};
			ws.onclose = () => done('closed');
		});
	}, url, body);
	const contact = await counsellor.page.evaluate(() => /** @type {HTMLElement} */ (document.querySelector('[data-contact]')).dataset['contact']);
	const own = '{"card":{"id":"AAECAwQFBgcICQoLDA0ODw","name":"A place","reach":[{"label":"x","link":"https://elsewhere.example.org"}]}}';
	assert.equal(await forge(counsellor, `${e.line.staff('counsellor').replace('http', 'ws')}/desk/talk/${contact}`, own), 'removed');
	assert.equal(await forge(visitor, `${e.line.visitor.replace('http', 'ws')}/en/talk/link`, '{"steps":["x"]}'), 'text');
	assert.deepEqual(await slips(visitor), []);
	assert.deepEqual(await slips(counsellor), []);
});
